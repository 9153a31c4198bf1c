"""Writes to DynamoDB that fail once: before they take effect, after it, or against another."""

import json
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from moto.core.models import botocore_stubber

from freshet import wiring

WRITES = ("PutItem", "UpdateItem", "TransactWriteItems")
_ERRORS = {
    "InternalServerError": 500,
    "ThrottlingException": 400,
    "TransactionCanceledException": 400,
}


class LostWrites:
    """Counts the writes that go out, and lets the chosen one fail; (error, is_applied)."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.planned: dict[int, tuple[str, bool]] = {}
        events = wiring.client("dynamodb").meta.events
        for name in WRITES:
            events.register_first(f"before-send.dynamodb.{name}", self._before_moto)
        events.register_last("before-send", self._after_moto)

    def plan(self, number: int, error: str, *, is_applied: bool = False) -> None:
        """Let one of the writes to come fail."""
        self.planned = {len(self.names) + number: (error, is_applied)}

    def _before_moto(
        self, event_name: str, request: AWSPreparedRequest, **_: Any
    ) -> AWSResponse | None:
        self.names.append(event_name.rpartition(".")[2])
        planned = self.planned.pop(len(self.names) - 1, None)
        if planned is None:
            return None
        error, is_applied = planned
        # Every handler is asked, and the first answer counts: moto works all the same, unless off.
        botocore_stubber.enabled = is_applied
        return _answer(request.url, error)

    def _after_moto(self, **_: Any) -> None:
        botocore_stubber.enabled = True


class _Body:
    def __init__(self, body: bytes) -> None:
        self._body = body

    def stream(self, **_: Any) -> list[bytes]:
        return [self._body]


def _answer(url: str, error: str) -> AWSResponse:
    document: dict[str, Any] = {"__type": f"com.amazonaws.dynamodb.v20120810#{error}"}
    if error == "TransactionCanceledException":
        document["CancellationReasons"] = [{"Code": "TransactionConflict"}, {"Code": "None"}]
    body: Any = _Body(json.dumps(document).encode())
    headers = HTTPHeaders.from_dict({"content-type": "application/x-amz-json-1.0"})
    return AWSResponse(url, _ERRORS[error], headers, body)
