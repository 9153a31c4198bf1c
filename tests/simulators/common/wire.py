"""Requests, replies, refusals and routes, apart from any socket."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from urllib.parse import parse_qsl

from tests.simulators.common.exact_json import dumps


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
    drips_seconds: float = 0
    """Seconds between two bytes, of the headers too where `drips_headers` says so."""
    drips_headers: bool = False


class Refusal(Exception):
    """An answer with an error status."""

    status: int
    code: str | None
    detail: str


class PathUnknown(Refusal):
    """No such endpoint."""

    status, code, detail = 404, "not_found", "Not found."


class MethodNotAllowed(Refusal):
    """The endpoint exists with another method."""

    status, code, detail = 405, "method_not_allowed", "Method not allowed."


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
        match = _pattern(self.path).fullmatch(path)
        return match.groupdict() if match else None


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path))


def find_route[Handler: Callable[..., object]](
    routes: Iterable[Route[Handler]], *, method: str, path: str
) -> tuple[Route[Handler], dict[str, str]]:
    """Return the route and its path parameters; raises PathUnknown or MethodNotAllowed."""
    matching = [
        (route, parameters)
        for route in routes
        if (parameters := route.parameters(path)) is not None
    ]
    if not matching:
        raise PathUnknown
    for route, parameters in matching:
        if route.method == method:
            return route, parameters
    raise MethodNotAllowed
