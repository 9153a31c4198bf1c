"""A minimal client, to try the simulator without the product."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from tests.simulators.common import client


class Answer(client.Answer):
    """One answer of the provider."""

    def outcome(self) -> tuple[int, str | None]:
        """Return the status and the error code, on which clients decide."""
        return self.status, self.document().get("error_code")


class PlainClient:
    """Sends one request per call, with the credentials as headers."""

    def __init__(self, base_url: str, *, client_id: str, secret: str) -> None:
        self._address = urlsplit(base_url).netloc
        self._headers = {"PLAID-CLIENT-ID": client_id, "PLAID-SECRET": secret}

    def call(self, path: str, *, timeout_seconds: float | None = None, **body: Any) -> Answer:
        """Post a JSON body."""
        content = json.dumps(body).encode()
        return self.send(path, content=content, timeout_seconds=timeout_seconds)

    def send(
        self,
        path: str,
        *,
        method: str = "POST",
        content: bytes = b"{}",
        headers: Mapping[str, str | None] | None = None,
        timeout_seconds: float | None = None,
    ) -> Answer:
        """Send exactly this; a header without a value is left out."""
        usual = self._headers | {"Content-Type": "application/json"}
        merged = {**usual, **(headers or {})}
        answer = client.exchange(
            self._address,
            method,
            path,
            content=content,
            headers={name: value for name, value in merged.items() if value is not None},
            timeout_seconds=timeout_seconds,
        )
        return Answer(answer.status, answer.headers, answer.text)
