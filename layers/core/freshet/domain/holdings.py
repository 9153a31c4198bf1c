"""What an account holds and owes at one moment, exact and comparable."""

import hashlib
import json
from collections.abc import Hashable
from copy import replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from freshet.domain.money import canonical
from freshet.domain.positions import Numbers, Position


class Balance(Struct, frozen=True, kw_only=True):
    """Cash in one currency, as brokers report it: most count cash equivalents in."""

    currency: str | None
    cash: Decimal | None
    buying_power: Decimal | None
    is_listed: bool = True
    """False where the provider lists no cash, and the account's total proves that there is."""
    numbers: Numbers = Numbers.READ
    missing_as_of: datetime | None = None
    """As of then the provider listed it no more, which is not believed yet."""

    @property
    def amount(self) -> Decimal | None:
        """The cash."""
        return self.cash

    @property
    def content(self) -> str:
        """Say as text what counts as content: the cash; what it could buy does not."""
        return json.dumps(["cash", self.currency, canonical(self.cash)])


class Debt(Struct, frozen=True, kw_only=True):
    """What is borrowed against an account in one currency: a positive amount."""

    currency: str | None
    amount: Decimal | None
    numbers: Numbers = Numbers.READ
    missing_as_of: datetime | None = None
    """As of then the provider listed it no more, which is not believed yet."""

    @property
    def content(self) -> str:
        """Say as text what counts as content: the amount."""
        return json.dumps(["debt", self.currency, canonical(self.amount)])


Line = Position | Balance | Debt


def subject_of(line: Line) -> Hashable:
    """Name what a line is about: an instrument in a currency, or a currency."""
    if isinstance(line, Position):
        return *line.instrument.identity, line.currency
    return line.currency


class Statement(Struct, frozen=True, kw_only=True):
    """What a provider states of an account as a whole, beside its lines."""

    total: Decimal | None
    currency: str | None
    available: Decimal | None = None
    """The cash that could be withdrawn, where the provider says so."""
    as_of: datetime | None = None


class Part(StrEnum):
    """A part of an account's holdings that an answer can lack."""

    POSITIONS = "positions"
    OPTIONS = "options"
    """The lines of options, where a call lists them apart."""
    BALANCES = "balances"


class Holdings(Struct, frozen=True, kw_only=True):
    """What an account holds, with the provider's own documents as JSON text beside it."""

    positions: tuple[Position, ...]
    balances: tuple[Balance, ...]
    source: str
    debts: tuple[Debt, ...] = ()
    statement: Statement | None = None
    missing_parts: tuple[Part, ...] = ()
    """What the answer lacked, and was never known: these are not empty but unknown."""

    @property
    def is_empty(self) -> bool:
        """No position; cash alone proves nothing, as it comes by another call."""
        return not self.positions and Part.POSITIONS not in self.missing_parts

    @property
    def is_partly_unreadable(self) -> bool:
        """Tell whether numbers or a whole part could not be read."""
        return bool(self.missing_parts) or any(each.numbers.is_unreadable for each in self.lines)

    @property
    def lines(self) -> tuple[Line, ...]:
        """All that has numbers."""
        return (*self.positions, *self.balances, *self.debts)

    @property
    def known(self) -> "Holdings":
        """Leave out lines of which nothing is known or stated: what they are is no content yet."""
        return replace(
            self,
            positions=tuple(each for each in self.positions if each.numbers is not Numbers.UNKNOWN),
            balances=tuple(each for each in self.balances if each.cash is not None),
            debts=tuple(each for each in self.debts if each.numbers is not Numbers.UNKNOWN),
        )

    def content_hash(self) -> str:
        """Hash units, cost, cash and instruments; prices, names and the order do not count."""
        text = json.dumps(sorted(each.content for each in self.known.lines))
        return hashlib.sha256(text.encode()).hexdigest()
