"""A refresh from its request to its end: the steps in the order in which they happen.

    request_refresh, request_transactions_sync          refresh_connection
      a user, over HTTP                                   a worker, from the RefreshQueue
            │                                                     │
            ├─ seen before, or one of its kind is open: that one  │
            ├─ a live read will do ─────────────────────┐         │
            ▼                                           │         ▼
    reserve     queued → reserved       checks, then budgets and the connection's slot at once
            ▼                                           │
    resume      reserved → calling      on record before the request leaves
    call        calling → accepted      the answer and its line in the ledger
                        → unknown       no answer: it may have been billed, never call again
                        → reserved      surely unbilled: the worker tries again
                        → refused       surely unbilled: the money goes back
            ▼                                           ▼
    finish_refresh   accepted, unknown → complete, partial, no_change, timed_out
                     with each read, by what it proves and by the time

A crash between two steps leaves a refresh on record from which `resume` goes on. A process reads
connection and credential once for its checks, and goes on with the connection as it leaves it;
the reservation itself demands that the link still works, no other refresh of the kind is open and
purchases are not stopped.
"""

from freshet import metrics
from freshet.domain.budgets import Spent
from freshet.domain.call_errors import CallFailed
from freshet.domain.commands import RefreshCommand
from freshet.domain.connection import Connection
from freshet.domain.errors import (
    ConcurrentChange,
    CredentialMissing,
    NotFound,
    ProviderNotConfigured,
    RefreshRefused,
    refusal_reason,
)
from freshet.domain.purchase_checks import (
    check_again,
    check_before_money,
)
from freshet.domain.refresh import (
    Kind,
    Method,
    Refresh,
    RefreshStatus,
    accept,
    after_error,
    lose_answer,
    refuse,
    start_call,
)
from freshet.domain.refresh_request import new_refresh
from freshet.domain.trouble import log_keys_of
from freshet.observability import count, logger
from freshet.ports import ProviderBuyer
from freshet.services.refresh_records import (
    Purchase,
    PurchaseDependencies,
    book,
    call_provider,
    called,
    has_refresh,
    note_refusal,
    on_record,
    open_refresh_of,
    readable_accounts,
    send_read,
    terms_of,
    update_connection,
)


def refresh_connection(command: RefreshCommand, *, deps: PurchaseDependencies) -> None:
    """Work one command; raises only for trouble on our side, so that the message comes again."""
    try:
        purchase_refresh(command, deps=deps, may_wait=True)
    except NotFound:  # the connection was removed while the message waited
        logger.debug("Connection was removed meanwhile")
    except (RefreshRefused, ProviderNotConfigured, CredentialMissing) as refusal:
        logger.info("Refresh refused", reason=refusal_reason(refusal))
        note_refusal(command, refusal, deps)


def purchase_refresh(
    command: RefreshCommand, *, deps: PurchaseDependencies, may_wait: bool
) -> Purchase:
    """Buy what a command asks for, resume it where a crash left it, or join what is under way.

    With `may_wait`, a call that surely cost nothing is put back to be tried at a later turn;
    without, it is refused at once, because a user waits for the verdict. Raises RefreshRefused
    before any money, NotFound, ProviderNotConfigured, CredentialMissing and SecretUnavailable.
    """
    connection = deps.connections.get(command.user_id, command.connection_id)
    known = on_record(command.user_id, command.refresh_id, deps.refreshes)
    purchase, connection, buyer = reserve(command, known, connection, deps)
    return resume(purchase, connection, deps, may_wait=may_wait, buyer=buyer)


def reserve(
    command: RefreshCommand,
    known: Refresh | None,
    connection: Connection,
    deps: PurchaseDependencies,
) -> tuple[Purchase, Connection, ProviderBuyer | None]:
    """Check and reserve, or find it done before; give the connection as it is left.

    With it comes the buyer, where the checks were made now.
    """
    if known is not None:
        return Purchase(refresh=known), connection, None
    if connection.slots.holdings.refresh_id is not None:
        return open_refresh_of(connection, Kind.HOLDINGS, command, deps), connection, None
    now, terms = deps.clock(), terms_of(connection.provider, deps)

    def spent() -> Spent:
        return deps.budgets.of_connection(command.user_id, command.connection_id, now=now)

    check_before_money(connection, spent=spent, terms=terms, now=now)
    buyer = deps.providers.open(connection)  # no money is reserved for an impossible call
    purchase, price = Method.PURCHASE, terms.price
    wanted = new_refresh(command, connection.provider, method=purchase, price=price, now=now)
    try:
        reserved = deps.refreshes.reserve(wanted, judged=connection, policy=deps.policy, now=now)
    except ConcurrentChange:
        current = deps.connections.get(command.user_id, command.connection_id)
        if not has_refresh(current, Kind.HOLDINGS, command, deps):
            check_before_money(current, spent=spent, terms=terms, now=deps.clock())
        return open_refresh_of(current, Kind.HOLDINGS, command, deps), current, None
    return Purchase(refresh=reserved), connection.opening(reserved), buyer


def resume(
    purchase: Purchase,
    connection: Connection,
    deps: PurchaseDependencies,
    *,
    may_wait: bool,
    buyer: ProviderBuyer | None = None,
) -> Purchase:
    """Take a refresh on record to its call and beyond, wherever it stands; a joined one waits."""
    refresh, now = purchase.refresh, deps.clock()
    if purchase.joined or refresh.is_fenced(now=now):
        return purchase
    if refresh.status is RefreshStatus.RESERVED:
        if connection.slots.is_put_back(refresh, now=now):
            if connection.slots.of(refresh.kind).check_at != refresh.retry_at:
                # The process that put it back died before it could note that.
                update_connection(refresh, connection, deps)
            return purchase
        if buyer is None:
            buyer = _buyer_for_old_reservation(refresh, connection, deps)
        return _call(refresh, connection, buyer, deps, may_wait=may_wait)
    if refresh.status is RefreshStatus.CALLING:
        # The caller died between the call and its record. Calling again could be paying twice.
        refresh = book(refresh, lambda each: lose_answer(each, "caller_died", now=now), deps)
        count(metrics.REFRESH_ANSWER_LOST)
    update_connection(refresh, connection, deps)
    return Purchase(refresh=refresh)


def _buyer_for_old_reservation(
    refresh: Refresh, connection: Connection, deps: PurchaseDependencies
) -> ProviderBuyer:
    # What has come up since the reservation ends the refresh before it costs anything.
    is_purchase = refresh.method is Method.PURCHASE
    try:
        check_again(connection, is_stopped=is_purchase and deps.refreshes.is_stopped())
        return deps.providers.open(connection)
    except (RefreshRefused, CredentialMissing, ProviderNotConfigured) as refusal:
        reason, now = refusal_reason(refusal), deps.clock()
        refused = book(refresh, lambda each: refuse(each, reason, answer=None, now=now), deps)
        update_connection(refused, connection, deps)
        raise


def _call(
    reserved: Refresh,
    connection: Connection,
    buyer: ProviderBuyer,
    deps: PurchaseDependencies,
    *,
    may_wait: bool,
) -> Purchase:
    expected = tuple(account.id for account in readable_accounts(connection, deps))
    traits = deps.traits[reserved.provider]
    calling = start_call(reserved, accounts=expected, fence=traits.fence(), now=deps.clock())
    try:
        calling = deps.refreshes.book(calling)
    except ConcurrentChange:
        # Another worker has taken up this very refresh: it calls, we do not.
        return Purchase(refresh=deps.refreshes.get(reserved.user_id, reserved.id))
    outcome = call_provider(buyer, reserved)
    now = deps.clock()

    def step(each: Refresh) -> Refresh:
        if isinstance(outcome, CallFailed):
            return after_error(each, outcome, may_wait=may_wait, now=now)
        return accept(each, outcome, now=now)

    refresh = book(calling, step, deps)
    failure = outcome if isinstance(outcome, CallFailed) else None
    after = update_connection(refresh, connection, deps, failure=failure)
    if refresh.status is RefreshStatus.ACCEPTED and not traits.finishes_after_answer:
        send_read(refresh, deps)
    _count_call(failure)
    told = {} if failure is None else log_keys_of(failure)
    logger.info("Refresh called", refresh_id=refresh.id, status=refresh.status, **told)
    return called(refresh, after, failure, deps)


def _count_call(failure: CallFailed | None) -> None:
    if failure is None:
        count(metrics.REFRESH_ACCEPTED)
    else:
        is_refused = failure.is_surely_unbilled
        count(metrics.REFRESH_NOT_ACCEPTED if is_refused else metrics.REFRESH_ANSWER_LOST)
