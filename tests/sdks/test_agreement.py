"""The official SDKs as judges of our clients and of the simulators, operation by operation."""

from collections.abc import Iterator
from importlib import import_module
from inspect import isfunction
from pathlib import Path
from typing import Any

from msgspec import Struct

import freshet.adapters.plaid
import freshet.adapters.snaptrade
from freshet.domain.call_errors import ProviderAnswer
from tests.sdks.agreement import Difference, Names, Told, differences, known_names
from tests.sdks.playing import OUR_ROWS, ROWS, each_of, played_by_sdk, played_by_us
from tests.sdks.rows import Row


def _client_methods() -> Iterator[str]:
    """Name every public method of the providers' classes that hold an HTTP client."""
    for package in (freshet.adapters.snaptrade, freshet.adapters.plaid):
        for path in sorted(Path(str(package.__path__[0])).glob("*.py")):
            module = import_module(f"{package.__name__}.{path.stem}")
            for each in vars(module).values():
                if isinstance(each, type) and each.__module__ == module.__name__:
                    yield from _methods_over_http(each)


# Plaid has no such operation, and the method says so.
_WITHOUT_A_CALL = {"PlaidBuyer.sync_transactions"}


def _is_http_client(kind: Any) -> bool:
    return isinstance(kind, type) and kind.__name__.endswith("HttpClient")


def _methods_over_http(kind: type) -> Iterator[str]:
    if issubclass(kind, Struct) and any(map(_is_http_client, kind.__annotations__.values())):
        for name, member in vars(kind).items():
            if isfunction(member) and (name == "__call__" or not name.startswith("_")):
                yield f"{kind.__name__}.{name}"


def test_every_method_has_a_row_when_clients_are_looked_through() -> None:
    assert set(_client_methods()) - _WITHOUT_A_CALL == {row.name for row in OUR_ROWS}


@each_of(ROWS)
def test_answer_is_taken_when_the_sdk_asks(row: Row[Any]) -> None:
    played = played_by_sdk(row.name)
    assert [exchange.status for exchange in played.exchanges] == [200] * len(played.told)


@each_of(OUR_ROWS)
def test_request_is_the_sdks_when_our_client_asks(row: Row[Any]) -> None:
    theirs = [exchange.asked() for exchange in played_by_sdk(row.name).exchanges]
    ours = [exchange.asked() for exchange in played_by_us(row.name).exchanges]
    assert ours == theirs


@each_of(OUR_ROWS)
def test_values_are_the_sdks_when_our_client_reads(row: Row[Any]) -> None:
    assert dict(_differences(row)) == {}


def test_fields_are_known_to_the_sdk_when_our_models_read_them() -> None:
    found: Names = {}
    for row in OUR_ROWS:
        for given, told, _ in _compared(row):
            known_names(given, told, found)
    unknown = {
        f"{model.__name__}.{name}"
        for model, names in found.items()
        for name, described in model.model_fields.items()
        # What could not be read is our own note, which no provider sends.
        if name != "unread" and (described.alias or name) not in names
    }
    assert unknown == set()


def _differences(row: Row[Any]) -> Iterator[Difference]:
    theirs, ours = played_by_sdk(row.name), played_by_us(row.name)
    sides = zip(ours.given, theirs.exchanges, theirs.request_ids, strict=True)
    for given, exchange, request_id in sides:
        # The body of such a success says nothing that we keep.
        if isinstance(given, ProviderAnswer) and (
            (given.status, given.request_id) != (exchange.status, request_id)
        ):
            yield "$", f"{given} is not how {request_id} was answered"
    for given, told, exact in _compared(row):
        yield from differences(given, told, exact)


def _compared(row: Row[Any]) -> Iterator[tuple[Any, Told, Any]]:
    """Give what we read, what the SDK read there and what the answer says there."""
    theirs, ours = played_by_sdk(row.name), played_by_us(row.name)
    for given, told, exchange in zip(ours.given, theirs.told, theirs.exchanges, strict=True):
        if isinstance(given, ProviderAnswer):
            continue
        inner, exact = told, exchange.exact
        for step in row.part:
            inner, exact = inner.at(step), exact[step]
        yield row.given(given), inner, exact
