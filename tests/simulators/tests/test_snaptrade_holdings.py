"""What a test may do to holdings of the SnapTrade simulator, and to how a refresh ends."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.simulators.snaptrade import ControlRefused
from tests.simulators.snaptrade.stage import Stage, running_stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def balances(stage: Stage) -> Any:
    return stage.call("GET", f"/accounts/{stage.account_id}/balances").document()


def refresh_details(stage: Stage) -> dict[str, list[str]]:
    stage.time += timedelta(hours=1)
    before = len(stage.control.deliveries("ACCOUNT_HOLDINGS_UPDATED"))
    assert stage.refresh().status == 200
    events = [
        stage.listener.next("ACCOUNT_HOLDINGS_UPDATED").document
        for _ in stage.connection.account_ids
    ]
    assert len(stage.control.deliveries("ACCOUNT_HOLDINGS_UPDATED")) == before + len(events)
    return {
        event["accountId"]: [part for part, end in event["details"].items() if not end["success"]]
        for event in events
    }


def test_balance_is_taken_plain_and_in_the_providers_shape(stage: Stage) -> None:
    plain = {"currency": "USD", "cash": "1.23", "buying_power": None}
    stage.control.replace_holdings(stage.account_id, balances=[plain])
    shown = balances(stage)
    assert (shown[0]["cash"], shown[0]["buying_power"]) == (Decimal("1.23"), None)
    stage.control.replace_holdings(stage.account_id, balances=shown)
    assert balances(stage) == shown


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"balances": [{"cash": "1"}]}, r"balances\[0\]\.currency"),
        ({"balances": [{"currency": {"id": "x"}}]}, r"balances\[0\]\.currency"),
        ({"balances": [{"currency": "USD", "cash": "much"}]}, r"balances\[0\]\.cash"),
        ({"balances": [{"currency": "USD", "cash": "NaN"}]}, r"balances\[0\]\.cash"),
        ({"balances": [{"currency": "USD", "buying_power": []}]}, "buying_power"),
        ({"balances": ["USD"]}, r"balances\[0\]"),
        ({"balances": {}}, "balances"),
        ({"positions": [{"units": "1"}]}, r"positions\[0\]\.instrument"),
    ],
)
def test_holdings_are_refused_by_field_when_they_make_no_sense(
    stage: Stage, changes: dict[str, Any], field: str
) -> None:
    before = stage.positions(), balances(stage)
    with pytest.raises(ControlRefused, match=field):
        stage.control.replace_holdings(stage.account_id, **changes)
    assert (stage.positions(), balances(stage)) == before


def test_one_account_fails_in_part_when_planned_for_it(stage: Stage) -> None:
    hit, spared = stage.connection.account_ids
    stage.control.plan_refresh(failed_parts=["balances"], account_id=hit)
    assert refresh_details(stage) == {hit: ["balances"], spared: []}
    assert refresh_details(stage) == {hit: [], spared: []}


def test_other_connections_are_spared_when_a_plan_names_one(stage: Stage) -> None:
    other = stage.control.add_connection("user-1", announce=False)
    stage.control.plan_refresh(failed_parts=["orders"], connection_id=other.connection_id, times=0)
    assert set(map(tuple, refresh_details(stage).values())) == {()}
    stage.connection = other
    for _ in range(2):
        assert set(map(tuple, refresh_details(stage).values())) == {("orders",)}
    stage.control.clear_refresh_plans()
    assert set(map(tuple, refresh_details(stage).values())) == {()}


@pytest.mark.parametrize("plan", [{"outcome": "magic"}, {"failed_parts": ["weather"]}])
def test_plan_is_refused_when_it_makes_no_sense(stage: Stage, plan: dict[str, Any]) -> None:
    with pytest.raises(ControlRefused):
        stage.control.plan_refresh(**plan)


def test_dates_stay_when_a_refresh_only_moves_the_data(stage: Stage) -> None:
    stage.control.plan_refresh(outcome="undated", connection_id=stage.connection.connection_id)
    accounts = f"/authorizations/{stage.connection.connection_id}/accounts"
    before, status = stage.positions(), stage.call("GET", accounts).document()[0]["sync_status"]
    refresh_details(stage)
    after = stage.positions()
    assert before["results"] != after["results"]
    assert before["data_freshness"] == after["data_freshness"]
    now = stage.call("GET", accounts).document()[0]["sync_status"]
    assert now["holdings"] == status["holdings"]


def test_positions_are_empty_for_some_reads_when_a_fault_says_so(stage: Stage) -> None:
    before = stage.positions()
    stage.control.add_fault("positions", "no_rows", times=2, account_id=stage.account_id)
    for _ in range(2):
        assert stage.positions() == before | {"results": []}
    assert stage.positions() == before
    stage.control.add_fault("balances", "no_rows")
    assert balances(stage) == []


def test_fault_hits_only_while_its_time_lasts(stage: Stage) -> None:
    stage.control.add_fault(
        "positions", "status", code="3002", times=0, after_seconds=60, for_seconds=30
    )
    path = f"/accounts/{stage.account_id}/positions/all"
    outcomes = []
    for _ in range(4):
        outcomes.append(stage.call("GET", path).status)
        stage.time += timedelta(seconds=30)
    assert outcomes == [200, 200, 503, 200]


def test_fault_without_end_goes_on_until_it_is_cleared(stage: Stage) -> None:
    stage.control.add_fault("balances", "status", code="3002", times=0)
    path = f"/accounts/{stage.account_id}/balances"
    assert {stage.call("GET", path).outcome() for _ in range(3)} == {(503, "3002")}
    stage.control.clear_faults()
    assert stage.call("GET", path).status == 200


def test_frozen_data_is_served_when_the_connection_was_disabled(stage: Stage) -> None:
    live = stage.control.add_connection("user-1", mode="realtime")
    stage.account_id = live.account_ids[0]
    stage.control.disable(live.connection_id)
    before = stage.positions()
    stage.time += timedelta(days=3)
    assert stage.positions() == before


def test_odd_portfolio_has_what_a_reader_must_survive(stage: Stage) -> None:
    connection = stage.control.add_connection("user-1", portfolio="odd")
    stage.account_id = connection.account_ids[0]
    cash, margin, strange, closed = stage.positions()["results"]
    assert cash["instrument"] == margin["instrument"]
    assert len(cash["tax_lots"]) == 2
    assert (strange["instrument"]["kind"], strange["instrument"]["glow"]) == (
        "sunbeam_share",
        {"level": 3},
    )
    assert "margin_pledge" in strange
    assert (closed["units"], closed["cost_basis"]) == ("0", None)
    assert [item["cash"] for item in balances(stage)] == [0, None]


@pytest.mark.parametrize(("portfolio", "count"), [("huge", 1_200), ("enormous", 10_000)])
def test_portfolio_is_as_large_as_its_name(stage: Stage, portfolio: str, count: int) -> None:
    connection = stage.control.add_connection("user-1", portfolio=portfolio)
    stage.account_id = connection.account_ids[0]
    lines = stage.positions()["results"]
    assert len({line["instrument"]["id"] for line in lines}) == count


def test_accounts_of_one_portfolio_do_not_share_their_lines(stage: Stage) -> None:
    other = stage.control.add_connection("user-1", announce=False)
    path = f"/accounts/{other.account_ids[0]}/positions/all"
    before = stage.call("GET", path).document()
    refresh_details(stage)
    assert stage.call("GET", path).document()["results"] == before["results"]
    assert stage.positions()["results"] != before["results"]


def test_a_trade_moves_units_prices_and_dates_without_a_bill(stage: Stage) -> None:
    before = stage.positions()
    stage.time += timedelta(hours=1)
    stage.control.trade(stage.account_id)
    after = stage.positions()
    units = [[line["units"] for line in each["results"]] for each in (before, after)]
    assert sum(old != new for old, new in zip(*units, strict=True)) == 1
    assert after["data_freshness"]["as_of"] > before["data_freshness"]["as_of"]
    assert stage.control.bill().count == 0
