"""What a worker does with a removal command: as much of it as can be done now."""

from freshet.domain.commands import RemovalCommand
from freshet.domain.erasure import SOON, Erasure
from freshet.domain.errors import ConcurrentChange, NotFound, SecretUnavailable, StoreBusy
from freshet.observability import logger
from freshet.services.erase_connection import ErasureDependencies, erase_connection
from freshet.services.erase_user import erase_user


def work_removal(command: RemovalCommand, *, deps: ErasureDependencies) -> None:
    """Take an erasure as far as it goes; what is left is due again at a time on record."""
    try:
        erasure = deps.erasures.get(command.user_id, command.erasure_id)
    except NotFound:
        return
    if erasure.is_done:
        return
    try:
        after = deps.erasures.save(_gone_on(erasure, deps))
    except ConcurrentChange:
        # Another worker is at it, or something of the connection moved: it is due again.
        return
    logger.info(
        "Removal worked",
        erasure_id=after.id,
        status=after.status,
        upstream=after.upstream.status,
        reason=after.reason or after.upstream.reason,
        rows_erased=after.rows_erased,
    )


def _gone_on(erasure: Erasure, deps: ErasureDependencies) -> Erasure:
    is_users = erasure.connection_id is None
    try:
        if is_users:
            return erase_user(erasure, deps=deps)
        return erase_connection(erasure, deps=deps)
    except (SecretUnavailable, StoreBusy) as trouble:
        is_secret = isinstance(trouble, SecretUnavailable)
        # What was stored on the way counts, and the next worker finds it done.
        latest = deps.erasures.get(erasure.user_id, erasure.id)
        reason = "secret_unavailable" if is_secret else "store_busy"
        return latest.waiting(reason, until=deps.clock() + SOON)
