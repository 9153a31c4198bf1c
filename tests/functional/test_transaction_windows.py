"""Webhook, read of the last days, store, API: what is shown is what the provider lists."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from tests.functional.stopping import Stopped
from tests.functional.transaction_stage import LOADED, YESTERDAY, Stage, a_stage, requests_to


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with a_stage(monkeypatch) as built:
        yield built


def test_late_ones_corrections_and_cancellations_arrive_when_a_webhook_says_so(
    stage: Stage,
) -> None:
    stage.link("1.10", "2.20", "2.20", "3.30")
    assert stage.amounts() == ["1.10", "2.20", "2.20", "3.30"]
    first, twin, _, cancelled = stage.activities
    first["amount"] += 1  # corrected
    twin["id"] = "activity-again"  # loaded again
    stage.activities.remove(cancelled)
    stage.happen("4.4000", days_ago=6)  # late
    positions = stage.calls("positions")
    stage.announce()
    stage.world.work()
    assert stage.amounts() == ["2.10", "2.20", "2.20", "4.4000"]
    assert stage.calls("positions") == positions


def _fill(stage: Stage, number: int, load: str) -> None:
    stage.happen(
        "-1000.00",
        id=f"{load}-{number}",
        type="BUY",
        units=100,
        price=10,
        trade_date=f"{YESTERDAY}T14:3{number}:00-05:00",
        external_reference_id="order-1",
    )


def _bought(stage: Stage) -> list[Any]:
    items = stage.shown(**{"from": YESTERDAY.isoformat()}).body["items"]
    return [each for each in items if each["type"] == "BUY" and each["units"] == "100"]


def test_fills_of_one_order_are_three_however_often_they_are_loaded(stage: Stage) -> None:
    stage.link("1.10")
    found = []
    for load in ("first", "again"):
        stage.activities.clear()
        for number in (2, 0, 1) if load == "again" else range(3):
            _fill(stage, number, load)
        stage.announce()
        stage.world.work()
        found.append(_bought(stage))
    assert [len(each) for each in found] == [3, 3]
    assert found[0] == found[1]
    assert {each["group"] for each in found[0]} == {"order-1"}
    assert len({each["id"] for each in found[0]}) == 3


def test_fill_that_was_new_is_added_and_one_that_was_cancelled_goes(stage: Stage) -> None:
    stage.link("1.10")
    for number in range(2):
        _fill(stage, number, "first")
    stage.announce()
    stage.world.work()
    two = {each["id"] for each in _bought(stage)}
    _fill(stage, 2, "first")
    stage.announce()
    stage.world.work()
    assert two < {each["id"] for each in _bought(stage)}
    stage.activities.pop()
    stage.announce()
    stage.world.work()
    assert {each["id"] for each in _bought(stage)} == two


@pytest.mark.parametrize(
    ("told", "day"),
    [
        (f"{YESTERDAY}T20:30:00-05:00", YESTERDAY),
        (f"{YESTERDAY}T00:30:00+11:00", YESTERDAY),
        (f"{YESTERDAY}T23:59:59Z", YESTERDAY),
        (f"{YESTERDAY}", YESTERDAY),
    ],
)
def test_transaction_is_shown_on_the_day_that_its_own_offset_says(
    stage: Stage, told: str, day: date
) -> None:
    stage.link()
    stage.happen("7.70", trade_date=told, settlement_date=told)
    stage.announce()
    stage.world.work()
    shown = stage.shown(**{"from": day.isoformat()}).body["items"]
    (found,) = [each for each in shown if each["amount"] == "7.70"]
    assert (found["happened_on"], found["settled_on"]) == (day.isoformat(), day.isoformat())


def test_nothing_is_written_when_a_webhook_brings_nothing_new(stage: Stage) -> None:
    stage.link("1.10", "2.20", "2.20")
    stage.announce()
    with requests_to("snapshots") as requests:
        stage.world.work()
    assert requests == ["Query"]
    assert stage.amounts() == ["1.10", "2.20", "2.20"]


def test_what_is_new_is_written_in_batches_and_nothing_else(stage: Stage) -> None:
    stage.link("1.10")
    for number in range(60):
        stage.happen(f"2.{number:02d}")
    stage.announce()
    with requests_to("snapshots") as requests:
        stage.world.work()
    assert requests == ["Query", *["BatchWriteItem"] * 3, "TransactWriteItems"]
    assert len(stage.amounts()) == 61


def test_older_days_are_read_again_only_when_the_history_was_loaded(stage: Stage) -> None:
    stage.link("1.10")
    stage.happen("9.90", days_ago=30)
    stage.announce()
    stage.world.work()
    assert "9.90" not in [each["amount"] for each in stage.shown().body["items"]]
    stage.announce(LOADED)
    stage.world.work()
    assert "9.90" in [each["amount"] for each in stage.shown().body["items"]]


@pytest.mark.parametrize("kind", ["500", "html", "truncated", "wrong_shape"])
def test_nothing_is_lost_and_the_read_is_made_up_for_when_it_failed(
    stage: Stage, kind: str
) -> None:
    stage.link("1.10", "2.20")
    stage.activities.pop()
    details = {"status": 500} if kind == "500" else {"status": 200}
    fault = "status" if kind == "500" else kind
    stage.world.simulator.control.add_fault("activities", fault, times=99, **details)
    stage.announce()
    stage.world.work()
    assert stage.amounts() == ["1.10", "2.20"]
    stage.world.simulator.control.clear_faults()
    stage.clock.advance(minutes=6)
    stage.world.plan()
    stage.world.work()
    assert stage.amounts() == ["1.10"]


def test_empty_window_is_not_believed_when_there_was_something(stage: Stage) -> None:
    stage.link("1.10")
    stage.at_provider.has_transactions = False
    stage.activities.clear()
    stage.announce()
    stage.world.work()
    assert stage.amounts() == ["1.10"]


def test_next_read_completes_it_when_the_reader_died_between_two_requests(stage: Stage) -> None:
    stage.link(*(f"1.{number:02d}" for number in range(30)))

    def change(number: int) -> list[str]:
        del stage.activities[:20]
        for place in range(50):
            stage.happen(f"{number + 2}.{place:02d}", id=f"new-{number}-{place}")
        return sorted(f"{each['amount']}" for each in stage.activities)

    change(0)
    stage.announce()
    stage.world.restart()
    with stage.steps.watched() as planned:
        stage.world.work()
    batches = [at for at, name in enumerate(planned) if name == "dynamodb BatchWriteItem"]
    assert len(batches) >= 3
    died_after: list[str] = []
    for number, step in enumerate([*batches, batches[-1] + 1], start=1):
        truth = change(number)
        stage.announce()
        stage.world.restart()
        with stage.steps.watched(until=step) as done, pytest.raises(Stopped):
            stage.world.work()
        died_after.append(done[-1])
        stage.world.restart()
        stage.clock.advance(minutes=4)  # the dead reader's lease is over
        stage.world.plan()
        stage.world.work()
        assert stage.amounts() == truth
    assert died_after == [
        *["dynamodb BatchWriteItem"] * len(batches),
        "dynamodb TransactWriteItems",
    ]


def test_activities_are_read_once_a_day_when_no_webhook_comes(stage: Stage) -> None:
    stage.link("1.10")
    before = stage.calls()
    for _ in range(12):
        stage.clock.advance(hours=6)
        stage.at_provider.transactions_synced_on = stage.clock().date()
        stage.world.plan()
        stage.world.work()
    assert 1 <= stage.calls() - before <= 3
