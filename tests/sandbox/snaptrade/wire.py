"""Requests, replies and routes, apart from any socket."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from urllib.parse import parse_qsl

from tests.sandbox.snaptrade.exact_json import dumps


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as it arrived; header names in lower case."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def parameters(self) -> dict[str, str]:
        """Return the decoded query parameters."""
        return dict(parse_qsl(self.query, keep_blank_values=True))


@dataclass(slots=True)
class Reply:
    """What to send back, and how badly."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)
    delay_seconds: float = 0
    is_dropped: bool = False
    is_truncated: bool = False


def json_reply(document: object, status: int = HTTPStatus.OK) -> Reply:
    """Return a JSON answer."""
    return Reply(status, dumps(document).encode())


@dataclass(frozen=True, slots=True)
class Route[Handler: Callable[..., object]]:
    """A method and a path with `{names}` for one segment each."""

    method: str
    path: str
    operation: str
    handler: Handler

    def parameters(self, path: str) -> dict[str, str] | None:
        """Return the named segments, or None when the path is another one."""
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", self.path)
        match = re.fullmatch(pattern, path)
        return match.groupdict() if match else None
