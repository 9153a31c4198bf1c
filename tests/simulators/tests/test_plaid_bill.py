"""What the Plaid simulator bills: refreshes, and subscriptions by calendar month in UTC."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.plaid import ControlRefused
from tests.simulators.plaid.stage import Stage, running_stage

TRANSACTIONS = "/investments/transactions/get"
PERIOD: dict[str, Any] = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def test_month_is_owed_whole_for_every_subscription_and_refresh(stage: Stage) -> None:
    other = stage.control.add_item()
    stage.refresh()
    stage.control.turn(refresh_outcome="INSTITUTION_DOWN")
    stage.refresh(other)
    stage.call(TRANSACTIONS, **PERIOD)
    owed = stage.control.owed("2026-11")
    assert owed.lines == {
        "investments_refresh": (1, Decimal("0.12")),
        "investments": (2, Decimal("0.36")),
        "investments_transactions": (1, Decimal("0.35")),
    }
    assert owed.total == Decimal("0.83")


def test_month_of_the_removal_is_the_last_one_owed(stage: Stage) -> None:
    stage.call(TRANSACTIONS, **PERIOD)
    stage.pass_time(days=11)
    assert stage.call("/item/remove").status == 200
    totals = [stage.control.owed(f"2026-{month}").total for month in ("10", "11", "12")]
    assert totals == [0, Decimal("0.53"), Decimal("0.53")]
    assert stage.control.owed("2027-01").total == 0


def test_broken_item_is_owed_for(stage: Stage) -> None:
    stage.control.break_login(stage.item.item_id)
    assert stage.control.owed("2026-12").lines["investments"] == (1, Decimal("0.18"))


def test_refresh_is_owed_in_its_month(stage: Stage) -> None:
    stage.refresh()
    stage.pass_time(days=11)
    stage.refresh()
    for month in ("2026-11", "2026-12"):
        assert stage.control.owed(month).lines["investments_refresh"] == (1, Decimal("0.12"))


@pytest.mark.parametrize("month", ["2026-13", "2026", "november", "2026-1"])
def test_month_is_refused_when_it_is_none(stage: Stage, month: str) -> None:
    with pytest.raises(ControlRefused, match="month"):
        stage.control.owed(month)
