"""Holds each function to the actions that template.yaml grants it: moto asks for no permission."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from freshet import wiring
from tests.template.reading import Template, as_list

_SERVICES = ("dynamodb", "sqs", "events", "secretsmanager", "cloudwatch")
_SIGNED_AS = {"monitoring": "cloudwatch"}
_TABLES = {"connections": "ConnectionsTable", "snapshots": "SnapshotsTable"}
_IN_TRANSACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}

type _Asked = tuple[str, str]
"""An action, and the table that it is for, or nothing."""


class NotGranted(BaseException):
    """A function asked AWS for what its role does not allow; no handler of errors may hide it."""


class Handlers:
    """The functions' handlers, each held to its own grants while it runs."""

    def __init__(self) -> None:
        """Hold the clients that the functions have at the moment."""
        self._running: str | None = None
        for service in _SERVICES:
            events = wiring.client(service).meta.events
            events.register_first(f"provide-client-params.{service}", self._demand)

    def held(self, function: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        """Give a handler that is held to the grants of a function, by its name in the template."""

        def run(event: dict[str, Any], context: Any) -> Any:
            with self._as(function):
                return handler(event, context)

        return run

    @contextmanager
    def _as(self, function: str) -> Iterator[None]:
        before, self._running = self._running, function
        try:
            yield
        finally:
            self._running = before

    def _demand(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if self._running is None:
            return
        refused = set(_asked(model, params)) - _granted()[self._running]
        if refused:
            raise NotGranted(self._running, sorted(refused))


def _asked(model: Any, params: dict[str, Any]) -> Iterator[_Asked]:
    service, operation = model.service_model.signing_name, model.name
    if service != "dynamodb":
        # One message or ten: SQS has one permission for both.
        yield f"{_SIGNED_AS.get(service, service)}:{operation.removesuffix('Batch')}", ""
    elif "TransactItems" in params:
        for ((kind, item),) in (each.items() for each in params["TransactItems"]):
            yield f"dynamodb:{_IN_TRANSACTIONS[kind]}", _TABLES[item["TableName"]]
    elif "RequestItems" in params:
        for table in params["RequestItems"]:
            yield f"dynamodb:{operation}", _TABLES[table]
    else:
        index = "/index/due" if params.get("IndexName") == "due" else ""
        yield f"dynamodb:{operation}", _TABLES[params["TableName"]] + index


@cache
def _granted() -> dict[str, set[_Asked]]:
    deployment = Template.read().given(Providers="snaptrade,plaid")
    granted: dict[str, set[_Asked]] = {name: set() for name in deployment.functions}
    for function, statement in deployment.statements():
        for action in as_list(statement["Action"]):
            granted[function] |= {(action, on) for on in _tables_of(statement) or {""}}
    return granted


def _tables_of(statement: dict[str, Any]) -> set[str]:
    """The tables and indexes that a statement is for."""
    found: set[str] = set()
    for resource in as_list(statement["Resource"]):
        match resource:
            case {"Fn::GetAtt": [name, "Arn"]} if name in _TABLES.values():
                found.add(name)
            case {"Fn::Sub": str(text)} if text.endswith("Table.Arn}/index/due"):
                found.add(text.removeprefix("${").replace(".Arn}", ""))
    return found
