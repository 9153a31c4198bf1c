"""The endpoint that tells about an institution; free, and without an Item."""

from decimal import Decimal

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.answers import instant
from tests.simulators.plaid.calls import Call, Endpoint
from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.fields import FLAG, REQUIRED_TEXT, REQUIRED_TEXTS, Field, Shape
from tests.simulators.plaid.institutions import institution_with_id
from tests.simulators.plaid.link_shape import COUNTRIES
from tests.simulators.plaid.models import Institution
from tests.simulators.plaid.world import World

_FLAGS = (
    "include_optional_metadata",
    "include_status",
    "include_auth_metadata",
    "include_payment_initiation_metadata",
)
_SHAPE: Shape = {
    "institution_id": REQUIRED_TEXT,
    "country_codes": REQUIRED_TEXTS,
    "options": Field(dict, members=dict.fromkeys(_FLAGS, FLAG)),
}
# By status: the share of successful logins, of those the institution failed, and how often data
# comes; the shares are our assumption.
_BREAKDOWNS = {
    "HEALTHY": (1, 0, "NORMAL"),
    "DEGRADED": (Decimal("0.7"), Decimal("0.3"), "DELAYED"),
    "DOWN": (0, 1, "STOPPED"),
}


class Reference:
    """One method per endpoint; the caller holds the lock.

    The specification we have does not show this endpoint: its shape is the SDK's.
    """

    def __init__(self, *, world: World) -> None:
        self._world = world

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints with their fields."""
        return [Endpoint("/institutions/get_by_id", _SHAPE, self.institution)]

    def institution(self, call: Call) -> Document:
        """Return an institution, with its health where that is asked for."""
        countries = set(call.body["country_codes"])
        if not countries or not countries <= COUNTRIES:
            raise PlaidRefusal("INVALID_FIELD", "country_codes must be supported countries")
        found = institution_with_id(call.body["institution_id"])
        if not countries & set(found.country_codes):
            raise PlaidRefusal("INVALID_INSTITUTION")
        document: Document = {
            "institution_id": found.id,
            "name": found.name,
            "products": ["assets", "auth", "balance", "identity", "investments", "transactions"],
            "country_codes": list(found.country_codes),
            "routing_numbers": [],
            "oauth": found.is_oauth,
            "connection_availability": "SUPPORTED",
        }
        if call.option("include_status", False):
            document["status"] = {"investments_updates": self._health(found)}
        return {"institution": document}

    def _health(self, institution: Institution) -> Document:
        status = "HEALTHY"
        if institution.refresh_error is not None:
            status = "DOWN"
        elif institution.is_slow:
            status = "DEGRADED"
        since = instant(self._world.started_at, self._world.knobs)
        success, failed, interval = _BREAKDOWNS[status]
        breakdown = {"success": success, "error_plaid": 0, "error_institution": failed}
        breakdown["refresh_interval"] = interval
        return {"status": status, "last_status_change": since, "breakdown": breakdown}
