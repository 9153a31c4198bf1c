"""What happened in an account: trades, dividends, fees, transfers."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from copy import replace
from datetime import date
from decimal import Decimal

from msgspec import Struct

from freshet.domain.money import canonical


class Transaction(Struct, frozen=True, kw_only=True):
    """One event in an account's cash or units; cash in is a positive amount, `type` an open list.

    `id` is ours and made of the account and the content, as a provider's own id may change when it
    loads again.
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
    provider_id: str | None = None
    """The provider's own id, which tells equal events of one answer apart."""
    group: str | None = None
    """What the broker says it belongs to: fills and fees of one order have the same group."""
    source: str


def identified(account_id: str, transactions: Iterable[Transaction]) -> Iterator[Transaction]:
    """Give each transaction of an account its id; equal ones of one answer get different ids.

    Whatever order they come in: ids and what they stand for are the same. An answer with as many
    equal ones as the last gives the same ids, also where the provider's own have changed.
    """
    twins: defaultdict[str, list[Transaction]] = defaultdict(list)
    for transaction in transactions:
        twins[_digest(account_id, transaction)].append(transaction)
    for digest, equal in twins.items():
        for place, transaction in enumerate(_told_apart(equal)):
            yield replace(transaction, id=f"{digest}-{place}")


def _told_apart(equal: list[Transaction]) -> Iterator[Transaction]:
    # Equal in content, and under one id of the provider's: one event, which two pages show.
    shown: set[str] = set()
    for transaction in sorted(equal, key=_in_order):
        if transaction.provider_id not in shown:
            yield transaction
        if transaction.provider_id is not None:
            shown.add(transaction.provider_id)


def _in_order(transaction: Transaction) -> tuple[str, str, str]:
    return transaction.group or "", transaction.provider_id or "", transaction.source


def _digest(account_id: str, transaction: Transaction) -> str:
    numbers = (transaction.units, transaction.price, transaction.amount, transaction.fee)
    identity = [
        account_id,
        transaction.happened_on.isoformat(),
        transaction.type,
        transaction.symbol,
        transaction.currency,
        *map(canonical, numbers),  # another spelling of a number is not another trade
    ]
    return hashlib.sha256(json.dumps(identity).encode()).hexdigest()[:24]
