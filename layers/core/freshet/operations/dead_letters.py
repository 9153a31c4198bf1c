"""The operator events `redrive` and `purge`: what becomes of a queue's dead letters."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Struct
from pydantic import Field

from freshet.domain.errors import QueueUnavailable
from freshet.operations.operator import OperatorAction, OperatorEvent, Text, error
from freshet.services.empty_dead_letters import (
    Emptied,
    EmptyDeadLettersDependencies,
    purge,
    redrive,
)

_Most = Annotated[int, Field(ge=1, le=10_000)]
_USUAL = 1000


class _Redrive(OperatorEvent):
    """Has dead letters worked once more."""

    operation: Literal["redrive"]
    queue: Text
    most: _Most = _USUAL


class _Purge(OperatorEvent):
    """Throws dead letters away, which wants to be said twice."""

    operation: Literal["purge"]
    queue: Text
    yes: Literal[True]
    most: _Most = _USUAL


class DeadLetterOperations(Struct, frozen=True):
    """Carries out the events."""

    deps: EmptyDeadLettersDependencies

    def operations(self) -> Mapping[str, OperatorAction]:
        """Give them by name."""
        return {"redrive": self._redrive, "purge": self._purge}

    def _redrive(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _Redrive.model_validate(event)
        try:
            return _answer(redrive(wanted.queue, most=wanted.most, deps=self.deps))
        except QueueUnavailable:
            return _UNAVAILABLE

    def _purge(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _Purge.model_validate(event)
        try:
            return _answer(purge(wanted.queue, most=wanted.most, deps=self.deps))
        except QueueUnavailable:
            return _UNAVAILABLE


_UNAVAILABLE = error("unavailable", "the queue does not answer: send the event again")


def _answer(emptied: Emptied) -> dict[str, Any]:
    return {"moved": emptied.moved, "deleted": emptied.deleted, "left": emptied.left}
