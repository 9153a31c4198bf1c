"""A lost answer from the press of a button to the invoice that settles it."""

from decimal import Decimal
from typing import Any

import pytest

from tests.functional.books import books_of, deployment_spent
from tests.functional.moving_time import MovingClock, set_clock
from tests.functional.world import SCOPES, USER, World, a_world

OPERATOR = f"{SCOPES} freshet/operate"
NONE: dict[str, Any] = {"refreshes": 0, "cost": {"amount": "0.00", "currency": "USD"}}
ONE: dict[str, Any] = {"refreshes": 1, "cost": {"amount": "0.05", "currency": "USD"}}


class _Pressed:
    """A refresh whose answer was lost: billed by the provider or not, proved by data or not."""

    def __init__(self, world: World, clock: MovingClock, fault: str) -> None:
        self.world = world
        connection_id, self.original = world.link(portfolio=["everyday"])
        world.work()
        world.simulator.control.add_fault("refresh", fault)
        self.path = f"/v1/connections/{connection_id}/refresh"
        world.call("POST", self.path)
        for _ in range(6):
            clock.advance(minutes=4)
            world.plan()
            world.work()
        (row,) = self.books.refreshes
        self.refresh_id = str(row["id"]["S"])

    @property
    def books(self) -> Any:
        return books_of(self.world, USER, self.original)

    def settle(self, amount: str = "0.00", invoice: str = "INV-1") -> dict[str, Any]:
        return self.world.operate(
            {
                "operation": "settle_refresh",
                "user_id": USER,
                "refresh_id": self.refresh_id,
                "billed": {"amount": amount, "currency": "USD"},
                "invoice": invoice,
                "by": "a.person@example.com",
                "reason": "the invoice says so",
            }
        )

    def months(self) -> list[dict[str, Any]]:
        """Give the month of the user, of the connection and of the deployment."""
        shown = self.world.call("GET", "/v1/usage", scope=OPERATOR).body
        (of_connection,) = shown["connections"]
        return [each["month"] for each in (shown["user"], of_connection, shown["deployment"])]

    def demand_months(self, spent: str, **tallies: dict[str, Any]) -> None:
        expected = {"confirmed": NONE, "assumed": NONE, "settled": NONE} | tallies
        for month in self.months():
            assert month["spent"] == {"amount": spent, "currency": "USD"}
            assert {name: month[name] for name in expected} == expected
        assert deployment_spent(self.world) == Decimal(spent)


def _a_press(monkeypatch: pytest.MonkeyPatch, fault: str) -> Any:
    # What fails is to reach our code: the SDK's own second try would hide it.
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    clock = set_clock(monkeypatch)
    with a_world(monkeypatch, clock=clock) as world:
        yield _Pressed(world, clock, fault)


@pytest.fixture
def proved(monkeypatch: pytest.MonkeyPatch) -> Any:
    yield from _a_press(monkeypatch, "accept_then_drop")


@pytest.fixture
def unproved(monkeypatch: pytest.MonkeyPatch) -> Any:
    yield from _a_press(monkeypatch, "drop")


def test_lost_answer_is_confirmed_when_a_read_brings_newer_data(proved: _Pressed) -> None:
    books = proved.books
    assert books.status == "complete"
    assert [line["standing"]["S"] for line in books.ledger] == ["confirmed"]
    assert [books.booked] == books.billed
    proved.demand_months("0.05", confirmed=ONE)


def test_lost_answer_stays_assumed_until_the_invoice_settles_it(unproved: _Pressed) -> None:
    assert (unproved.books.status, unproved.books.billed) == ("timed_out", [])
    unproved.demand_months("0.05", assumed=ONE)
    assert unproved.settle() == {
        "refresh_id": unproved.refresh_id,
        "cost": {"amount": "0.00", "currency": "USD"},
    }
    unproved.demand_months("0.00", settled=NONE | {"refreshes": 1})
    shown = unproved.world.call("GET", f"/v1/refreshes/{unproved.refresh_id}").body
    assert (shown["status"], shown["cost"]) == ("timed_out", NONE["cost"])
    call, invoice = unproved.books.ledger
    assert (call["standing"]["S"], call["cost"]["M"]["amount"]["S"]) == ("assumed", "0.05")
    assert (invoice["invoice"]["S"], invoice["by"]["S"]) == ("INV-1", "a.person@example.com")
    assert invoice["billed"]["M"]["amount"]["S"] == "0.00"
    unproved.books.demand_agreement()


def test_settlement_is_one_when_it_is_sent_again_and_never_below_an_invoice(
    unproved: _Pressed,
) -> None:
    first = unproved.settle("0.03")
    rows = unproved.books
    assert unproved.settle("0.03") == first
    assert unproved.books == rows
    for amount, invoice, field in (
        ("0.00", "CREDIT-1", "billed.amount"),
        ("0.04", "INV-1", "invoice"),
        ("9.99", "INV-2", "billed.amount"),
    ):
        answer = unproved.settle(amount, invoice)
        assert answer["error"]["detail"].startswith(f"{field}: ")
    assert unproved.books == rows
    unproved.settle("0.07", "INV-2")
    of_invoice = {"refreshes": 1, "cost": {"amount": "0.07", "currency": "USD"}}
    unproved.demand_months("0.07", settled=of_invoice)
    unproved.books.demand_agreement()


def test_settled_call_stays_a_call_of_its_day(
    unproved: _Pressed,
) -> None:
    unproved.settle()
    shown = unproved.world.call("GET", "/v1/usage").body
    assert shown["user"]["day"]["refreshes"] == 1
