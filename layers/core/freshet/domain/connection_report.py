"""What a provider says of a connection."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class DataMode(StrEnum):
    """How the provider serves a connection."""

    REALTIME = "realtime"
    DELAYED = "delayed"
    UNKNOWN = "unknown"


class Institution(Struct, frozen=True):
    """The broker behind a connection, by the provider's own id for it."""

    id: str | None
    name: str | None


class ConnectionReport(Struct, frozen=True, kw_only=True):
    """What a provider says of a connection when asked."""

    is_disabled: bool
    data_mode: DataMode
    institution: Institution
    ends_at: datetime | None = None
    """When the user's consent ends, where the provider says so."""
    source: str | None = None
    """The provider's own document, as JSON text, where it is kept."""
