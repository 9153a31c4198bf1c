"""What Freshet tells a company's own systems: ids only, at least once; the API has the details."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class EventKind(StrEnum):
    """The `detail-type` on the bus."""

    HOLDINGS_CHANGED = "HoldingsChanged"
    CONNECTION_NEEDS_USER = "ConnectionNeedsUser"
    CONNECTION_RECOVERED = "ConnectionRecovered"
    REFRESH_FINISHED = "RefreshFinished"


class Event(Struct, frozen=True, kw_only=True):
    """One fact about one thing: an account, a connection or a refresh, named by `subject_id`."""

    kind: EventKind
    user_id: str
    connection_id: str
    subject_id: str
    occurred_at: datetime
