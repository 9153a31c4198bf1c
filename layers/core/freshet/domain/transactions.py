"""What happened in an account: trades, dividends, fees, transfers."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from freshet.domain.money import EXACT, decimal_to_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Transaction:
    """One event in an account's cash or units; cash in is a positive amount, `type` an open list.

    `id` is ours and made of the content, as a provider's own id may change when it loads again.
    """

    id: str = ""
    happened_on: date
    settled_on: date | None
    type: str
    description: str | None
    symbol: str | None
    units: Decimal | None
    price: Decimal | None
    amount: Decimal | None
    fee: Decimal | None
    currency: str | None
    reference: str | None = None
    """The broker's own name of the event, which survives when the provider loads it again."""
    source: str


def identified(transactions: Iterable[Transaction]) -> Iterator[Transaction]:
    """Give each transaction its id; genuinely equal ones of a day get different ids.

    Whatever order they come in: ids and what they stand for are the same.
    """
    twins: defaultdict[str, list[Transaction]] = defaultdict(list)
    for transaction in transactions:
        twins[_digest(transaction)].append(transaction)
    for digest, equal in twins.items():
        for place, transaction in enumerate(_told_apart(equal)):
            yield replace(transaction, id=f"{digest}-{place}")


def _told_apart(equal: list[Transaction]) -> Iterator[Transaction]:
    # Equal in content and in the broker's reference: one event, which was loaded twice.
    references: set[str] = set()
    for transaction in sorted(equal, key=lambda each: (each.reference or "", each.source)):
        if transaction.reference not in references:
            yield transaction
        if transaction.reference is not None:
            references.add(transaction.reference)


def _digest(transaction: Transaction) -> str:
    numbers = (transaction.units, transaction.price, transaction.amount, transaction.fee)
    identity = [
        transaction.happened_on.isoformat(),
        transaction.type,
        transaction.symbol,
        transaction.currency,
        *(None if number is None else _value(number) for number in numbers),
    ]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:24]


def _value(number: Decimal) -> str:
    # 2 and 2.00 are one number, and so are 0 and -0: another spelling is not another trade.
    return decimal_to_text(EXACT.normalize(EXACT.plus(number)))
