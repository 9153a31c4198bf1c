"""What the steps of a refresh need, and what they read and store; their order is elsewhere."""

from collections.abc import Callable
from copy import replace
from datetime import datetime

from msgspec import Struct

from freshet.domain.account import Account
from freshet.domain.call_errors import (
    CallFailed,
    LoginRequired,
    NotReached,
    ProviderAnswer,
    ProviderUnavailable,
)
from freshet.domain.commands import ReadCommand, ReadReason, RefreshCommand
from freshet.domain.concurrency import retry_lost_races
from freshet.domain.connection import Connection
from freshet.domain.errors import (
    BudgetExhausted,
    ConcurrentChange,
    CredentialMissing,
    FreshetError,
    NotFound,
    QueueUnavailable,
    RefreshTooSoon,
    SecretUnavailable,
    refusal_reason,
)
from freshet.domain.ledger import is_proof_of_call
from freshet.domain.provider import Provider
from freshet.domain.provider_traits import TraitsByProvider
from freshet.domain.purchase import PurchasePolicy, connection_after, verdict_of_purchase
from freshet.domain.purchase_checks import PurchaseTerms, not_before
from freshet.domain.refresh import Kind, Refresh, RefreshStatus
from freshet.domain.refresh_request import RefreshRequest
from freshet.domain.removal_rules import demand_linked
from freshet.observability import logger
from freshet.ports import (
    Accounts,
    Budgets,
    Bus,
    Clock,
    Connections,
    Overlapped,
    ProviderBuyer,
    Providers,
    ReadQueue,
    RecentVerdicts,
    Refreshes,
    RefreshQueue,
)
from freshet.services.announce import announce
from freshet.services.blast_guard import is_one_of_many


class PurchaseDependencies(Struct, frozen=True, kw_only=True):
    """What a purchase needs from outside."""

    connections: Connections
    accounts: Accounts
    refreshes: Refreshes
    budgets: Budgets
    providers: Providers[ProviderBuyer]
    reads: ReadQueue
    bus: Bus
    verdicts: RecentVerdicts
    policy: PurchasePolicy
    traits: TraitsByProvider
    clock: Clock


class RequestRefreshDependencies(Struct, frozen=True, kw_only=True):
    """What a request needs from outside."""

    purchasing: PurchaseDependencies
    queue: RefreshQueue
    overlapped: Overlapped
    random_bytes: Callable[[int], bytes]
    transactions_at: frozenset[Provider]
    """The providers at which this deployment reads transactions."""


class Purchase(Struct, frozen=True, kw_only=True):
    """Where a refresh stands, and what failed if its call did."""

    refresh: Refresh
    joined: bool = False
    failure: CallFailed | None = None
    not_before: datetime | None = None
    """When the next one may be asked for, where cooldown or provider want a pause."""


def on_record(user_id: str, refresh_id: str, refreshes: Refreshes) -> Refresh | None:
    """Find a refresh by its id, or None."""
    try:
        return refreshes.get(user_id, refresh_id)
    except NotFound:
        return None


def seen_before(request: RefreshRequest, refresh_id: str, refreshes: Refreshes) -> Refresh | None:
    """Find what the same idempotency key has brought before; an id just drawn is new."""
    is_new = request.idempotency_key is None
    return None if is_new else on_record(request.user_id, refresh_id, refreshes)


def open_refresh_of(
    connection: Connection, kind: Kind, command: RefreshCommand, deps: PurchaseDependencies
) -> Purchase:
    """Join the connection's open refresh of a kind, or find the command's own where none is open.

    Raises what has become of the link, or ConcurrentChange, where there is neither.
    """
    known_id = connection.slots.of(kind).refresh_id or command.refresh_id
    refresh = on_record(command.user_id, known_id, deps.refreshes)
    if refresh is None:
        demand_linked(connection)
        raise ConcurrentChange(command.connection_id)
    return Purchase(refresh=refresh, joined=refresh.id != command.refresh_id)


def has_refresh(
    connection: Connection, kind: Kind, command: RefreshCommand, deps: PurchaseDependencies
) -> bool:
    """Tell whether a refresh of a kind is open, or the command's own is on record."""
    if connection.slots.of(kind).refresh_id is not None:
        return True
    return on_record(command.user_id, command.refresh_id, deps.refreshes) is not None


def faster_refresh(kind: Kind, command: RefreshCommand, deps: PurchaseDependencies) -> Purchase:
    """Join what another request opened a moment ago; raises NotFound and as above."""
    connection = deps.connections.get(command.user_id, command.connection_id)
    return open_refresh_of(connection, kind, command, deps)


def readable_accounts(connection: Connection, deps: PurchaseDependencies) -> list[Account]:
    """List the accounts that a refresh of a connection is expected to renew."""
    return [each for each in deps.accounts.of_connection(connection) if each.report.is_readable]


def call_provider(buyer: ProviderBuyer, refresh: Refresh) -> ProviderAnswer | CallFailed:
    """Make the one call, and give its answer or its failure."""
    kind = refresh.kind
    try:
        return buyer.sync_transactions() if kind is Kind.TRANSACTIONS else buyer.refresh()
    except CallFailed as failure:
        return failure
    except SecretUnavailable:
        # Our keys were there a moment ago; without them nothing was sent.
        return NotReached(ProviderAnswer(provider=refresh.provider, operation=kind))


def book(
    refresh: Refresh, step: Callable[[Refresh], Refresh], deps: PurchaseDependencies
) -> Refresh:
    """Store what `step` makes of a refresh, and its line in the ledger; an ended one stays."""
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


def store_progress(before: Refresh, after: Refresh, refreshes: Refreshes) -> Refresh:
    """Store what a read has found out; proof of a call without an answer goes onto the books."""
    return refreshes.book(after) if is_proof_of_call(before, after) else refreshes.save(after)


def update_connection(
    refresh: Refresh,
    known: Connection,
    deps: PurchaseDependencies,
    *,
    failure: CallFailed | None = None,
) -> Connection:
    """Store on the connection what has become of its refresh, publish it and give it.

    `known` is the connection as it was read, or left, before.
    """
    now, is_mass = deps.clock(), False
    if verdict_of_purchase(refresh) is not None:
        is_mass = is_one_of_many(known, deps.verdicts, now=now)
    after = deps.connections.change(
        refresh.user_id,
        refresh.connection_id,
        lambda current: connection_after(
            current,
            refresh,
            failure,
            cooldown=deps.policy.cooldown_at(deps.traits[current.provider].limits),
            now=now,
            is_mass=is_mass,
        ),
        known=known,
    )
    try:
        announce(after, connections=deps.connections, bus=deps.bus)
    except QueueUnavailable:
        # The money is spent and on record; the next read publishes what is still in the outbox.
        logger.warning("Events not published yet", refresh_id=refresh.id)
    return after


def is_to_be_called(purchase: Purchase, connection: Connection, *, now: datetime) -> bool:
    """Tell whether a worker is to call a refresh now: it is reserved and was not put back."""
    is_reserved = purchase.refresh.status is RefreshStatus.RESERVED
    return is_reserved and not connection.slots.is_put_back(purchase.refresh, now=now)


def called(
    refresh: Refresh, after: Connection, failure: CallFailed | None, deps: PurchaseDependencies
) -> Purchase:
    """Say what a call came to: of a verdict that is not believed, only the trouble is told."""
    if isinstance(failure, LoginRequired) and after.link.suspicion is not None:
        failure = ProviderUnavailable(failure.answer)
    until = not_before(after, refresh.kind, cooldown=terms_of(after.provider, deps).cooldown)
    if refresh.retry_at is not None:
        until = max(refresh.retry_at, until or refresh.retry_at)
    return Purchase(refresh=refresh, failure=failure, not_before=until)


def terms_of(provider: Provider, deps: PurchaseDependencies) -> PurchaseTerms:
    """Give what purchases at a provider are judged by at this moment."""
    return PurchaseTerms(
        price=deps.policy.price(provider, now=deps.clock()),
        policy=deps.policy,
        limits=deps.traits[provider].limits,
    )


def note_refusal(
    command: RefreshCommand, refusal: FreshetError, deps: PurchaseDependencies
) -> None:
    """Store on the connection why a command bought nothing, and when it is tried again."""
    reason, now = refusal_reason(refusal), deps.clock()

    def step(connection: Connection) -> Connection:
        every = connection.cadence.refresh_every
        purchases = connection.purchases.after_refusal(
            reason, now=now, retry_at=_retry_at(refusal), every=every
        )
        noted = replace(connection, purchases=purchases)
        if isinstance(refusal, CredentialMissing):
            link = noted.link.with_login_required(reason, read_at=now)
            noted = replace(noted, link=link)
        return noted.announcing_status(connection, now=now).rescheduled(now=now)

    after = deps.connections.change(command.user_id, command.connection_id, step)
    announce(after, connections=deps.connections, bus=deps.bus)


def _retry_at(refusal: FreshetError) -> datetime | None:
    if isinstance(refusal, RefreshTooSoon):
        return refusal.retry_at
    return refusal.resets_at if isinstance(refusal, BudgetExhausted) else None


def send_read(refresh: Refresh, deps: PurchaseDependencies) -> None:
    """Have the connection read; a lost message is made up for within minutes: it is due again."""
    command = ReadCommand(
        user_id=refresh.user_id, connection_id=refresh.connection_id, reason=ReadReason.REFRESH
    )
    deps.reads.send([command])


def look_again(connection: Connection, deps: PurchaseDependencies) -> None:
    """Have a broken link looked at before its time: its user wants it, and it may work again."""
    if connection.link.may_be_looked_at(now=deps.clock()):
        command = ReadCommand(
            user_id=connection.user_id, connection_id=connection.id, reason=ReadReason.DUE
        )
        deps.reads.send([command])
