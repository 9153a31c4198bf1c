"""What happened in an account: trades, dividends, fees, transfers."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from freshet.domain.money import optional_decimal_to_text


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
    source: str


def identified(transactions: Iterable[Transaction]) -> Iterator[Transaction]:
    """Give each transaction its id; genuinely equal ones of a day get different ids."""
    seen: Counter[str] = Counter()
    for transaction in transactions:
        digest = _digest(transaction)
        yield replace(transaction, id=f"{digest}-{seen[digest]}")
        seen[digest] += 1


def _digest(transaction: Transaction) -> str:
    numbers = (transaction.units, transaction.price, transaction.amount, transaction.fee)
    identity = [
        transaction.happened_on.isoformat(),
        transaction.type,
        transaction.symbol,
        transaction.currency,
        *(optional_decimal_to_text(number) for number in numbers),
    ]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:24]
