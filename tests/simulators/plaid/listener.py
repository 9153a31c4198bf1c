"""A webhook listener that keeps what it receives."""

from dataclasses import dataclass
from typing import Any

from tests.simulators.common.exact_json import loads
from tests.simulators.common.listening import Listener, Posted


@dataclass(frozen=True, slots=True)
class Received:
    """One delivery as it came over the wire; no header is an empty signature."""

    signature: str
    body: bytes

    @property
    def document(self) -> Any:
        """Return the parsed body."""
        return loads(self.body)


class WebhookListener(Listener[Received]):
    """Answers the planned statuses in turn, then 200."""

    path = "/webhooks/plaid"

    def read(self, posted: Posted) -> Received:
        """Take the signature and the body."""
        return Received(posted.headers.get("plaid-verification", ""), posted.body)

    def next(self, webhook_type: str, webhook_code: str, *, timeout_seconds: float = 5) -> Received:
        """Return the next such delivery and drop others; raises queue.Empty when late."""
        while True:
            received = self.received.get(timeout=timeout_seconds)
            found = received.document
            if (found["webhook_type"], found["webhook_code"]) == (webhook_type, webhook_code):
                return received
