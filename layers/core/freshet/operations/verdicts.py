"""What an operator may ask about links whose verdicts are held back."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from freshet.operations.operator import OperatorAction, OperatorEvent, Text, UserId, error
from freshet.services.decide_verdict import DecideVerdictDependencies, decide_verdict


class _DecideVerdict(OperatorEvent):
    """Confirms or releases what a provider says of one link."""

    operation: Literal["confirm_verdict", "release_verdict"]
    user_id: UserId
    connection_id: Text


class VerdictOperations(Struct, frozen=True):
    """Carries out the events."""

    deciding: DecideVerdictDependencies

    def operations(self) -> Mapping[str, OperatorAction]:
        """Give them by name."""
        return {"confirm_verdict": self._decide, "release_verdict": self._decide}

    def _decide(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _DecideVerdict.model_validate(event)
        is_confirmed = wanted.operation == "confirm_verdict"
        was_in_doubt = decide_verdict(
            wanted.user_id, wanted.connection_id, is_confirmed=is_confirmed, deps=self.deciding
        )
        if not was_in_doubt:
            return error("not_in_doubt", "no verdict on the connection is held back")
        return {"connection_id": wanted.connection_id, "status": "reading"}
