"""A user's request for newer holdings or transactions: bought, synced, read live or joined."""

from copy import replace

from freshet.domain.commands import RefreshCommand
from freshet.domain.connection import Connection
from freshet.domain.errors import ConcurrentChange, TransactionsNotEnabled
from freshet.domain.purchase_checks import check_before_live_read, check_before_sync
from freshet.domain.read_run import yesterday
from freshet.domain.refresh import Kind, Method, Refresh, RefreshStatus
from freshet.domain.refresh_request import RefreshRequest, new_refresh, start_read
from freshet.domain.removal_rules import demand_linked, demand_not_removed
from freshet.services.refresh_connection import reserve, resume
from freshet.services.refresh_records import (
    Purchase,
    PurchaseDependencies,
    RequestRefreshDependencies,
    called,
    faster_refresh,
    is_to_be_called,
    look_again,
    open_refresh_of,
    readable_accounts,
    seen_before,
    send_read,
)


def request_refresh(request: RefreshRequest, *, deps: RequestRefreshDependencies) -> Purchase:
    """Refresh one connection for a user, once for each key; raises as `purchase_refresh` does."""
    purchasing = deps.purchasing
    connection = purchasing.connections.get(request.user_id, request.connection_id)
    command = request.command(request.refresh_id(Kind.HOLDINGS, deps.random_bytes))
    known = seen_before(request, command.refresh_id, purchasing.refreshes)
    traits = purchasing.traits[connection.provider]
    in_place = traits.buys_in_place and not request.is_one_of_all
    purchase = begin_refresh(command, known, connection, in_place=in_place, deps=purchasing)
    if not in_place and is_to_be_called(purchase, connection, now=purchasing.clock()):
        # Should the message be lost, the connection is due again within minutes anyway.
        deps.queue.send([replace(command, refresh_id=purchase.refresh.id)])
    return purchase


def begin_refresh(
    command: RefreshCommand,
    known: Refresh | None,
    connection: Connection,
    *,
    in_place: bool,
    deps: PurchaseDependencies,
) -> Purchase:
    """Buy in place, reserve for a worker that is told next, read live, or join what is open.

    `known` is what the same idempotency key has brought before.
    """
    if known is not None and known.status is not RefreshStatus.RESERVED:
        return called(known, connection, None, deps)
    look_again(connection, deps)
    demand_not_removed(connection)  # its open refresh is not joined: it ends with the connection
    if not connection.can_refresh:
        return _read_instead(command, Kind.HOLDINGS, connection, deps)
    purchase, connection, buyer = reserve(command, known, connection, deps)
    if not in_place:
        return purchase
    return resume(purchase, connection, deps, may_wait=False, buyer=buyer)


def request_transactions_sync(
    request: RefreshRequest, *, deps: RequestRefreshDependencies
) -> Purchase:
    """Bring transactions up to yesterday in; already there, nothing is asked of the provider.

    Raises NotFound, ConnectionNeedsUser, TransactionsNotEnabled and what a call raises.
    """
    purchasing = deps.purchasing
    connection = purchasing.connections.get(request.user_id, request.connection_id)
    demand_linked(connection)
    command = request.command(request.refresh_id(Kind.TRANSACTIONS, deps.random_bytes))
    known = seen_before(request, command.refresh_id, purchasing.refreshes)
    if known is not None:
        return called(known, connection, None, purchasing)
    is_opt_in = purchasing.traits[connection.provider].transactions_need_opt_in
    if is_opt_in and connection.provider not in deps.transactions_at:
        raise TransactionsNotEnabled
    if is_opt_in or connection.slots.transactions.refused_until is not None:
        # Asked in vain before: a plain read brings what the provider has by itself.
        return _read_instead(command, Kind.TRANSACTIONS, connection, purchasing)
    return _sync(command, connection, purchasing)


def _read_instead(
    command: RefreshCommand, kind: Kind, connection: Connection, deps: PurchaseDependencies
) -> Purchase:
    """Answer a request by a free live read, where asking the broker is pointless or not wanted."""
    demand_linked(connection)
    if connection.slots.of(kind).refresh_id is not None:
        return open_refresh_of(connection, kind, command, deps)
    now, limits = deps.clock(), deps.traits[connection.provider].limits
    check_before_live_read(connection, limits=limits, now=now)
    wanted = new_refresh(command, connection.provider, kind=kind, method=Method.READ, now=now)
    try:
        opened = deps.refreshes.open(
            start_read(wanted, readable_accounts(connection, deps), now=now)
        )
    except ConcurrentChange:
        return faster_refresh(kind, command, deps)
    send_read(opened, deps)
    return Purchase(refresh=opened)


def _sync(command: RefreshCommand, connection: Connection, deps: PurchaseDependencies) -> Purchase:
    kind, now = Kind.TRANSACTIONS, deps.clock()
    if connection.slots.of(kind).refresh_id is not None:
        return open_refresh_of(connection, kind, command, deps)
    wanted = new_refresh(command, connection.provider, kind=kind, method=Method.SYNC, now=now)
    check_before_sync(connection, now=now)
    read_to = [each.transactions_read_to for each in readable_accounts(connection, deps)]
    try:
        if read_to and all(day is not None and day >= yesterday(now) for day in read_to):
            ended = replace(wanted, status=RefreshStatus.NO_CHANGE, finished_at=now)
            return Purchase(refresh=deps.refreshes.add(ended))
        opened = deps.refreshes.open(replace(wanted, status=RefreshStatus.RESERVED))
    except ConcurrentChange:
        return faster_refresh(kind, command, deps)
    return resume(Purchase(refresh=opened), connection.opening(opened), deps, may_wait=False)
