"""A user wants yesterday's transactions: the refresh machine, unbilled."""

from dataclasses import replace

from freshet.domain.connection import Connection
from freshet.domain.errors import ConcurrentChange, TransactionsNotEnabled
from freshet.domain.read_run import yesterday
from freshet.domain.refresh import Kind, Method, Refresh, RefreshStatus
from freshet.domain.removal_rules import demand_linked
from freshet.services.billable_call import Purchase, PurchaseDependencies, resume_refresh
from freshet.services.request_refresh import (
    RefreshRequest,
    RequestRefreshDependencies,
    asked_before,
    join_after_race,
    join_open,
    read_instead,
    refresh_id_of,
    unpaid_refresh,
)


def request_transactions_sync(
    request: RefreshRequest, *, deps: RequestRefreshDependencies
) -> Purchase:
    """Bring transactions up to yesterday in; already there, nothing is asked of the provider.

    Raises NotFound, ConnectionNeedsUser, TransactionsNotEnabled and what a call raises.
    """
    connection = deps.purchasing.connections.get(request.user_id, request.connection_id)
    demand_linked(connection)
    refresh_id = refresh_id_of(request, deps.random_bytes, kind=Kind.TRANSACTIONS)
    known = asked_before(request, refresh_id, deps.purchasing.refreshes)
    if known is not None:
        return Purchase(refresh=known)
    is_opt_in = deps.purchasing.traits[connection.provider].transactions_need_opt_in
    if is_opt_in and connection.provider not in deps.transactions_at:
        raise TransactionsNotEnabled
    # Asked in vain before: a plain read brings what the provider has by itself.
    is_read = is_opt_in or connection.sync_refused_until is not None
    method = Method.READ if is_read else Method.SYNC
    wanted = unpaid_refresh(
        request, refresh_id, connection, deps, kind=Kind.TRANSACTIONS, method=method
    )
    if is_read:
        return read_instead(wanted, connection, deps)
    return _sync(wanted, connection, deps.purchasing)


def _sync(wanted: Refresh, connection: Connection, deps: PurchaseDependencies) -> Purchase:
    if connection.open_refresh_id is not None:
        # A refresh of holdings brings yesterday's transactions in as well.
        return join_open(wanted, connection, deps)
    try:
        if _is_there_already(wanted, deps):
            now = deps.clock()
            ended = replace(wanted, status=RefreshStatus.NO_CHANGE, finished_at=now)
            return Purchase(refresh=deps.refreshes.add(ended))
        opened = deps.refreshes.open(replace(wanted, status=RefreshStatus.RESERVED))
    except ConcurrentChange:
        return join_after_race(wanted, deps)
    return resume_refresh(opened, deps, may_wait=False)


def _is_there_already(wanted: Refresh, deps: PurchaseDependencies) -> bool:
    accounts = deps.accounts.of_connection(wanted.user_id, wanted.connection_id)
    read_to = [each.transactions_read_to for each in accounts if each.report.is_readable]
    last_day = yesterday(deps.clock())
    return bool(read_to) and all(day is not None and day >= last_day for day in read_to)
