"""One HTTP exchange, and the plumbing of the clients of a control interface."""

import http.client
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from tests.patience import standstill_seconds
from tests.simulators.common.exact_json import dumps, loads


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer, read to its end."""

    status: int
    headers: Mapping[str, str]
    text: str

    def document(self) -> Any:
        """Return the parsed body, fractions as Decimal."""
        return loads(self.text)


def exchange(
    address: str,
    method: str,
    target: str,
    *,
    content: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    timeout_seconds: float | None = None,
) -> Answer:
    """Send one request over its own connection; without a timeout, as long as a test waits."""
    connection = http.client.HTTPConnection(
        address, timeout=timeout_seconds or standstill_seconds()
    )
    try:
        connection.request(method, target, body=content, headers=dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, dict(response.headers), response.read().decode())
    finally:
        connection.close()


class ControlRefused(Exception):
    """The control interface did not accept the request."""


class ControlCaller:
    """Speaks plain JSON to the control interface of a running simulator."""

    def __init__(self, control_url: str) -> None:
        parts = urlsplit(control_url)
        self._address, self._prefix = parts.netloc, parts.path.rstrip("/")

    def get(self, path: str) -> Any:
        """Return what the control interface shows; raises ControlRefused."""
        return self._call("GET", path, None)

    def post(self, path: str, body: object) -> Any:
        """Ask for a change; raises ControlRefused."""
        return self._call("POST", path, dumps(body).encode())

    def _call(self, method: str, path: str, content: bytes | None) -> Any:
        answer = exchange(
            self._address,
            method,
            f"{self._prefix}{path}",
            content=content,
        )
        document = answer.document()
        if answer.status != HTTPStatus.OK:
            raise ControlRefused(document["error"])
        return document
