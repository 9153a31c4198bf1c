"""What an operator may ask about the audit."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from freshet.domain.instants import to_text
from freshet.domain.provider import Provider
from freshet.operations.operator import OperatorAction, OperatorEvent
from freshet.ports import AuditBook


class _ShowAudit(OperatorEvent):
    """Lists what the audit has found at a provider."""

    operation: Literal["show_audit"]
    provider: Provider


class AuditOperations(Struct, frozen=True):
    """Carries out the events."""

    book: AuditBook

    def operations(self) -> Mapping[str, OperatorAction]:
        """Give them by name."""
        return {"show_audit": self._show}

    def _show(self, event: dict[str, Any]) -> dict[str, Any]:
        report = self.book.report(_ShowAudit.model_validate(event).provider)
        return {
            "findings": [
                {
                    "kind": found.kind,
                    "subject": found.subject,
                    "user_id": found.user_id,
                    "connection_id": found.connection_id,
                    "first_seen_at": to_text(first_seen_at),
                    "last_seen_at": to_text(last_seen_at),
                }
                for found, first_seen_at, last_seen_at in report
            ]
        }
