"""The providers and what differs between them, as a table."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum


class Provider(StrEnum):
    """A company that reads brokers on our behalf."""

    SNAPTRADE = "snaptrade"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTraits:
    """What the rest of Freshet must know of a provider without asking which one it is."""

    buys_in_place: bool
    """The purchase answers within API Gateway's 30 s, so the API may wait for the verdict."""

    call_limit: timedelta
    """The longest a billable call may take, connect and read together."""

    list_price_usd: Decimal
    """The price of one refresh where the deployment does not say otherwise."""

    def fence(self) -> timedelta:
        """How long after its start nobody else may judge a call whose caller went silent."""
        # Twice the limit: the caller needs time to write the outcome, too.
        return 2 * self.call_limit


TRAITS = {
    # List price: SnapTrade's pay-as-you-go plan, 0.05 USD for each manual refresh.
    Provider.SNAPTRADE: ProviderTraits(
        buys_in_place=True,
        call_limit=timedelta(seconds=10),
        list_price_usd=Decimal("0.05"),
    ),
}
