"""What the API can do, as data: a request is held to it, and the OpenAPI document is made of it."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct

from freshet.domain.user_rate_limits import UserRateLimit
from freshet.http.caller import Scope

Verb = Literal["GET", "POST", "PATCH", "DELETE"]


class Parameter(Struct, frozen=True, kw_only=True):
    """A query parameter or header; `schema` is JSON Schema."""

    name: str
    description: str
    schema: Mapping[str, Any]


class Answer(Struct, frozen=True):
    """An answer that is no problem: its shape (None for no body) and its headers."""

    shape: Any
    headers: tuple[str, ...] = ()


class Operation(Struct, frozen=True, kw_only=True):
    """One verb on one path; `problems` are the errors that are its own."""

    id: str
    verb: Verb
    path: str
    scope: Scope
    summary: str
    description: str = ""
    query: tuple[Parameter, ...] = ()
    headers: tuple[Parameter, ...] = ()
    bodies: tuple[type, ...] = ()
    """The typed dictionaries that the body may be; empty: the operation takes no body."""
    answers: Mapping[int, Answer]
    problems: tuple[type[Exception], ...] = ()
    rate_limit: UserRateLimit | None = None
    """What one user may do only so often."""

    @property
    def query_names(self) -> frozenset[str]:
        """Name the query parameters that are known."""
        return frozenset(each.name for each in self.query)

    @property
    def body_fields(self) -> frozenset[str]:
        """Name the fields of a body that are known."""
        return frozenset[str]().union(*(fields_of(each) for each in self.bodies))


def fields_of(body: type) -> frozenset[str]:
    """Name the fields of a typed dictionary."""
    return frozenset(body.__annotations__)
