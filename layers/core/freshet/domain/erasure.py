"""A user leaves, or a connection does: gone at the provider first, then here; a receipt stays.

    removing: upstream  pending → asked → removed | unconfirmed
                           └──────→ not_removed            (the reason is on record)
              then stored data, the connection, its credential
    removed:  nothing but this record is left

An erasure is its own receipt and its own place in the due index: it outlives what it erases.
"""

from copy import replace
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct, field

from freshet.domain.call_errors import (
    AccessRevoked,
    CallFailed,
    LoginRequired,
    MissingUpstream,
    ProviderAnswer,
)
from freshet.domain.errors import (
    CredentialMissing,
    FreshetError,
    ProviderNotConfigured,
    SecretUnavailable,
    refusal_reason,
)
from freshet.domain.provider import Provider

TROUBLE_LASTS = timedelta(days=25)
"""How long a provider in trouble is asked again; the law gives a month for all of it."""

CONFIRMED_WITHIN = timedelta(days=3)
"""How long a provider that has said yes may take to be done with it."""

SOON = timedelta(seconds=30)
"""When to look again after something that is over in seconds."""

_WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 720))


class ErasureStatus(StrEnum):
    """Whether there is anything left to do."""

    REMOVING = "removing"
    REMOVED = "removed"


class UpstreamStatus(StrEnum):
    """What has become of a thing at its provider."""

    PENDING = "pending"
    ASKED = "asked"
    REMOVED = "removed"
    UNCONFIRMED = "unconfirmed"  # the provider took the request, and never said that it is done
    NOT_REMOVED = "not_removed"  # we could not even ask; the reason says why


class Upstream(Struct, frozen=True, kw_only=True):
    """How far the removal of one thing at its provider is."""

    status: UpstreamStatus = UpstreamStatus.PENDING
    reason: str | None = None
    attempts: int = 0
    asked_at: datetime | None = None
    removed_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Tell whether the provider is to be asked, perhaps once more."""
        return self.status in (UpstreamStatus.PENDING, UpstreamStatus.ASKED)

    def next_try(self, *, now: datetime) -> datetime:
        """Say when to ask again: a webhook may come first, and does no harm when it does not."""
        return now + _WAITS[min(max(self.attempts - 1, 0), len(_WAITS) - 1)]

    def gone(self, *, at: datetime) -> "Upstream":
        """It is not there any more."""
        return replace(self, status=UpstreamStatus.REMOVED, reason=None, removed_at=at)

    def after(
        self,
        outcome: ProviderAnswer | FreshetError,
        *,
        is_done_at_once: bool,
        requested_at: datetime,
        now: datetime,
    ) -> "Upstream":
        """Judge an attempt: done, to be asked again, or given up with a reason."""
        tried = replace(self, attempts=self.attempts + 1)
        if isinstance(outcome, MissingUpstream | AccessRevoked):
            return tried.gone(at=now)
        if isinstance(outcome, ProviderAnswer):
            return tried.gone(at=now) if is_done_at_once else tried._asked(now)
        reason = _reason_of(outcome)
        if isinstance(outcome, _HOPELESS) or now - requested_at >= TROUBLE_LASTS:
            return replace(tried, status=UpstreamStatus.NOT_REMOVED, reason=reason)
        return replace(tried, reason=reason)

    def _asked(self, now: datetime) -> "Upstream":
        if self.asked_at is None:
            # What it took to be heard says nothing of how long the provider will take.
            return replace(self, status=UpstreamStatus.ASKED, reason=None, attempts=1, asked_at=now)
        is_late = now - self.asked_at >= CONFIRMED_WITHIN
        status = UpstreamStatus.UNCONFIRMED if is_late else UpstreamStatus.ASKED
        reason = "never_confirmed" if is_late else None
        return replace(self, status=status, reason=reason)


class Erasure(Struct, frozen=True, kw_only=True):
    """One request to be forgotten and everything on record about it.

    Without a `connection_id` it is the whole user's, and `connections` are those it takes along.
    """

    id: str
    user_id: str
    actor: str
    connection_id: str | None = None
    provider: Provider | None = None
    credential_name: str | None = None
    superseded_by: str | None = None
    """The connection that has all its accounts, where that is why it goes."""
    connections: tuple[str, ...] = ()
    status: ErasureStatus = ErasureStatus.REMOVING
    reason: str | None = None
    """What it waits for, or what went wrong last."""
    upstream: Upstream = field(default_factory=Upstream)
    provider_user: Upstream = field(default_factory=Upstream)
    """The provider's own record of the user, where this was the last connection of it."""
    confirmed_at: datetime | None = None
    """When the provider said by webhook that the connection is gone."""
    disconnected_at: datetime | None = None
    """When the connection's row was erased, with everything below it."""
    accounts_erased: int = 0
    rows_erased: int = 0
    requested_at: datetime
    erased_at: datetime | None = None
    due_at: datetime | None = None
    version: int = 1

    @property
    def is_done(self) -> bool:
        """Tell whether nothing is left to do."""
        return self.status is ErasureStatus.REMOVED

    def waiting(self, reason: str, *, until: datetime) -> "Erasure":
        """Go on later, and say what for."""
        return replace(self, reason=reason, due_at=until)

    def counting(self, *, rows: int = 0, accounts: int = 0) -> "Erasure":
        """Add up what has been erased."""
        return replace(
            self,
            rows_erased=self.rows_erased + rows,
            accounts_erased=self.accounts_erased + accounts,
        )

    def done(self, *, now: datetime) -> "Erasure":
        """End: only the record stays, and it leaves the due index."""
        return replace(self, status=ErasureStatus.REMOVED, reason=None, erased_at=now, due_at=None)


# Asking again cannot help: the credential is lost or void.
_HOPELESS = (LoginRequired, CredentialMissing, ProviderNotConfigured)


def _reason_of(failure: FreshetError) -> str:
    if isinstance(failure, CallFailed):
        return failure.reason
    if isinstance(failure, SecretUnavailable):
        return "secret_unavailable"
    return refusal_reason(failure)
