"""The EventBridge bus."""

import json
from collections.abc import Sequence
from itertools import batched
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from freshet.domain.errors import QueueUnavailable
from freshet.domain.events import Event, EventKind
from freshet.domain.instants import to_text

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_events.type_defs import PutEventsRequestEntryTypeDef

_BATCH = 10
_SOURCE = "freshet"
_SUBJECT = {
    EventKind.HOLDINGS_CHANGED: "account_id",
    EventKind.REFRESH_FINISHED: "refresh_id",
}


class EventBridgeBus(Struct, frozen=True):
    """The port Bus."""

    client: "EventBridgeClient"
    name: str

    def publish(self, events: Sequence[Event]) -> None:
        """Publish all; raises QueueUnavailable if one was not taken; others may have been."""
        for batch in batched(events, _BATCH, strict=False):
            entries = [self._entry(event) for event in batch]
            try:
                answer = self.client.put_events(Entries=entries)
            except (ClientError, BotoCoreError) as error:
                raise QueueUnavailable("event bus") from error
            if answer["FailedEntryCount"]:
                raise QueueUnavailable("event bus")

    def _entry(self, event: Event) -> "PutEventsRequestEntryTypeDef":
        return {
            "EventBusName": self.name,
            "Source": _SOURCE,
            "DetailType": event.kind,
            "Time": event.occurred_at,
            "Detail": json.dumps(detail_of(event)),
        }


def detail_of(event: Event) -> dict[str, str]:
    """Give an event's detail: whose it is, what it is about, and when it was so."""
    ids = {"user_id": event.user_id, "connection_id": event.connection_id}
    if event.kind in _SUBJECT:
        ids[_SUBJECT[event.kind]] = event.subject_id
    return {**ids, "occurred_at": to_text(event.occurred_at)}
