"""The guarded purchase: checks and reservation first, then the one billable call."""

from datetime import datetime

from freshet.domain.commands import RefreshCommand
from freshet.domain.connection import Connection
from freshet.domain.errors import ConcurrentChange, NotFound
from freshet.domain.purchase import PurchasePolicy, check_before_money
from freshet.domain.refresh import Method, Refresh, RefreshStatus
from freshet.services.billable_call import Purchase, PurchaseDependencies, resume_refresh


def purchase_refresh(
    command: RefreshCommand, *, deps: PurchaseDependencies, may_wait: bool
) -> Purchase:
    """Buy what is ordered, go on with it where a crash left it, or join what is under way.

    With `may_wait`, a call that surely cost nothing is put back to be tried at a later turn;
    without, it is refused at once, as somebody waits for the verdict. Raises what
    `reserve_refresh` raises.
    """
    purchase = reserve_refresh(command, deps=deps)
    if purchase.joined:
        return purchase
    return resume_refresh(purchase.refresh, deps, may_wait=may_wait)


def reserve_refresh(command: RefreshCommand, *, deps: PurchaseDependencies) -> Purchase:
    """Do all that comes before the call: checks and reservation, or find it done already.

    Raises RefreshRefused before any money, NotFound, ProviderNotConfigured, CredentialMissing and
    SecretUnavailable.
    """
    connection = deps.connections.get(command.user_id, command.connection_id)
    known = _on_record(command, deps)
    if known is not None:
        return Purchase(refresh=known)
    if connection.open_refresh_id is not None:
        return _join(command, connection, deps)
    now = deps.clock()
    is_stopped = deps.refreshes.is_stopped()
    etiquette = deps.traits[connection.provider].etiquette
    check_before_money(
        connection, is_stopped=is_stopped, policy=deps.policy, etiquette=etiquette, now=now
    )
    deps.providers.open(connection)  # no money is reserved for a call that cannot be made
    wanted = _new_refresh(command, connection, deps.policy, now=now)
    try:
        reserved = deps.refreshes.reserve(wanted, policy=deps.policy, now=now)
    except ConcurrentChange:
        # Another purchase of this connection was a moment faster.
        return _join(command, deps.connections.get(command.user_id, command.connection_id), deps)
    return Purchase(refresh=reserved)


def _on_record(command: RefreshCommand, deps: PurchaseDependencies) -> Refresh | None:
    try:
        return deps.refreshes.get(command.user_id, command.refresh_id)
    except NotFound:
        return None


def _join(command: RefreshCommand, connection: Connection, deps: PurchaseDependencies) -> Purchase:
    if connection.open_refresh_id is None:
        raise ConcurrentChange(command.connection_id)
    refresh = deps.refreshes.get(command.user_id, connection.open_refresh_id)
    return Purchase(refresh=refresh, joined=refresh.id != command.refresh_id)


def _new_refresh(
    command: RefreshCommand, connection: Connection, policy: PurchasePolicy, *, now: datetime
) -> Refresh:
    # This price stays with the refresh, whatever the list says when it is called.
    price = policy.price(connection.provider, now=now)
    return Refresh(
        id=command.refresh_id,
        user_id=command.user_id,
        connection_id=command.connection_id,
        provider=connection.provider,
        method=Method.PURCHASE,
        trigger=command.trigger,
        actor=command.actor,
        status=RefreshStatus.QUEUED,
        reserved=price,
        cost=price,
        created_at=now,
    )
