"""A minimal signing client, to try the simulator without the product."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from urllib.parse import quote, urlencode, urlsplit

from tests.simulators.common import client
from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.signature import request_signature


class Answer(client.Answer):
    """One answer of the provider."""

    def outcome(self) -> tuple[int, str | None]:
        """Return the status and the error code, on which clients decide."""
        body = self.document()
        return self.status, body.get("code") if isinstance(body, dict) else None


class SignedClient:
    """Signs and sends one request per call."""

    def __init__(
        self, base_url: str, *, client_id: str, consumer_key: str, clock: Callable[[], datetime]
    ) -> None:
        self._address = urlsplit(base_url).netloc
        self._client_id = client_id
        self._consumer_key = consumer_key
        self._clock = clock

    def call(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        *,
        body: Document | None = None,
        timeout_seconds: float | None = None,
    ) -> Answer:
        """Send a signed request."""
        timestamp = int(self._clock().timestamp())
        fields = {**(query or {}), "clientId": self._client_id, "timestamp": timestamp}
        text = urlencode(fields, quote_via=quote)
        content = b"" if body is None else json.dumps(body).encode()
        signature = request_signature(self._consumer_key, path=path, query=text, body=content)
        target = f"{path}?{text}"
        return self.send(
            method, target, signature=signature, content=content, timeout_seconds=timeout_seconds
        )

    def send(
        self,
        method: str,
        target: str,
        *,
        signature: str,
        content: bytes = b"",
        timeout_seconds: float | None = None,
    ) -> Answer:
        """Send exactly this, signed well or badly."""
        headers = {"Signature": signature}
        answer = client.exchange(
            self._address,
            method,
            target,
            content=content,
            headers=headers,
            timeout_seconds=timeout_seconds,
        )
        return Answer(answer.status, answer.headers, answer.text)
