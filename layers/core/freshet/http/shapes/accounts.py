"""An account and what happened in it as JSON."""

from freshet.domain.account import Account, AccountStatus
from freshet.domain.freshness import Freshness
from freshet.domain.money import optional_decimal_to_text as text_of
from freshet.domain.snapshot import SnapshotSummary
from freshet.domain.transactions import Transaction
from freshet.http.shapes.freshness import FreshnessShape, freshness_shape
from freshet.http.shapes.money import MoneyShape, optional_money_shape
from freshet.http.shapes.totals import ReconciliationShape, optional_reconciliation_shape
from freshet.http.shapes.vocabulary import (
    AccountId,
    ConnectionId,
    CurrencyCode,
    DayText,
    DecimalText,
    Shape,
)


class ProviderAccountIds(Shape):
    """Names at the provider."""

    account: str


class AccountShape(Shape):
    """An account as its provider lists it, and how fresh its holdings are."""

    id: AccountId
    connection_id: ConnectionId
    name: str | None
    number: str | None
    """Masked: the last four characters at most."""
    kind: str
    """An open list: `investment`, `deposit`, `credit`, …"""
    raw_type: str | None
    status: AccountStatus
    is_paper: bool
    value: MoneyShape | None
    """As the provider states it, which may be older than the holdings."""
    reconciliation: ReconciliationShape | None
    """Null before the first load."""
    freshness: FreshnessShape
    provider_ids: ProviderAccountIds


class TransactionShape(Shape):
    """What happened in an account; cash in is a positive amount.

    Ids are unique across accounts, and stay when the provider loads the transaction again.
    """

    id: str
    happened_on: DayText
    settled_on: DayText | None
    type: str
    """An open list: `BUY`, `SELL`, `DIVIDEND`, …"""
    description: str | None
    symbol: str | None
    units: DecimalText | None
    price: DecimalText | None
    amount: DecimalText | None
    fee: DecimalText | None
    currency: CurrencyCode | None
    group: str | None
    """What the broker says it belongs to: fills and fees of one order have the same group."""


def account_shape(
    account: Account, summary: SnapshotSummary | None, freshness: Freshness
) -> AccountShape:
    """Show an account as listed, how its total stands to the stated one, and how fresh it is."""
    reconciliation, totals = (summary.reconciliation, summary.totals) if summary else (None, None)
    report = account.report
    return {
        "id": account.id,
        "connection_id": account.connection_id,
        "name": report.name,
        "number": report.number,
        "kind": report.kind,
        "raw_type": report.raw_type,
        "status": report.status,
        "is_paper": report.is_paper,
        "value": optional_money_shape(report.value),
        "reconciliation": optional_reconciliation_shape(reconciliation, totals),
        "freshness": freshness_shape(freshness),
        "provider_ids": {"account": report.provider_account_id},
    }


def transaction_shape(transaction: Transaction) -> TransactionShape:
    """Show what happened in an account."""
    return {
        "id": transaction.id,
        "happened_on": transaction.happened_on.isoformat(),
        "settled_on": transaction.settled_on.isoformat() if transaction.settled_on else None,
        "type": transaction.type,
        "description": transaction.description,
        "symbol": transaction.symbol,
        "units": text_of(transaction.units),
        "price": text_of(transaction.price),
        "amount": text_of(transaction.amount),
        "fee": text_of(transaction.fee),
        "currency": transaction.currency,
        "group": transaction.group,
    }
