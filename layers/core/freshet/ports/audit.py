"""Who lists a provider's users, and where findings are written down."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from freshet.domain.audit import Finding
from freshet.domain.provider import Provider


class UserDirectory(Protocol):
    """Lists whom a provider bills; raises CallFailed."""

    def list_users(self) -> list[str]:
        """Give the provider's ids of all users."""


class AuditBook(Protocol):
    """Findings, one row each, and how far the audit has come."""

    def position(self, provider: Provider) -> str:
        """Give the user after whom the audit goes on; empty at the beginning."""

    def move_to(self, provider: Provider, position: str) -> None:
        """Go on after this user next time."""

    def record(self, findings: Sequence[Finding], *, seen_at: datetime) -> None:
        """Write findings down; one seen before keeps the time when it was first seen."""

    def report(self, provider: Provider) -> Sequence[tuple[Finding, datetime, datetime]]:
        """List findings with when they were first and last seen."""
