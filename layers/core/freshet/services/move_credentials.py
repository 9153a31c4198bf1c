"""Moving users' credentials from one store to another: an operator's move."""

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from freshet.domain.credential import Credential
from freshet.domain.errors import CredentialMissing, SecretUnavailable
from freshet.observability import logger
from freshet.ports import Clock, CredentialSource, CredentialVault, UserLease

MOST_USERS = 100
ENOUGH = timedelta(seconds=40)
"""No user is begun after that: `sam remote invoke` waits 60 seconds, one user may need a few."""


class MoveStatus(StrEnum):
    """What became of a user's credentials."""

    MOVED = "moved"
    NOTHING_TO_MOVE = "nothing_to_move"
    FAILED = "failed"
    NOT_BEGUN = "not_begun"


class Move(Struct, frozen=True):
    """One user's line of the answer."""

    user_id: str
    status: MoveStatus
    reason: str | None = None


class MoveCredentialsDependencies(Struct, frozen=True, kw_only=True):
    """What a move needs from outside: `new` is the bare store, without the old one behind it."""

    old: CredentialSource
    new: CredentialVault
    lease: UserLease
    clock: Clock


def move_credentials(user_ids: Sequence[str], *, deps: MoveCredentialsDependencies) -> list[Move]:
    """Move one user after the other, and say of each what became of it; repeating does no harm.

    A reader finds each credential in one of the stores meanwhile.
    """
    end = deps.clock() + ENOUGH
    moves = [
        _moved(user_id, deps)
        if deps.clock() < end
        else Move(user_id, MoveStatus.NOT_BEGUN, "out_of_time")
        for user_id in user_ids
    ]
    logger.info("Credentials moved", moved=sum(each.status is MoveStatus.MOVED for each in moves))
    return moves


def _moved(user_id: str, deps: MoveCredentialsDependencies) -> Move:
    try:
        with deps.lease.hold(user_id):
            held = deps.old.held(user_id)
            for name, credential in held.items():
                _take_over(user_id, name, credential, deps)
            if not held:
                return Move(user_id, MoveStatus.NOTHING_TO_MOVE)
            with deps.lease.hold(user_id):  # anew, as below
                deps.old.forget_user(user_id)
            return Move(user_id, MoveStatus.MOVED)
    except SecretUnavailable as trouble:
        return Move(user_id, MoveStatus.FAILED, str(trouble))


def _take_over(
    user_id: str, name: str, credential: Credential, deps: MoveCredentialsDependencies
) -> None:
    # What the new store has already is newer: since it is there, all writes go to it.
    if _found(user_id, name, deps.new) is not None:
        return
    # The lease is taken anew before each write: slow stores may have used up most of it.
    with deps.lease.hold(user_id):
        deps.new.keep(user_id, name, credential)
    if _found(user_id, name, deps.new) != credential:
        raise SecretUnavailable("the copy is not what was copied")


def _found(user_id: str, name: str, store: CredentialVault) -> Credential | None:
    try:
        return store.find(user_id, name)
    except CredentialMissing:
        return None
