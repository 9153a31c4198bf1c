"""From what a client wrote to what is routed: trailing slashes, HEAD, and verbs that are not there.

GET  /v1/connections/   the same as without the slash
HEAD /v1/connections    GET without its body
PUT  /v1/connections    405, `Allow: GET, HEAD, POST`
"""

import re
from collections.abc import Iterable
from typing import Any

from freshet.http.operation import Operation

_ARGUMENT = re.compile(r"\\\{\w+\\\}")


class MethodNotAllowed(Exception):
    """The path is one of ours, and the verb is not one of the path's."""

    def __init__(self, allowed: Iterable[str]) -> None:
        """Name the verbs that are."""
        self.allowed = ", ".join(sorted(allowed))


def as_routed(event: dict[str, Any]) -> dict[str, Any]:
    """Give the gateway's event as the routes know it."""
    verb, path = event["requestContext"]["http"]["method"], event["rawPath"]
    routed = "GET" if verb == "HEAD" else verb
    http = event["requestContext"]["http"] | {"method": routed}
    context = event["requestContext"] | {"http": http}
    return event | {"rawPath": path.removesuffix("/") or "/", "requestContext": context}


def is_head(event: dict[str, Any]) -> bool:
    """Tell whether only the headers are wanted."""
    return bool(event["requestContext"]["http"]["method"] == "HEAD")


def verbs_at(path: str, operations: Iterable[Operation]) -> frozenset[str]:
    """Name the verbs of a path, none for a path that is not one of ours."""
    verbs: set[str] = {each.verb for each in operations if _fits(each.path, path)}
    return frozenset(verbs | ({"HEAD"} if "GET" in verbs else set()))


def _fits(template: str, path: str) -> bool:
    return bool(re.fullmatch(_ARGUMENT.sub("[^/]+", re.escape(template)), path))
