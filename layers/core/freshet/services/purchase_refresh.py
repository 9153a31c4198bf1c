"""The guarded purchase: checks and reservation first, then the one billable call."""

from datetime import datetime

from freshet.domain.connection import Connection
from freshet.domain.errors import ConcurrentChange, NotFound
from freshet.domain.orders import RefreshOrder
from freshet.domain.purchase import PurchasePolicy, check_before_money
from freshet.domain.refresh import Method, Refresh, RefreshStatus
from freshet.services.billable_call import Purchase, Purchasing, go_on


def purchase_refresh(order: RefreshOrder, *, parts: Purchasing, may_wait: bool) -> Purchase:
    """Buy what is ordered, go on with it where a crash left it, or join what is under way.

    With `may_wait`, a call that surely cost nothing is put back to be tried at a later turn;
    without, it is refused at once, as somebody waits for the verdict. Raises what
    `reserve_refresh` raises.
    """
    purchase = reserve_refresh(order, parts=parts)
    if purchase.joined:
        return purchase
    return go_on(purchase.refresh, parts, may_wait=may_wait)


def reserve_refresh(order: RefreshOrder, *, parts: Purchasing) -> Purchase:
    """Do all that comes before the call: checks and reservation, or find it done already.

    Raises RefreshRefused before any money, NotFound, ProviderNotConfigured, CredentialMissing and
    SecretUnavailable.
    """
    connection = parts.connections.get(order.user_id, order.connection_id)
    known = _on_record(order, parts)
    if known is not None:
        return Purchase(refresh=known)
    if connection.open_refresh_id is not None:
        return _join(order, connection, parts)
    now = parts.clock()
    is_stopped = parts.refreshes.is_stopped()
    etiquette = parts.traits[connection.provider].etiquette
    check_before_money(
        connection, is_stopped=is_stopped, policy=parts.policy, etiquette=etiquette, now=now
    )
    parts.providers.open(connection)  # no money is reserved for a call that cannot be made
    wanted = _new_refresh(order, connection, parts.policy, now=now)
    try:
        reserved = parts.refreshes.reserve(wanted, policy=parts.policy, now=now)
    except ConcurrentChange:
        # Another purchase of this connection was a moment faster.
        return _join(order, parts.connections.get(order.user_id, order.connection_id), parts)
    return Purchase(refresh=reserved)


def _on_record(order: RefreshOrder, parts: Purchasing) -> Refresh | None:
    try:
        return parts.refreshes.get(order.user_id, order.refresh_id)
    except NotFound:
        return None


def _join(order: RefreshOrder, connection: Connection, parts: Purchasing) -> Purchase:
    if connection.open_refresh_id is None:
        raise ConcurrentChange(order.connection_id)
    refresh = parts.refreshes.get(order.user_id, connection.open_refresh_id)
    return Purchase(refresh=refresh, joined=refresh.id != order.refresh_id)


def _new_refresh(
    order: RefreshOrder, connection: Connection, policy: PurchasePolicy, *, now: datetime
) -> Refresh:
    # This price stays with the refresh, whatever the list says when it is called.
    price = policy.price(connection.provider, now=now)
    return Refresh(
        id=order.refresh_id,
        user_id=order.user_id,
        connection_id=order.connection_id,
        provider=connection.provider,
        method=Method.PURCHASE,
        trigger=order.trigger,
        actor=order.actor,
        status=RefreshStatus.QUEUED,
        reserved=price,
        cost=price,
        created_at=now,
    )
