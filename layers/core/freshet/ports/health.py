"""What an examination of the deployment looks at."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from freshet.domain.health import Alarm, Pause


class Heartbeats(Protocol):
    """When a part of the deployment last did its work."""

    def beat(self, name: str) -> None:
        """Take note, at most twice a minute; trouble with that is no trouble of the work's."""

    def last(self, name: str) -> datetime | None:
        """Say when, or that it never has."""


class ProviderStanding(Protocol):
    """How one provider stands to this deployment."""

    @property
    def calls_per_minute(self) -> int:
        """Say how many calls it allows."""

    def try_keys(self) -> None:
        """Make one call that costs nothing with our own keys.

        Raises KeysNotFilledIn, SecretUnavailable, CallFailed.
        """

    def pause(self, *, now: datetime) -> Pause | None:
        """Say until when no call is made, if that is longer than a slot's wait."""


class Alarms(Protocol):
    """The alarms of the deployment."""

    def all(self) -> Sequence[Alarm]:
        """List them."""


class Protection(Protocol):
    """Whether stored data is protected from deletion."""

    def by_table(self) -> Mapping[str, bool]:
        """Say it of each table, by name."""
