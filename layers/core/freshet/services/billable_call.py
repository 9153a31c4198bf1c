"""From a reservation to a call and its record: at most one call, whatever crashes in between."""

from collections.abc import Callable
from dataclasses import dataclass

from freshet import metrics
from freshet.domain.call_errors import CallFailed, NotReached, ProviderAnswer
from freshet.domain.commands import ReadCommand, ReadReason
from freshet.domain.concurrency import retry_lost_races
from freshet.domain.errors import (
    ConcurrentChange,
    CredentialMissing,
    ProviderNotConfigured,
    QueueUnavailable,
    RefreshRefused,
    SecretUnavailable,
    refusal_reason,
)
from freshet.domain.provider_traits import TraitsByProvider
from freshet.domain.purchase import (
    PurchasePolicy,
    check_again,
    connection_after,
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
from freshet.observability import count, logger
from freshet.ports import (
    Accounts,
    Bus,
    Clock,
    Connections,
    ProviderBuyer,
    Providers,
    ReadQueue,
    Refreshes,
)
from freshet.services.announce import announce


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseDependencies:
    """What a purchase needs from outside."""

    connections: Connections
    accounts: Accounts
    refreshes: Refreshes
    providers: Providers[ProviderBuyer]
    reads: ReadQueue
    bus: Bus
    policy: PurchasePolicy
    traits: TraitsByProvider
    clock: Clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchase:
    """Where a purchase stands, and what failed if its call did."""

    refresh: Refresh
    joined: bool = False
    failure: CallFailed | None = None


def resume_refresh(refresh: Refresh, deps: PurchaseDependencies, *, may_wait: bool) -> Purchase:
    """Take a refresh on record to its call and beyond, wherever it stands."""
    now = deps.clock()
    if refresh.is_fenced(now=now):
        return Purchase(refresh=refresh)
    if refresh.status is RefreshStatus.RESERVED:
        return _call(refresh, _buyer_for(refresh, deps), deps, may_wait=may_wait)
    if refresh.status is RefreshStatus.CALLING:
        # The caller died between the call and its record. Calling again could be paying twice.
        refresh = _booked(refresh, lambda each: lose_answer(each, "caller_died", now=now), deps)
        count(metrics.REFRESH_ANSWER_LOST)
    _update_connection(refresh, None, deps)
    return Purchase(refresh=refresh)


def _buyer_for(refresh: Refresh, deps: PurchaseDependencies) -> ProviderBuyer:
    # The reservation may be old: what has come up since ends the refresh before it costs anything.
    connection = deps.connections.get(refresh.user_id, refresh.connection_id)
    is_purchase = refresh.method is Method.PURCHASE
    try:
        check_again(connection, is_stopped=is_purchase and deps.refreshes.is_stopped())
        return deps.providers.open(connection)
    except (RefreshRefused, CredentialMissing, ProviderNotConfigured) as refusal:
        reason, now = refusal_reason(refusal), deps.clock()
        refused = _booked(refresh, lambda each: refuse(each, reason, answer=None, now=now), deps)
        _update_connection(refused, None, deps)
        raise


def _call(
    reserved: Refresh, buyer: ProviderBuyer, deps: PurchaseDependencies, *, may_wait: bool
) -> Purchase:
    accounts = deps.accounts.of_connection(reserved.user_id, reserved.connection_id)
    expected = tuple(account.id for account in accounts if account.report.is_readable)
    traits = deps.traits[reserved.provider]
    try:
        calling = deps.refreshes.book(
            start_call(reserved, accounts=expected, fence=traits.fence(), now=deps.clock())
        )
    except ConcurrentChange:
        # Another worker has taken up this very refresh: it calls, we do not.
        return Purchase(refresh=deps.refreshes.get(reserved.user_id, reserved.id))
    outcome = _outcome(buyer, reserved)
    now = deps.clock()

    def step(each: Refresh) -> Refresh:
        if isinstance(outcome, CallFailed):
            return after_error(each, outcome, may_wait=may_wait, now=now)
        return accept(each, outcome, now=now)

    refresh = _booked(calling, step, deps)
    failure = outcome if isinstance(outcome, CallFailed) else None
    _update_connection(refresh, failure, deps)
    if refresh.status is RefreshStatus.ACCEPTED and not traits.finishes_after_answer:
        deps.reads.send([_read_command(refresh)])
    _tell(refresh, failure)
    return Purchase(refresh=refresh, failure=failure)


def _outcome(buyer: ProviderBuyer, refresh: Refresh) -> ProviderAnswer | CallFailed:
    kind = refresh.kind
    try:
        return buyer.sync_transactions() if kind is Kind.TRANSACTIONS else buyer.refresh()
    except CallFailed as failure:
        return failure
    except SecretUnavailable:
        # Our keys were there a moment ago; without them nothing was sent.
        return NotReached(ProviderAnswer(provider=refresh.provider, operation=kind))


def _booked(
    refresh: Refresh, step: Callable[[Refresh], Refresh], deps: PurchaseDependencies
) -> Refresh:
    current = refresh

    def attempt() -> Refresh:
        nonlocal current
        if current.is_terminal:
            return current
        try:
            return deps.refreshes.book(step(current))
        except ConcurrentChange:  # a reader may note proof while the call is under way
            current = deps.refreshes.get(refresh.user_id, refresh.id)
            raise

    return retry_lost_races(attempt, row=refresh.id)


def _update_connection(
    refresh: Refresh, failure: CallFailed | None, deps: PurchaseDependencies
) -> None:
    now = deps.clock()
    after = deps.connections.change(
        refresh.user_id,
        refresh.connection_id,
        lambda connection: connection_after(connection, refresh, failure, now=now),
    )
    try:
        announce(after, connections=deps.connections, bus=deps.bus)
    except QueueUnavailable:
        # The money is spent and on record; the next visit publishes what is still put out.
        count(metrics.ANNOUNCEMENT_PUT_OFF)


def _read_command(refresh: Refresh) -> ReadCommand:
    return ReadCommand(
        user_id=refresh.user_id,
        connection_id=refresh.connection_id,
        reason=ReadReason.REFRESH,
    )


def _tell(refresh: Refresh, failure: CallFailed | None) -> None:
    count(metrics.REFRESH_ACCEPTED if failure is None else metrics.REFRESH_NOT_ACCEPTED)
    logger.info(
        "Refresh called",
        refresh_id=refresh.id,
        status=refresh.status,
        reason=failure.reason if failure else None,
    )
