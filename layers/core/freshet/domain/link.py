"""What a provider knows a connection by, and how the link is doing."""

from copy import replace
from datetime import datetime, timedelta

from msgspec import Struct

from freshet.domain.connection_report import ConnectionReport, DataMode, Institution
from freshet.domain.connection_status import BROKEN, GONE, ConnectionStatus
from freshet.domain.expiry import Expiry
from freshet.domain.verdicts import (
    CONSENT_WITHDRAWN,
    Suspicion,
    Verdict,
    VerdictKind,
    next_look_at,
    suspicion_after,
)

_BETWEEN_PRESSES = timedelta(minutes=1)
_ENDS_SOON = "link_ends_soon"


class Link(Struct, frozen=True, kw_only=True):
    """A connection as its provider has it; only a read or a failed call changes its status."""

    provider_connection_id: str
    credential_name: str
    institution: Institution = Institution(None, None)
    status: ConnectionStatus = ConnectionStatus.INITIALISING
    status_reason: str | None = None
    status_read_at: datetime | None = None
    broken_since: datetime | None = None
    """Since when a provider's verdict is believed; None where looking again cannot help."""
    suspicion: Suspicion | None = None
    """A verdict of the provider that is not believed yet."""
    expiry: Expiry = Expiry()
    data_mode: DataMode = DataMode.UNKNOWN
    source: str | None = None
    """The provider's own document, as JSON text, where it is kept."""

    @property
    def next_look_at(self) -> datetime | None:
        """Say when a broken link is asked for again, which costs a single call."""
        if self.status not in BROKEN or self.status_reason == CONSENT_WITHDRAWN:
            return None
        if self.broken_since is None or self.status_read_at is None:
            return None
        return next_look_at(broken_since=self.broken_since, looked_at=self.status_read_at)

    def may_be_looked_at(self, *, now: datetime) -> bool:
        """Tell whether a broken link is worth another look, and none was made a moment ago."""
        is_recent = self.status_read_at is not None and now - self.status_read_at < _BETWEEN_PRESSES
        return self.next_look_at is not None and not is_recent

    def with_report(self, report: ConnectionReport, *, read_at: datetime) -> "Link":
        """Learn from a read; one that began before the read we already learned from is ignored.

        Whether a link that is disabled is broken for us is for `with_verdict` to say.
        """
        if self.status_read_at is not None and read_at <= self.status_read_at:
            return self
        if self.status in GONE:
            return self
        told = replace(
            self,
            data_mode=report.data_mode,
            institution=report.institution,
            source=report.source,
        )
        if report.is_disabled:
            return told
        expiry = self.expiry.read_well(read_at=read_at, ends_at=report.ends_at)
        is_near = expiry.is_near(now=read_at)
        return replace(
            told,
            expiry=expiry,
            status=ConnectionStatus.EXPIRING if is_near else ConnectionStatus.ACTIVE,
            status_reason=_ENDS_SOON if is_near else None,
            status_read_at=read_at,
            broken_since=None,
            suspicion=None,
        )

    def with_expiry(self, expiry: Expiry, *, now: datetime) -> "Link":
        """Take note of a warning or a repair: a working link is about to end, or no longer is."""
        learned = replace(self, expiry=expiry)
        is_near = expiry.is_near(now=now)
        if is_near and self.status is ConnectionStatus.ACTIVE:
            return replace(learned, status=ConnectionStatus.EXPIRING, status_reason=_ENDS_SOON)
        if not is_near and self.status is ConnectionStatus.EXPIRING:
            return replace(learned, status=ConnectionStatus.ACTIVE, status_reason=None)
        return learned

    def with_verdict(
        self, verdict: Verdict, *, read_at: datetime, is_mass: bool, now: datetime
    ) -> "Link":
        """Believe that the link is broken, or gone for good; or keep it as a suspicion."""
        if self.status in GONE:
            return self
        # The same read may have seen the connection well a moment before: then this is later.
        if self.status_read_at is not None and read_at < self.status_read_at:
            return self
        if self.status in BROKEN:
            return self._still_broken(verdict, read_at=read_at)
        suspicion = suspicion_after(verdict, self.suspicion, is_mass=is_mass, now=now)
        if suspicion is not None:
            return replace(self.with_trouble(suspicion.reason), suspicion=suspicion)
        return replace(
            self,
            status=_status_of(verdict),
            status_reason=verdict.reason,
            status_read_at=read_at,
            broken_since=None if verdict.is_expected else read_at,
            suspicion=None,
        )

    def with_login_required(
        self, reason: str, *, read_at: datetime, is_revoked: bool = False
    ) -> "Link":
        """Note what we know by ourselves: without a credential, only the user can help."""
        known = Verdict(
            kind=VerdictKind.STATED, reason=reason, is_revoked=is_revoked, is_expected=True
        )
        return self.with_verdict(known, read_at=read_at, is_mass=False, now=read_at)

    def _still_broken(self, verdict: Verdict, *, read_at: datetime) -> "Link":
        is_final = verdict.reason == CONSENT_WITHDRAWN
        if is_final or (verdict.is_revoked and self.status is ConnectionStatus.NEEDS_USER):
            return replace(
                self,
                status=_status_of(verdict),
                status_reason=verdict.reason,
                status_read_at=read_at,
                broken_since=None if verdict.is_expected else self.broken_since,
            )
        if verdict.is_expected:
            return self
        since = self.broken_since or read_at
        return replace(self, status_read_at=read_at, broken_since=since)

    def with_trouble(self, reason: str) -> "Link":
        """Note trouble at the provider: a working link is degraded until the next good read."""
        is_healthy = self.status in (ConnectionStatus.ACTIVE, ConnectionStatus.EXPIRING)
        status = ConnectionStatus.DEGRADED if is_healthy else self.status
        # A broken link keeps the reason that its user is told.
        told = self.status_reason if self.status in BROKEN else reason
        # What no document names is believed after days of nothing else.
        is_other = self.suspicion is not None and not self.suspicion.lasts_through_trouble
        suspicion = None if is_other else self.suspicion
        return replace(self, status=status, status_reason=told, suspicion=suspicion)


def _status_of(verdict: Verdict) -> ConnectionStatus:
    return ConnectionStatus.REVOKED if verdict.is_revoked else ConnectionStatus.NEEDS_USER
