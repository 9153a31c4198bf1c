"""Everything of a user: each connection by an erasure of its own, then what is left."""

from copy import replace

from freshet.domain.erasure import SOON, Erasure, Upstream
from freshet.domain.errors import NotFound
from freshet.domain.identifiers import erasure_id_for
from freshet.domain.removal_rules import leaving
from freshet.services.begin_removal import erasure_of
from freshet.services.erase_connection import MOST_ROWS, ErasureDependencies
from freshet.services.forget_credential import unknown_upstream


def erase_user(erasure: Erasure, *, deps: ErasureDependencies) -> Erasure:
    """Take a user's erasure as far as it goes now.

    Raises ConcurrentChange, SecretUnavailable and StoreBusy, with what is done done.
    """
    now = deps.clock()
    connections = deps.connections.of_user(erasure.user_id)
    known = dict.fromkeys((*erasure.connections, *(each.id for each in connections)))
    if tuple(known) != erasure.connections:
        # Stored before the first of them goes: the receipt names them all.
        erasure = deps.erasures.save(replace(erasure, connections=tuple(known)))
    for each in connections:
        deps.erasures.begin(erasure_of(each, actor=erasure.actor, now=now, due_at=now))
        deps.connections.change(each.user_id, each.id, leaving)
    if not all(_is_erased(each, erasure, deps) for each in erasure.connections):
        return erasure.waiting("connections_under_way", until=now + SOON)
    erasure, is_over = _without_provider_users(erasure, deps)
    if not is_over:
        return erasure
    deps.vault.forget_user(erasure.user_id)
    rows = deps.eraser.erase_user(erasure.user_id, most=MOST_ROWS)
    counted = erasure.counting(rows=rows)
    if rows >= MOST_ROWS:
        return counted.waiting("more_to_erase", until=now)
    return counted.done(now=deps.clock())


def _without_provider_users(erasure: Erasure, deps: ErasureDependencies) -> tuple[Erasure, bool]:
    """Have providers forget the user under every id, also one that never linked anything."""
    registered = [
        (provider, users, subject)
        for provider, users in deps.users.items()
        for subject in users.find(erasure.user_id).subjects
    ]
    for provider, users, subject in registered:
        if not erasure.provider_user.is_open:
            # What became of the id before this one is no reason to ask less often for this one.
            erasure = replace(erasure, provider_user=Upstream())
        erasure, is_over = unknown_upstream(erasure, provider, subject, deps=deps)
        if not is_over:
            return erasure, False
        erasure = deps.erasures.save(erasure)
        users.save(users.find(erasure.user_id).without(subject))
    return erasure, True


def _is_erased(connection_id: str, erasure: Erasure, deps: ErasureDependencies) -> bool:
    try:
        return deps.erasures.get(erasure.user_id, erasure_id_for(connection_id)).is_done
    except NotFound:
        return False
