"""A webhook listener that keeps what it receives."""

from dataclasses import dataclass
from typing import Any

from tests.simulators.common.exact_json import loads
from tests.simulators.common.listening import Listener, Posted


@dataclass(frozen=True, slots=True)
class Received:
    """One delivery as it came over the wire."""

    signature: str
    body: bytes

    @property
    def document(self) -> Any:
        """Return the parsed body."""
        return loads(self.body)


class WebhookListener(Listener[Received]):
    """Answers the planned statuses in turn, then 200."""

    path = "/webhooks/snaptrade"

    def read(self, posted: Posted) -> Received:
        """Take the signature and the body."""
        return Received(posted.headers.get("signature", ""), posted.body)

    def next(self, event_type: str) -> Received:
        """Take the oldest delivery of this type; the others stay for who waits for them."""
        return self.take(lambda each: bool(each.document["eventType"] == event_type))
