"""What Freshet tells a company's own systems: ids only, at least once; the API has the details."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventKind(StrEnum):
    """The `detail-type` on the bus."""

    HOLDINGS_CHANGED = "HoldingsChanged"
    CONNECTION_NEEDS_USER = "ConnectionNeedsUser"
    CONNECTION_RECOVERED = "ConnectionRecovered"
    REFRESH_FINISHED = "RefreshFinished"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact about one thing: an account, a connection or a refresh, named by `subject_id`."""

    kind: EventKind
    user_id: str
    connection_id: str
    subject_id: str
    occurred_at: datetime
