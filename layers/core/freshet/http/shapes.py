"""The JSON shapes of the API: connections, accounts, transactions, refreshes."""

from collections.abc import Mapping
from typing import Any

from freshet.domain.account import Account
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.freshness import Freshness
from freshet.domain.instants import duration_to_text, optional_to_text, to_text
from freshet.domain.money import Money, decimal_to_text
from freshet.domain.money import optional_decimal_to_text as text_of
from freshet.domain.provider import Provider
from freshet.domain.refresh import Method, Refresh
from freshet.domain.transactions import Transaction
from freshet.http.holdings_shapes import freshness_shape
from freshet.http.problems import user_action

Shape = dict[str, Any]


def connection_shape(connection: Connection, *, prices: Mapping[Provider, Money]) -> Shape:
    """Show a connection, how it is doing and what a refresh of it would cost."""
    cadence = connection.cadence
    return {
        "id": connection.id,
        "provider": connection.provider,
        "institution": {"id": connection.institution.id, "name": connection.institution.name},
        "status": connection.status,
        "status_reason": connection.status_reason,
        "user_action": user_action(connection.id) if _needs_user(connection) else None,
        "paused": connection.paused,
        "data_mode": connection.data_mode,
        "refresh": _refresh_offer(connection, prices[connection.provider])
        | {"last_refusal": connection.refresh_reason},
        "cadence": {
            "read_every": duration_to_text(cadence.read_every),
            "refresh_every": duration_to_text(cadence.refresh_every)
            if cadence.refresh_every
            else None,
        },
        "next_read_at": optional_to_text(connection.next_read_at if connection.is_awake else None),
        "created_at": to_text(connection.created_at),
        "provider_ids": {"connection": connection.provider_connection_id},
    }


def account_shape(account: Account, freshness: Freshness) -> Shape:
    """Show an account as listed, and how fresh its holdings are."""
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
        "value": money_shape(report.value),
        "freshness": freshness_shape(freshness),
        "provider_ids": {"account": report.provider_account_id},
    }


def refresh_shape(refresh: Refresh, *, joined: bool = False) -> Shape:
    """Show a refresh: how far it is, what it costs, what the provider said."""
    return {
        "id": refresh.id,
        "connection_id": refresh.connection_id,
        "kind": refresh.kind,
        "method": refresh.method,
        "trigger": refresh.trigger,
        "status": refresh.status,
        "reason": refresh.reason,
        "is_terminal": refresh.is_terminal,
        "joined": joined,
        "accounts": {"expected": len(refresh.accounts), "done": refresh.accounts_done},
        "cost": money_shape(refresh.cost),
        "provider": _answer_shape(refresh.answer),
        "created_at": to_text(refresh.created_at),
        "finished_at": optional_to_text(refresh.finished_at),
        "next_check_at": optional_to_text(refresh.next_check_at),
    }


def transaction_shape(transaction: Transaction) -> Shape:
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
    }


def money_shape(money: Money | None) -> Mapping[str, str] | None:
    """Show an amount and its currency."""
    if money is None:
        return None
    return {"amount": decimal_to_text(money.amount), "currency": money.currency}


def _needs_user(connection: Connection) -> bool:
    return connection.status in (ConnectionStatus.NEEDS_USER, ConnectionStatus.REVOKED)


def _refresh_offer(connection: Connection, price: Money) -> Shape:
    if connection.is_worth_buying:
        return {"method": Method.PURCHASE, "cost": money_shape(price)}
    return {"method": Method.READ, "cost": {"amount": "0", "currency": price.currency}}


def _answer_shape(answer: ProviderAnswer | None) -> Shape | None:
    if answer is None:
        return None
    return {"status": answer.status, "code": answer.code, "request_id": answer.request_id}
