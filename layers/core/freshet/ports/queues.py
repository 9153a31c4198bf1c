"""Work for others, and news for the company's own systems."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from freshet.domain.commands import ReadCommand, RefreshCommand, RemovalCommand
from freshet.domain.events import Event
from freshet.domain.webhooks import VerifiedDelivery


class ReadQueue(Protocol):
    """Work for the readers."""

    def send(self, commands: Iterable[ReadCommand]) -> Sequence[ReadCommand]:
        """Send commands; gives back those that were not accepted."""


class RefreshQueue(Protocol):
    """Work for those who ask providers to do something: buyers, and who removes."""

    def send(
        self, commands: Iterable[RefreshCommand | RemovalCommand]
    ) -> Sequence[RefreshCommand | RemovalCommand]:
        """Send commands; gives back those that were not accepted."""


class WebhookQueue(Protocol):
    """Deliveries that were verified and wait to be worked."""

    def send(self, delivery: VerifiedDelivery) -> None:
        """Queue durably; raises QueueUnavailable."""


class Bus(Protocol):
    """The way to the company's own systems."""

    def publish(self, events: Sequence[Event]) -> None:
        """Publish all; raises QueueUnavailable if one was not taken; others may have been."""
