"""The operator event `explain`: the story of a connection, a refresh or a webhook."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from freshet.domain.provider import Provider
from freshet.operations.operator import OperatorAction, OperatorEvent, Text
from freshet.services.explain import ExplainDependencies, explain


class _Explain(OperatorEvent):
    """Asks what happened to something; the owner is named beside an id that is no key alone."""

    operation: Literal["explain"]
    id: Text
    user_id: Text | None = None
    provider: Provider | None = None


class StoryOperations(Struct, frozen=True):
    """Carries out the event."""

    deps: ExplainDependencies

    def operations(self) -> Mapping[str, OperatorAction]:
        """Give it by name."""
        return {"explain": self._explain}

    def _explain(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _Explain.model_validate(event)
        story = explain(wanted.id, user_id=wanted.user_id, provider=wanted.provider, deps=self.deps)
        return {"story": story, "text": "\n".join(story)}
