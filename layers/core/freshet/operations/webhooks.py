"""The operator events that have webhooks worked again."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from freshet.domain.provider import Provider
from freshet.operations.operator import OperatorAction, OperatorEvent, Text
from freshet.services.process_webhook import ProcessWebhookDependencies
from freshet.services.replay_webhooks import replay_connection, replay_event, replay_parked


class _ReplayWebhook(OperatorEvent):
    """Works a stored webhook event again."""

    operation: Literal["replay_webhook"]
    provider: Provider
    event_id: Text


class _ReplayWebhooks(OperatorEvent):
    """Works all there is about a connection again."""

    operation: Literal["replay_webhooks"]
    provider: Provider
    provider_connection_id: Text


class _ReplayParked(OperatorEvent):
    """Works the parked events whose connection is known by now."""

    operation: Literal["replay_parked_webhooks"]
    provider: Provider


class WebhookOperations(Struct, frozen=True):
    """Carries out the events."""

    deps: ProcessWebhookDependencies

    def operations(self) -> Mapping[str, OperatorAction]:
        """Give them by name."""
        return {
            "replay_webhook": self._replay_webhook,
            "replay_webhooks": self._replay_webhooks,
            "replay_parked_webhooks": self._replay_parked,
        }

    def _replay_webhook(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _ReplayWebhook.model_validate(event)
        is_worked = replay_event(wanted.provider, wanted.event_id, deps=self.deps)
        return {"worked": is_worked}

    def _replay_webhooks(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _ReplayWebhooks.model_validate(event)
        waiting = replay_connection(wanted.provider, wanted.provider_connection_id, deps=self.deps)
        return {"parked_events_worked": waiting}

    def _replay_parked(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _ReplayParked.model_validate(event)
        return {"parked_events_worked": replay_parked(wanted.provider, deps=self.deps)}
