"""The HTTP API as a frontend sees it: a base URL and a token."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests

from tests.patience import standstill_seconds


@dataclass(frozen=True, slots=True)
class ApiAnswer:
    """A status, headers and a JSON document."""

    status: int
    headers: dict[str, str]
    body: Any


@dataclass(frozen=True, slots=True)
class ApiClient:
    """Calls the API for the user whose token it holds."""

    base_url: str
    token: str | None
    heard: Callable[[str, ApiAnswer], None] | None = None
    """Who else wants to know what was answered to which request."""

    def get(self, path: str) -> ApiAnswer:
        """Read."""
        return self.call("GET", path)

    def items(self, path: str) -> list[Any]:
        """Read a list; raises when it is refused."""
        answer = self.get(path)
        if answer.status != requests.codes.ok:
            raise RuntimeError(f"GET {path} answered {answer.status}")
        return list(answer.body["items"])

    def post(self, path: str, *, headers: dict[str, str] | None = None, **body: Any) -> ApiAnswer:
        """Ask for something to be done."""
        data = json.dumps(body).encode() if body else None
        return self.call("POST", path, headers=headers, data=data)

    def call(
        self,
        method: str,
        path: str,
        *,
        headers: dict[str, str] | None = None,
        data: bytes | None = None,
    ) -> ApiAnswer:
        """Send any request."""
        own = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        response = requests.request(
            method,
            self.base_url + path,
            headers={**own, **(headers or {})},
            data=data,
            timeout=standstill_seconds(),
        )
        is_json = "json" in response.headers.get("Content-Type", "")
        body = response.json() if is_json and response.content else response.text
        answer = ApiAnswer(response.status_code, dict(response.headers), body)
        if self.heard is not None:
            self.heard(f"{method} {path}", answer)
        return answer
