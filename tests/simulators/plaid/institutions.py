"""The institutions of the simulator; ids that start with digits are those of the Sandbox."""

from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.models import Institution

_ALL = (
    Institution("ins_acme", "Acme Brokerage"),
    Institution("ins_manual", "Paper Trust Company", is_refreshable=False),
    Institution("ins_down", "Darkwater Securities", refresh_error="INSTITUTION_DOWN"),
    Institution("ins_silent", "Mute Valley Bank", refresh_error="INSTITUTION_NOT_RESPONDING"),
    Institution("ins_slow", "Snail River Savings", is_slow=True),
    Institution("ins_109508", "First Platypus Bank"),
    Institution("ins_109509", "First Gingham Credit Union"),
    Institution("ins_109510", "Tattersall Federal Credit Union"),
    Institution("ins_109511", "Tartan Bank"),
    Institution("ins_109512", "Houndstooth Bank"),
    Institution("ins_43", "Tartan-Dominion Bank of Canada", country_codes=("CA",)),
    Institution("ins_127287", "Platypus OAuth Bank", is_oauth=True),
    Institution("ins_132361", "Unavailable Bank", refresh_error="INSTITUTION_DOWN"),
    Institution("ins_132363", "Degraded Bank", is_slow=True),
    Institution("ins_133402", "Unsupported Bank", is_refreshable=False),
)
_BY_ID = {institution.id: institution for institution in _ALL}


def institution_with_id(institution_id: str) -> Institution:
    """Return an institution; raises PlaidRefusal when there is none."""
    if institution_id not in _BY_ID:
        raise PlaidRefusal("INVALID_INSTITUTION")
    return _BY_ID[institution_id]
