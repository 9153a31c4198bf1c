"""Comparing what a provider bills with what is known here: findings, nothing is ever deleted."""

from collections.abc import Collection, Iterator, Sequence
from enum import StrEnum

from msgspec import Struct

from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.provider import Provider


class FindingKind(StrEnum):
    """What is not as it should be."""

    UNKNOWN_USER = "unknown_user"
    """Billed upstream, and the provider's user is unknown here."""
    UNKNOWN_CONNECTION = "unknown_connection"
    """Billed upstream, and not a connection of its user here."""
    GONE_UPSTREAM = "gone_upstream"
    """A connection here that its provider does not list any more."""
    DISABLED_BUT_BILLED = "disabled_but_billed"
    """It brings nothing until its user repairs it, and costs all the same."""
    UNREADABLE_USER = "unreadable_user"
    """The provider does not open this user with the credential we hold, or we hold none."""


class Finding(Struct, frozen=True, kw_only=True):
    """One thing at a provider, by the provider's id, and whose it is as far as it is known."""

    kind: FindingKind
    provider: Provider
    subject: str
    user_id: str | None = None
    connection_id: str | None = None


class ListedConnection(Struct, frozen=True, kw_only=True):
    """A connection as its provider lists it."""

    provider_connection_id: str
    is_disabled: bool


_LEAVING = frozenset({ConnectionStatus.REMOVING, ConnectionStatus.REMOVED})


def findings_of_user(
    provider: Provider,
    user_id: str,
    *,
    ours: Sequence[Connection],
    listed: Collection[ListedConnection],
) -> Iterator[Finding]:
    """Compare a user's connections here with those that the provider lists for that user.

    Ours are those that the provider's user opens; what is being removed is not a finding.
    """
    known = {each.link.provider_connection_id: each for each in ours}
    for each in listed:
        mine = known.pop(each.provider_connection_id, None)
        kind = _kind(mine, is_disabled=each.is_disabled)
        if kind is not None:
            yield _finding(kind, provider, each.provider_connection_id, user_id, mine)
    for name, mine in known.items():
        if mine.link.status not in _LEAVING:
            yield _finding(FindingKind.GONE_UPSTREAM, provider, name, user_id, mine)


def _kind(mine: Connection | None, *, is_disabled: bool) -> FindingKind | None:
    if mine is None:
        return FindingKind.UNKNOWN_CONNECTION
    if is_disabled and mine.link.status not in _LEAVING:
        return FindingKind.DISABLED_BUT_BILLED
    return None


def _finding(
    kind: FindingKind, provider: Provider, subject: str, user_id: str, mine: Connection | None
) -> Finding:
    return Finding(
        kind=kind,
        provider=provider,
        subject=subject,
        user_id=user_id,
        connection_id=mine.id if mine else None,
    )
