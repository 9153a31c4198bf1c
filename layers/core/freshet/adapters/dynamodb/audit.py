"""The audit's findings in ConnectionsTable: forgotten when no audit sees them again."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import Table
from freshet.domain.audit import Finding, FindingKind
from freshet.domain.instants import from_text, to_text
from freshet.domain.provider import Provider

_KEPT = timedelta(days=30)  # longer than a round takes


class DynamoAuditBook:
    """The port AuditBook."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def position(self, provider: Provider) -> str:
        """Give the user after whom the audit goes on; empty at the beginning."""
        item = self._table.get(keys.audit_position(provider)) or {}
        return str(item.get("position", ""))

    def move_to(self, provider: Provider, position: str) -> None:
        """Go on after this user next time."""
        self._table.put({**keys.audit_position(provider), "position": position})

    def record(self, findings: Sequence[Finding], *, seen_at: datetime) -> None:
        """Write findings down; one seen before keeps the time when it was first seen."""
        for each in findings:
            self._table.update(
                keys.finding(each),
                "SET first_seen_at = if_not_exists(first_seen_at, :at), last_seen_at = :at,"
                " expires_at = :expires, kind = :kind, subject = :subject,"
                " user_id = :user, connection_id = :connection",
                {
                    ":at": to_text(seen_at),
                    ":expires": int((seen_at + _KEPT).timestamp()),
                    ":kind": each.kind,
                    ":subject": each.subject,
                    ":user": each.user_id or "",
                    ":connection": each.connection_id or "",
                },
            )

    def report(self, provider: Provider) -> Sequence[tuple[Finding, datetime, datetime]]:
        """List findings with when they were first and last seen."""
        partition, prefix = keys.findings(provider)
        return [
            (
                Finding(
                    kind=FindingKind(row["kind"]),
                    provider=provider,
                    subject=row["subject"],
                    user_id=row["user_id"] or None,
                    connection_id=row["connection_id"] or None,
                ),
                from_text(row["first_seen_at"]),
                from_text(row["last_seen_at"]),
            )
            for row in self._table.query(partition, prefix)
        ]
