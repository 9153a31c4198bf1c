"""What a provider knows a connection by, and how the link is doing."""

from dataclasses import dataclass, replace
from datetime import datetime

from freshet.domain.connection_report import ConnectionReport, DataMode, Institution
from freshet.domain.connection_status import ASLEEP, GONE, ConnectionStatus
from freshet.domain.expiry import Expiry

_ENDS_SOON = "link_ends_soon"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A connection as its provider has it; only a read or a failed call changes its status."""

    provider_connection_id: str
    credential_name: str
    institution: Institution = Institution(None, None)
    status: ConnectionStatus = ConnectionStatus.INITIALISING
    status_reason: str | None = None
    status_read_at: datetime | None = None
    expiry: Expiry = Expiry()
    data_mode: DataMode = DataMode.UNKNOWN
    source: str | None = None
    """The provider's own document, as JSON text, where it is kept."""

    def with_report(self, report: ConnectionReport, *, read_at: datetime) -> "Link":
        """Learn from a read; one that began before the read we already learned from is ignored."""
        if self.status_read_at is not None and read_at <= self.status_read_at:
            return self
        if self.status in GONE:
            return self
        status, reason, expiry = ConnectionStatus.ACTIVE, None, self.expiry
        if report.is_disabled:
            status, reason = ConnectionStatus.NEEDS_USER, "disabled_at_provider"
        else:
            expiry = expiry.read_well(read_at=read_at, ends_at=report.ends_at)
        if not report.is_disabled and expiry.is_near(now=read_at):
            status, reason = ConnectionStatus.EXPIRING, _ENDS_SOON
        return replace(
            self,
            expiry=expiry,
            status=status,
            status_reason=reason,
            status_read_at=read_at,
            data_mode=report.data_mode,
            institution=report.institution,
            source=report.source,
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

    def with_login_required(
        self, reason: str, *, read_at: datetime, is_revoked: bool = False
    ) -> "Link":
        """The link is broken, or gone for good: only the user can help."""
        is_worse = is_revoked and self.status is ConnectionStatus.NEEDS_USER
        if self.status in ASLEEP and not is_worse:
            return self
        # The same read may have seen the connection well a moment before: then this is later.
        if self.status_read_at is not None and read_at < self.status_read_at:
            return self
        return replace(
            self,
            status=ConnectionStatus.REVOKED if is_revoked else ConnectionStatus.NEEDS_USER,
            status_reason=reason,
            status_read_at=read_at,
        )

    def with_trouble(self, reason: str) -> "Link":
        """Note trouble at the provider: a working link is degraded until the next good read."""
        is_healthy = self.status in (ConnectionStatus.ACTIVE, ConnectionStatus.EXPIRING)
        status = ConnectionStatus.DEGRADED if is_healthy else self.status
        return replace(self, status=status, status_reason=reason)
