"""One connection, taken away step by step; each can be repeated, and finds what is done already."""

from collections.abc import Mapping
from copy import replace

from msgspec import Struct

from freshet.domain.connection import Connection
from freshet.domain.erasure import SOON, Erasure
from freshet.domain.errors import ConcurrentChange, NotFound
from freshet.domain.ledger import is_proof_of_call
from freshet.domain.provider import Provider
from freshet.domain.provider_traits import TraitsByProvider
from freshet.domain.refresh import Refresh, RefreshStatus
from freshet.domain.removal_rules import ended_by_removal, leaving, superseded
from freshet.ports import (
    Accounts,
    Clock,
    Connections,
    CredentialVault,
    Eraser,
    Erasures,
    ProviderBuyer,
    Providers,
    ProviderUsers,
    Refreshes,
    UpstreamUsers,
)
from freshet.services.ask_to_remove import try_to_remove
from freshet.services.forget_credential import forget_credential

MOST_ROWS = 2_000
"""Rows that one pass erases: 80 requests of 25, a few seconds of the worker's two minutes."""

_MOVES_MONEY = (RefreshStatus.RESERVED, RefreshStatus.CALLING)


class ErasureDependencies(Struct, frozen=True, kw_only=True):
    """What removing needs from outside."""

    erasures: Erasures
    connections: Connections
    accounts: Accounts
    refreshes: Refreshes
    providers: Providers[ProviderBuyer]
    users: Mapping[Provider, ProviderUsers]
    """Registrations, for each provider that keeps users."""
    provider_users: UpstreamUsers
    vault: CredentialVault
    eraser: Eraser
    traits: TraitsByProvider
    clock: Clock


def erase_connection(erasure: Erasure, *, deps: ErasureDependencies) -> Erasure:
    """Take one connection's erasure as far as it goes now.

    Raises ConcurrentChange, SecretUnavailable and StoreBusy, with what is done done.
    """
    try:
        # The process that put it on record may have died before this.
        leave = leaving if erasure.superseded_by is None else superseded
        connection = deps.connections.change(erasure.user_id, str(erasure.connection_id), leave)
    except NotFound:
        return forget_credential(_disconnected(erasure, deps), deps=deps)
    for step in (_without_refreshes, _gone_upstream, _without_reader, _without_data, _without_row):
        erasure, is_over = step(erasure, connection, deps)
        if not is_over:
            return erasure
    return forget_credential(_disconnected(erasure, deps), deps=deps)


def _without_refreshes(
    erasure: Erasure, connection: Connection, deps: ErasureDependencies
) -> tuple[Erasure, bool]:
    """End the open refreshes, their money on the books, unless a call may be under way."""
    for refresh_id in connection.slots.open_ids:
        now, refresh = deps.clock(), deps.refreshes.get(connection.user_id, refresh_id)
        if refresh.calling_until is not None and refresh.is_fenced(now=now):
            return erasure.waiting("refresh_under_way", until=refresh.calling_until), False
        while not refresh.is_terminal:
            ended = ended_by_removal(refresh, now=now)
            is_booked = refresh.status in _MOVES_MONEY or is_proof_of_call(refresh, ended)
            store = deps.refreshes.book if is_booked else deps.refreshes.save
            refresh = store(ended)
        _empty_slot(refresh, deps)
    return erasure, True


def _empty_slot(refresh: Refresh, deps: ErasureDependencies) -> None:
    deps.connections.change(
        refresh.user_id,
        refresh.connection_id,
        lambda row: replace(row, slots=row.slots.without(refresh.id)),
    )


def _gone_upstream(
    erasure: Erasure, connection: Connection, deps: ErasureDependencies
) -> tuple[Erasure, bool]:
    """Have the provider remove it, or learn that it has; in the end, without its help."""
    if not erasure.upstream.is_open:
        return erasure, True
    if erasure.confirmed_at is not None:
        after = replace(erasure, upstream=erasure.upstream.gone(at=erasure.confirmed_at))
    else:
        tried = try_to_remove(
            erasure.upstream,
            lambda: deps.providers.open(connection).remove(),
            is_done_at_once=deps.traits[connection.provider].removes_at_once,
            requested_at=erasure.requested_at,
            now=deps.clock(),
        )
        after = replace(erasure, upstream=tried.upstream)
        if tried.upstream.is_open:
            return after.waiting("provider_removes", until=tried.again_at), False
    # Stored before anything is erased: afterwards the provider cannot be asked again.
    return deps.erasures.save(after), True


def _without_reader(
    erasure: Erasure, connection: Connection, deps: ErasureDependencies
) -> tuple[Erasure, bool]:
    """Let a reader end: it does not outlive its lease, and no other one may begin."""
    schedule = connection.schedule
    if schedule.reading_until is None or not schedule.is_being_read(now=deps.clock()):
        return erasure, True
    return erasure.waiting("read_under_way", until=schedule.reading_until), False


def _without_data(
    erasure: Erasure, connection: Connection, deps: ErasureDependencies
) -> tuple[Erasure, bool]:
    """Erase what is stored of it, as much as one pass may."""
    left = MOST_ROWS
    # By the accounts' own rows: the connection may have been read before its last one came.
    for account in deps.accounts.of_user(connection.user_id):
        if account.connection_id != connection.id:
            continue
        rows = deps.eraser.erase_account(connection.user_id, account.id, most=left)
        left -= rows
        erasure = erasure.counting(rows=rows, accounts=int(left > 0))
        if left <= 0:
            return _with_more(erasure, deps), False
    rows = deps.eraser.erase_traces(connection, most=left)
    erasure = erasure.counting(rows=rows)
    return (erasure, True) if rows < left else (_with_more(erasure, deps), False)


def _without_row(
    erasure: Erasure, connection: Connection, deps: ErasureDependencies
) -> tuple[Erasure, bool]:
    """Erase its row, unless a purchase has slipped in, which is to be ended first."""
    # As it is now: webhooks may have marked it since we looked.
    current = deps.connections.change(connection.user_id, connection.id, leaving)
    if current.slots.open_ids:
        return _changed(erasure, deps), False
    try:
        deps.eraser.disconnect(current)
    except ConcurrentChange:
        return _changed(erasure, deps), False
    return erasure, True


def _changed(erasure: Erasure, deps: ErasureDependencies) -> Erasure:
    return erasure.waiting("connection_changed", until=deps.clock() + SOON)


def _with_more(erasure: Erasure, deps: ErasureDependencies) -> Erasure:
    return erasure.waiting("more_to_erase", until=deps.clock())


def _disconnected(erasure: Erasure, deps: ErasureDependencies) -> Erasure:
    if erasure.disconnected_at is not None:
        return erasure
    return deps.erasures.save(replace(erasure, disconnected_at=deps.clock()))
