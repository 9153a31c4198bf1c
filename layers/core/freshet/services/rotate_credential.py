"""Having a provider replace a user's credential: an operator's move.

The old one is void as soon as the provider has answered, and the new one is shown this once. So the
vault comes first, tried several times. Where the answer is lost, the same call made again tells:
the provider either replaces the credential now or calls it void. What is lost for good makes its
connections wait for their user, who links anew; and so does an earlier rotation that died between
provider and vault, once the event is sent again.
"""

from collections.abc import Callable
from contextlib import suppress
from copy import replace
from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from freshet.domain.call_errors import (
    AccessRevoked,
    AnswerLost,
    CallFailed,
    ProviderFailed,
    ProviderUnavailable,
    UnreadableAnswer,
)
from freshet.domain.commands import ReadCommand, ReadReason
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.credential import Credential
from freshet.domain.errors import CredentialMissing, NotFound, SecretUnavailable
from freshet.domain.provider import Provider
from freshet.domain.read_schedule import READ_LEASE
from freshet.observability import logger
from freshet.ports import (
    Bus,
    Clock,
    Connections,
    CredentialRotation,
    CredentialVault,
    ReadQueue,
    UserLease,
)
from freshet.services.announce import announce

LOST = "credential_lost"
_GONE = (ConnectionStatus.REMOVING, ConnectionStatus.REMOVED)
# After one of these the credential may have been replaced all the same.
_UNSURE = (AnswerLost, UnreadableAnswer, ProviderFailed, ProviderUnavailable)
# `sam remote invoke` waits 60 seconds; two patient calls and a slow vault might be more.
_MAY_ASK_AGAIN = timedelta(seconds=6)
_PAUSES = tuple(timedelta(seconds=each) for each in (0.2, 1, 2))


class Rotation(StrEnum):
    """How a rotation ended."""

    ROTATED = "rotated"
    UNKNOWN = "unknown"
    LOST = "lost"


class RotateCredentialDependencies(Struct, frozen=True, kw_only=True):
    """What a rotation needs from outside."""

    connections: Connections
    vault: CredentialVault
    lease: UserLease
    rotation: CredentialRotation
    reads: ReadQueue
    bus: Bus
    wait: Callable[[timedelta], None]
    clock: Clock


def rotate_credential(
    user_id: str, connection_id: str, *, deps: RotateCredentialDependencies
) -> Rotation:
    """Replace the credential of a connection, and of all that share it; tell how it ended.

    Raises NotFound, CredentialMissing, SecretUnavailable, ProviderNotConfigured, or CallFailed:
    then nothing was changed.
    """
    connection = deps.connections.get(user_id, connection_id)
    if connection.link.status in _GONE:
        raise NotFound(connection_id)
    with deps.lease.hold(user_id):
        rotation = _replaced(connection, deps)
        if rotation is Rotation.LOST:
            # It is void and would mislead a user who links anew; trying again forgets it, too.
            with suppress(SecretUnavailable):
                deps.vault.forget(user_id, connection.link.credential_name)
    sharing = [
        each
        for each in deps.connections.of_user(user_id)
        if each.link.credential_name == connection.link.credential_name
        and each.link.status not in _GONE
    ]
    if rotation is Rotation.LOST:
        _wait_for_user(sharing, deps)
    else:
        _read_later(sharing, deps)
    logger.warning("Credential rotation ended", status=rotation)
    return rotation


def _replaced(connection: Connection, deps: RotateCredentialDependencies) -> Rotation:
    user_id, name = connection.user_id, connection.link.credential_name
    before = deps.vault.find(user_id, name)
    try:
        after = _asked(connection.provider, before, deps)
    except AccessRevoked:
        return Rotation.LOST
    if after is None:
        return Rotation.UNKNOWN
    return Rotation.ROTATED if _is_kept(user_id, name, after, deps) else Rotation.LOST


def _asked(
    provider: Provider, before: Credential, deps: RotateCredentialDependencies
) -> Credential | None:
    asked_at = deps.clock()
    try:
        return deps.rotation.replace(provider, before)
    except _UNSURE:
        if deps.clock() - asked_at > _MAY_ASK_AGAIN:
            return None
    try:
        return deps.rotation.replace(provider, before)
    except AccessRevoked:
        raise
    except CallFailed:
        return None


def _is_kept(
    user_id: str, name: str, after: Credential, deps: RotateCredentialDependencies
) -> bool:
    for pause in _PAUSES:
        try:
            deps.vault.keep(user_id, name, after)
        except SecretUnavailable:
            deps.wait(pause)
        else:
            return True
    # Perhaps only the vault's answers were lost.
    with suppress(SecretUnavailable, CredentialMissing):
        return deps.vault.find(user_id, name) == after
    return False


def _wait_for_user(connections: list[Connection], deps: RotateCredentialDependencies) -> None:
    now = deps.clock()

    def step(current: Connection) -> Connection:
        learned = replace(current, link=current.link.with_login_required(LOST, read_at=now))
        return learned.announcing_status(current, now=now).rescheduled(now=now)

    for each in connections:
        after = deps.connections.change(each.user_id, each.id, step)
        announce(after, connections=deps.connections, bus=deps.bus)


def _read_later(connections: list[Connection], deps: RotateCredentialDependencies) -> None:
    # A reader that was at it may have used the old one, and taken the refusal for the user's.
    deps.reads.send(
        [
            ReadCommand(
                user_id=each.user_id,
                connection_id=each.id,
                reason=ReadReason.FIRST_LOAD,
                delay=READ_LEASE,
            )
            for each in connections
        ]
    )
