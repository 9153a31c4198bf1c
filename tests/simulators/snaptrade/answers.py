"""The provider's documents for connections, accounts and holdings."""

from datetime import UTC, datetime

from tests.simulators.common.exact_json import Document
from tests.simulators.common.identifiers import fixed_id
from tests.simulators.snaptrade.activities import first_traded_on
from tests.simulators.snaptrade.brokerages import brokerage_document
from tests.simulators.snaptrade.knobs import Knobs
from tests.simulators.snaptrade.models import Account, Connection
from tests.simulators.snaptrade.symbols import currency_document
from tests.simulators.snaptrade.worth import total_value

_CATEGORIES = {"investment": "INVESTMENT", "deposit": "DEPOSIT"}


def connection_document(connection: Connection, *, knobs: Knobs) -> Document:
    """Return a connection (the provider's brokerage authorization)."""
    document: Document = {
        "id": connection.id,
        "created_date": instant(connection.created_at),
        "updated_date": instant(connection.created_at),
        "brokerage": brokerage_document(connection.institution),
        "name": f"{connection.institution.name} connection",
        "type": connection.access,
        "disabled": connection.disabled_at is not None,
        "disabled_date": instant(connection.disabled_at),
        "meta": {},
        "is_eligible_for_payout": False,
    }
    mode = connection.mode.value
    if knobs.data_freshness_shape == "object":
        # The institution is real time in both cases: only the other member decides.
        document["data_freshness_mode"] = {"institution": "realtime", "snaptrade": mode}
    elif knobs.data_freshness_shape == "string":
        document["data_freshness_mode"] = mode
    return document


def account_document(account: Account, connection: Connection, *, knobs: Knobs) -> Document:
    """Return an account in the older shape."""
    total = total_value(account) if account.is_initialised else None
    amount = None if total is None else {"amount": total, "currency": account.currency}
    return {
        "id": account.id,
        "brokerage_authorization": connection.id,
        "name": account.name,
        "number": account.number,
        "institution_account_id": _institutions_own_id(account, knobs),
        "institution_name": connection.institution.name,
        "created_date": instant(account.created_at),
        "funding_date": None,
        "opening_date": None,
        "sync_status": {
            "transactions": _transactions_status(account),
            "holdings": _holdings_status(account, knobs),
        },
        "balance": {"total": amount},
        "status": "open",
        "raw_type": account.raw_type,
        "account_category": _CATEGORIES.get(account.kind),
        "is_paper": False,
        "meta": {"type": account.raw_type, "institution_name": connection.institution.name},
        "portfolio_group": fixed_id("portfolio group", account.id),
        "cash_restrictions": [],
    }


def connection_account_document(
    account: Account, connection: Connection, *, knobs: Knobs
) -> Document:
    """Return an account in the newer shape, told apart by `kind`."""
    synced = _sync_time(account.synced_at, knobs)
    status: Document = {"transactions": _transactions_status(account), "balances": synced}
    total = total_value(account) if account.is_initialised else None
    document: Document = {
        "kind": account.kind,
        "id": account.id,
        "connection_id": connection.id,
        "display_name": account.name,
        "masked_account_number": f"****{account.number[-4:]}",
        "institution_account_id": _institutions_own_id(account, knobs),
        "institution_id": connection.institution.id,
        "sync_status": status,
        "opening_date": None,
        "raw_type": account.raw_type,
        "net_value": {"amount": total, "currency": account.currency},
    }
    if account.kind == "investment":
        status |= {"orders": synced, "positions": synced}
        document |= {"is_paper": False, "funding_date": None}
        document["cash_or_margin"] = account.cash_or_margin
    return document


def positions_document(account: Account) -> Document:
    """Return every position with the time the brokerage gave it."""
    results = account.positions if account.is_initialised else []
    return {"results": results, "data_freshness": {"as_of": instant(account.as_of)}}


def balances_document(account: Account) -> list[Document]:
    """Return the balances, one per currency, as JSON numbers."""
    balances = account.balances if account.is_initialised else []
    return [
        {
            "currency": currency_document(balance.currency),
            "cash": balance.cash,
            "buying_power": balance.buying_power,
        }
        for balance in balances
    ]


def _institutions_own_id(account: Account, knobs: Knobs) -> str | None:
    return account.institution_account_id if knobs.institution_account_ids else None


def _transactions_status(account: Account) -> Document:
    synced_on = account.transactions_synced_on
    return {
        "initial_sync_completed": account.is_initialised,
        "last_successful_sync": synced_on.isoformat() if synced_on else None,
        "first_transaction_date": first_traded_on(account),
    }


def _holdings_status(account: Account, knobs: Knobs) -> Document:
    status: Document = {
        "initial_sync_completed": account.is_initialised,
        "last_successful_sync": _sync_time(account.synced_at, knobs),
    }
    if account.holdings_unavailable:
        status["holdings_unavailable"] = True
    return status


def _sync_time(moment: datetime | None, knobs: Knobs) -> str | None:
    if moment is None:
        return None
    blank = " " if knobs.sync_time_style == "blank" else "T"
    return moment.astimezone(UTC).isoformat(sep=blank, timespec="microseconds")


def instant(moment: datetime | None) -> str | None:
    """Return a time as the provider spells it."""
    if moment is None:
        return None
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
