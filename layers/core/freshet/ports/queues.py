"""Work for others, and news for the company's own systems."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from freshet.domain.commands import ReadCommand, RefreshCommand, RemovalCommand
from freshet.domain.dead_letters import DeadLetter
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


class DeadLetters(Protocol):
    """What one queue's consumer gave up; every method but `send_back` raises QueueUnavailable."""

    def take(self) -> Sequence[DeadLetter]:
        """Give some, hidden from others for a while; none where there are none."""

    def send_back(self, letters: Sequence[DeadLetter]) -> Sequence[DeadLetter]:
        """Send them to where they came from, as they were; gives those that were taken."""

    def forget(self, letters: Sequence[DeadLetter]) -> int:
        """Delete them and say how many were."""

    def count(self) -> int:
        """Say about how many there are."""
