"""What a provider says of a connection."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class DataMode(StrEnum):
    """How the provider serves a connection."""

    REALTIME = "realtime"
    DELAYED = "delayed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Institution:
    """The broker behind a connection, by the provider's own id for it."""

    id: str | None
    name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionReport:
    """What a provider says of a connection when asked."""

    is_disabled: bool
    data_mode: DataMode
    institution: Institution
    ends_at: datetime | None = None
    """When the user's consent ends, where the provider says so."""
    source: str | None = None
    """The provider's own document, as JSON text, where it is kept."""
