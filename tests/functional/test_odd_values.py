"""Odd values through the real handlers: nothing else is lost, and no message fails."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.depth import sample
from tests.functional.s4 import s4
from tests.functional.spoiling import Change, Spoiling
from tests.functional.world import World, a_world

ODD: tuple[Any, ...] = (None, "", 7, True, "a \ud83d", "n\0", "x" * 2000, "0e-70", [], {"a": 1})


def _lines(document: Any) -> list[Any]:
    return list(document["results" if "results" in document else "holdings"])


def _setting(name: str, value: Any) -> Change:
    """Set a member of the first line, or of what the first line holds."""

    def change(document: Any) -> None:
        first = _lines(document)[0]
        above = first["instrument"] if name in first.get("instrument", ()) else first
        above[name] = value

    return change


def _account_setting(name: str, value: Any) -> Change:
    def change(document: Any) -> None:
        document[0][name] = value

    return change


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(monkeypatch) as built:
        yield built


@pytest.fixture
def spoiling(monkeypatch: pytest.MonkeyPatch) -> Spoiling:
    return Spoiling.over(monkeypatch)


CASES: list[tuple[str, str]] = [
    *(("positions", name) for name in ("units", "price", "cost_basis", "symbol", "exchange")),
    *(("positions", name) for name in ("kind", "instrument", "currency", "tax_lots")),
    *(("holdings", name) for name in ("quantity", "cost_basis", "institution_price")),
    *(("holdings", name) for name in ("iso_currency_code", "security_id", "tax_lots")),
]


@pytest.mark.sampled(4, by="operation")
@pytest.mark.parametrize(("operation", "name"), CASES)
def test_other_lines_are_shown_whatever_one_field_holds(
    world: World, spoiling: Spoiling, operation: str, name: str
) -> None:
    link = world.link if operation == "positions" else world.link_item
    spoiling.operation = operation
    for number, value in enumerate(ODD):
        spoiling.change, user = _setting(name, value), f"user-{number}"
        connection, _ = link(portfolio=["everyday"], user_id=user)
        world.work()
        accounts = world.call("GET", f"/v1/connections/{connection}/accounts", user_id=user)
        for account in accounts.body["items"]:
            path = f"/v1/accounts/{account['id']}/holdings"
            shown = world.call("GET", path, user_id=user)
            assert shown.status == 200
            assert shown.body["positions"][-1]["numbers"] == "read", value
        assert world.call("GET", "/v1/portfolio", user_id=user).status == 200
        if operation == "positions":
            assert s4(world, connection, user_id=user).status == 200


@pytest.mark.parametrize("name", ["name", "number", "raw_type", "status", "sync_status", "balance"])
def test_every_account_is_listed_whatever_one_field_holds(
    world: World, spoiling: Spoiling, name: str
) -> None:
    spoiling.operation = "accounts"
    for value in sample(ODD, 3):
        user = f"user-{ODD.index(value)}"
        spoiling.change = _account_setting(name, value)
        connection, original = world.link(portfolio=["everyday"], user_id=user)
        world.work()
        listed = world.call("GET", f"/v1/connections/{connection}/accounts", user_id=user)
        assert len(listed.body["items"]) == len(original.account_ids)
