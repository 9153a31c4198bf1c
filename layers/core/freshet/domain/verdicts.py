"""When a provider's word that a link is broken is believed: at once, after another look, later.

A verdict stops something for a user: the link needs them, or is gone. Only the provider's own
words make one. Three things keep it from being believed: an absence that no second look has
confirmed, a refusal for a reason that no document names, and many verdicts at once, which look
like trouble of the provider. Until then it is a suspicion: the connection is degraded, nothing is
bought for it, and its user is told nothing.
"""

from collections.abc import Set
from copy import replace
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from freshet.domain.call_errors import (
    AccessRevoked,
    LoginRequired,
    MissingUpstream,
    RefusedUnclearly,
)

WINDOW = timedelta(minutes=10)
"""How far back verdicts count as being of the same moment, at least."""

HELD = "verdict_held"
"""The reason of a connection whose verdict came with many others."""

CONSENT_WITHDRAWN = "consent_withdrawn"
"""The reason of a connection whose user has ended it: it is never looked at again."""

_FEWEST_OTHERS = 3
_SMALLEST_SHARE = 0.3
_BETWEEN_LOOKS = timedelta(minutes=30)
_LOOKS = 2
_HELD_AT_MOST = timedelta(hours=6)


class VerdictKind(StrEnum):
    """On what a verdict is founded."""

    STATED = "stated"
    """A documented code or field says it."""
    ABSENT = "absent"
    """The provider does not know the connection."""
    UNKNOWN_CODE = "unknown_code"
    """The provider refuses the connection for a reason that no document names."""


_WAITS = {
    VerdictKind.STATED: timedelta(0),
    VerdictKind.ABSENT: timedelta(minutes=10),
    VerdictKind.UNKNOWN_CODE: timedelta(days=3),
}


_DOUBTS = {
    VerdictKind.STATED: HELD,
    VerdictKind.ABSENT: "absence_unconfirmed",
    VerdictKind.UNKNOWN_CODE: "provider_code_unknown",
}
_AGAIN_AFTER = timedelta(hours=1)
_DAILY_FOR = timedelta(days=14)


def next_look_at(*, broken_since: datetime, looked_at: datetime) -> datetime:
    """Say when a broken link is looked at again: after an hour, then daily, later weekly.

    The hour is for verdicts that were believed before their mass was seen.
    """
    if looked_at <= broken_since:
        return broken_since + _AGAIN_AFTER
    is_young = looked_at - broken_since < _DAILY_FOR
    return looked_at + timedelta(days=1 if is_young else 7)


class Verdict(Struct, frozen=True, kw_only=True):
    """What a provider said of a link; `is_expected` where its removal was announced before."""

    kind: VerdictKind
    reason: str
    is_revoked: bool = False
    is_expected: bool = False


def verdict_of(
    trouble: type[Exception], reason: str, *, is_expected: bool = False
) -> Verdict | None:
    """Say what a failed call for a connection as such tells of its link; None for nothing."""
    kind = next((found for each, found in _VERDICTS.items() if issubclass(trouble, each)), None)
    if kind is None:
        return None
    is_revoked = issubclass(trouble, AccessRevoked | MissingUpstream)
    return Verdict(kind=kind, reason=reason, is_revoked=is_revoked, is_expected=is_expected)


_VERDICTS: dict[type[Exception], VerdictKind] = {
    LoginRequired: VerdictKind.STATED,
    MissingUpstream: VerdictKind.ABSENT,
    RefusedUnclearly: VerdictKind.UNKNOWN_CODE,
}


class RecentReads(Struct, frozen=True, kw_only=True):
    """The reads of the last minutes at one institution, or at a whole provider.

    `verdicts` has a user and a connection for each that brought one.
    """

    reads: int = 0
    verdicts: Set[tuple[str, str]] = frozenset()

    def is_mass(self, *, beside: str) -> bool:
        """Tell whether the verdicts of users other than one are too many to be their own doing."""
        others = {user_id for user_id, _ in self.verdicts} - {beside}
        most = max(self.reads, len(self.verdicts))
        return len(others) >= _FEWEST_OTHERS and len(self.verdicts) >= _SMALLEST_SHARE * most


class Suspicion(Struct, frozen=True, kw_only=True):
    """A verdict that is not believed yet."""

    kind: VerdictKind
    since: datetime
    held_at: datetime | None = None
    """When it was found to be one of many."""
    looked_at: datetime
    """The last look that counts."""
    looks: int = 0
    """Looks since it was held that agreed while the provider's other reads went well."""

    @property
    def next_look_at(self) -> datetime | None:
        """Say when looking again can decide; None leaves it to the usual retries."""
        if self.held_at is not None:
            last = self.held_at + _HELD_AT_MOST
            return min(self.looked_at + _BETWEEN_LOOKS, last)
        if self.kind is VerdictKind.ABSENT:
            return self.since + _WAITS[self.kind]
        return None

    @property
    def lasts_through_trouble(self) -> bool:
        """Tell whether other trouble in between leaves it as it is."""
        return self.held_at is not None or self.kind is not VerdictKind.UNKNOWN_CODE

    @property
    def reason(self) -> str:
        """Say in a word why the connection is in doubt."""
        return HELD if self.held_at is not None else _DOUBTS[self.kind]

    def confirmed(self) -> "Suspicion":
        """Make the next look that agrees the last: an operator says that it is so."""
        return replace(self, held_at=self.held_at or self.since, looks=_LOOKS)


def suspicion_after(
    verdict: Verdict, before: Suspicion | None, *, is_mass: bool, now: datetime
) -> Suspicion | None:
    """Say what keeps a verdict from being believed; None where nothing does."""
    if verdict.is_expected:
        return None
    if before is None or (before.kind is not verdict.kind and before.held_at is None):
        before = Suspicion(kind=verdict.kind, since=now, looked_at=now)
    if before.held_at is None and is_mass:
        return replace(before, held_at=now, looked_at=now)
    if before.held_at is not None:
        return _held_after(before, is_mass=is_mass, now=now)
    is_old_enough = now - before.since >= _WAITS[verdict.kind]
    return None if is_old_enough else before


def _held_after(before: Suspicion, *, is_mass: bool, now: datetime) -> Suspicion | None:
    if before.held_at is not None and now - before.held_at >= _HELD_AT_MOST:
        return None
    if before.looks >= _LOOKS:
        return None
    if is_mass:
        return replace(before, looked_at=now)
    if now - before.looked_at < _BETWEEN_LOOKS:
        return before
    looks = before.looks + 1
    return None if looks >= _LOOKS else replace(before, looks=looks, looked_at=now)
