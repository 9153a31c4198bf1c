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

    def next(self, webhook_type: str, webhook_code: str) -> Received:
        """Take the oldest such delivery; the others stay for who waits for them."""
        wanted = (webhook_type, webhook_code)
        return self.take(lambda each: _kind(each.document) == wanted)


def _kind(document: Any) -> tuple[str, str]:
    return document["webhook_type"], document["webhook_code"]
