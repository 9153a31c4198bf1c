"""What can be held: its names, the terms of an option, and how many priced things one unit is."""

from datetime import date
from decimal import Decimal

from msgspec import Struct

from freshet.domain.money import canonical

CASH, CRYPTO, BOND, FUTURE, DERIVATIVE = "cash", "crypto", "bond", "future", "derivative"
USUAL_CONTRACT = Decimal(100)
"""What an option is on, where nothing says otherwise."""
_NOTIONAL = frozenset({FUTURE, DERIVATIVE})


class OptionContract(Struct, frozen=True, kw_only=True, gc=False):
    """The terms of an option; a position's units count contracts."""

    side: str | None
    strike: Decimal | None
    expires_on: date | None
    underlying: str | None


class Instrument(Struct, frozen=True, kw_only=True, gc=False):
    """What is held; `kind` is an open list (stock, etf, option, crypto, …)."""

    kind: str
    id: str | None
    symbol: str | None
    name: str | None = None
    currency: str | None = None
    mic: str | None = None
    figi: str | None = None
    option: OptionContract | None = None
    multiplier: Decimal | None = Decimal(1)
    """How many priced things one unit stands for: 100 for a usual option, 50 for some futures;
    None where that is not known."""

    @property
    def identity(self) -> tuple[str, str | None]:
        """Tell what this is apart from all else: by its id, else by the best name it has."""
        return self.kind, self.id or self.symbol or self.figi or self.name

    @property
    def is_notional(self) -> bool:
        """Tell whether price times units is no worth: a future's gains and losses are in the cash.

        An option that a provider calls a derivative is an option here.
        """
        return self.kind in _NOTIONAL

    @property
    def terms(self) -> list[str | None]:
        """Give what an adjustment by the exchange changes, as text."""
        option = self.option
        if option is None:
            return [canonical(self.multiplier)]
        expires_on = None if option.expires_on is None else option.expires_on.isoformat()
        return [canonical(self.multiplier), option.side, canonical(option.strike), expires_on]
