"""What one part asks another to do: ids only, never credentials or holdings."""

from datetime import timedelta
from enum import StrEnum

from msgspec import Struct

from freshet.domain.refresh import Trigger


class ReadReason(StrEnum):
    """Why a connection is read."""

    FIRST_LOAD = "first_load"
    DUE = "due"
    WEBHOOK = "webhook"
    REFRESH = "refresh"


class ReadCommand(Struct, frozen=True, kw_only=True):
    """Read one connection; it starts after `delay`, in whole seconds."""

    user_id: str
    connection_id: str
    reason: ReadReason
    delay: timedelta = timedelta(0)

    @property
    def group(self) -> str:
        """Name whose work it is, so that one noisy connection is kept from the others."""
        return self.connection_id


class RefreshCommand(Struct, frozen=True, kw_only=True):
    """Refresh one connection under the id `refresh_id`; asking again under it buys nothing."""

    user_id: str
    connection_id: str
    refresh_id: str
    trigger: Trigger
    actor: str
    delay: timedelta = timedelta(0)

    @property
    def group(self) -> str:
        """Name whose work it is."""
        return self.connection_id

    @property
    def log_keys(self) -> dict[str, str]:
        """Name what is worked, for every line of the log."""
        return {"connection_id": self.connection_id, "refresh_id": self.refresh_id}


class RemovalCommand(Struct, frozen=True, kw_only=True):
    """Go on with an erasure, wherever it stands."""

    user_id: str
    erasure_id: str
    delay: timedelta = timedelta(0)

    @property
    def group(self) -> str:
        """Name whose work it is."""
        return self.erasure_id

    @property
    def log_keys(self) -> dict[str, str]:
        """Name what is worked, for every line of the log."""
        return {"erasure_id": self.erasure_id}
