"""Records as JSON values: digit for digit there and back, whatever fields they have."""

import json

from hypothesis import given

from freshet.domain.holdings import Holdings
from freshet.domain.plain_values import from_plain, to_plain
from tests.builders import a_position, an_option, some_holdings
from tests.unit.holdings_strategies import HOLDINGS


@given(HOLDINGS)
def test_record_is_the_same_when_it_was_json_meanwhile(holdings: Holdings) -> None:
    text = json.dumps(to_plain(holdings))
    assert repr(from_plain(Holdings, json.loads(text))) == repr(holdings)


def test_field_has_its_default_when_an_older_record_lacks_it() -> None:
    holdings = some_holdings(positions=(a_position(instrument=an_option()),))
    plain = to_plain(holdings)
    for name in ("cash_equivalent", "lots", "stated_value"):
        del plain["positions"][0][name]
    assert from_plain(Holdings, plain) == holdings
