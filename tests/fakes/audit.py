"""The audit's book in memory, and a provider's list of users."""

from collections.abc import Sequence
from datetime import datetime

from freshet.domain.audit import Finding
from freshet.domain.provider import Provider


class FakeAuditBook:
    """The port AuditBook in memory."""

    def __init__(self) -> None:
        self.positions: dict[Provider, str] = {}
        self.rows: dict[tuple[str, str, str], tuple[Finding, datetime, datetime]] = {}

    def position(self, provider: Provider) -> str:
        return self.positions.get(provider, "")

    def move_to(self, provider: Provider, position: str) -> None:
        self.positions[provider] = position

    def record(self, findings: Sequence[Finding], *, seen_at: datetime) -> None:
        for each in findings:
            key = each.provider, each.kind, each.subject
            first_seen_at = self.rows[key][1] if key in self.rows else seen_at
            self.rows[key] = each, first_seen_at, seen_at

    def report(self, provider: Provider) -> Sequence[tuple[Finding, datetime, datetime]]:
        return [self.rows[key] for key in sorted(self.rows) if key[0] == provider]


class FakeDirectory:
    """The port UserDirectory in memory."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)

    def list_users(self) -> list[str]:
        return list(self.names)
