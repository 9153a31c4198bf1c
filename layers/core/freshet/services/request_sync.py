"""A user wants yesterday's transactions (S2): the refresh machine, unbilled."""

from dataclasses import replace
from decimal import Decimal

from freshet.domain.connection import ASLEEP, Connection
from freshet.domain.errors import ConcurrentChange, ConnectionNeedsUser, TransactionsNotEnabled
from freshet.domain.money import Money
from freshet.domain.provider import TRAITS
from freshet.domain.refresh import Kind, Method, Refresh, RefreshStatus, Trigger
from freshet.domain.visit import yesterday
from freshet.services.billable_call import Purchase, Purchasing, go_on
from freshet.services.request_refresh import (
    RefreshRequest,
    Requesting,
    asked_before,
    read_instead,
    refresh_id_of,
)


def request_transactions_sync(request: RefreshRequest, *, parts: Requesting) -> Purchase:
    """Bring transactions up to yesterday in; already there, nothing is asked of the provider.

    Raises NotFound, ConnectionNeedsUser, TransactionsNotEnabled and what a call raises.
    """
    connection = parts.purchasing.connections.get(request.user_id, request.connection_id)
    if connection.status in ASLEEP:
        raise ConnectionNeedsUser(connection.id, connection.status_reason)
    wanted = _wanted(request, connection, parts)
    known = asked_before(request, wanted.id, parts.purchasing.refreshes)
    if known is not None:
        return Purchase(refresh=known)
    if TRAITS[connection.provider].transactions_need_opt_in:
        if not parts.plaid_transactions:
            raise TransactionsNotEnabled
        return read_instead(replace(wanted, method=Method.READ), connection, parts)
    return _sync(wanted, connection, parts.purchasing)


def _sync(wanted: Refresh, connection: Connection, parts: Purchasing) -> Purchase:
    if connection.open_refresh_id is not None:
        # A refresh of holdings brings yesterday's transactions in as well.
        refresh = parts.refreshes.get(wanted.user_id, connection.open_refresh_id)
        return Purchase(refresh=refresh, joined=refresh.id != wanted.id)
    try:
        if _is_there_already(wanted, parts):
            now = parts.clock()
            ended = replace(wanted, status=RefreshStatus.NO_CHANGE, finished_at=now)
            return Purchase(refresh=parts.refreshes.add(ended))
        opened = parts.refreshes.open(replace(wanted, status=RefreshStatus.RESERVED))
    except ConcurrentChange:
        # Opened a moment ago by somebody else, or once before under the same key.
        current = parts.connections.get(wanted.user_id, wanted.connection_id)
        known_id = current.open_refresh_id or wanted.id
        refresh = parts.refreshes.get(wanted.user_id, known_id)
        return Purchase(refresh=refresh, joined=refresh.id != wanted.id)
    return go_on(opened, parts, may_wait=False)


def _is_there_already(wanted: Refresh, parts: Purchasing) -> bool:
    accounts = parts.accounts.of_connection(wanted.user_id, wanted.connection_id)
    read_to = [each.transactions_read_to for each in accounts if each.report.is_readable]
    last_day = yesterday(parts.clock())
    return bool(read_to) and all(day is not None and day >= last_day for day in read_to)


def _wanted(request: RefreshRequest, connection: Connection, parts: Requesting) -> Refresh:
    nothing = Money(Decimal(0), parts.purchasing.policy.prices[connection.provider].currency)
    return Refresh(
        id=refresh_id_of(request, parts.random_bytes, kind=Kind.TRANSACTIONS),
        user_id=request.user_id,
        connection_id=request.connection_id,
        provider=connection.provider,
        kind=Kind.TRANSACTIONS,
        method=Method.SYNC,
        trigger=Trigger.USER,
        actor=request.actor,
        status=RefreshStatus.QUEUED,
        reserved=nothing,
        cost=nothing,
        created_at=parts.purchasing.clock(),
    )
