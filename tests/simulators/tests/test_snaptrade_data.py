"""The data of the SnapTrade simulator: shapes, portfolios, digits and activities."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from tests.patience import standstill_seconds
from tests.simulators.snaptrade import SimulatorSettings, SnapTradeSimulator
from tests.simulators.snaptrade.stage import Stage, running_stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def test_activities_page_without_gap_or_repeat(stage: Stage) -> None:
    path = f"/accounts/{stage.account_id}/activities"
    whole = stage.call("GET", path).document()["data"]
    pages = [
        stage.call("GET", path, offset=str(offset), limit="2").document()["data"]
        for offset in range(0, len(whole), 2)
    ]
    assert [item for page in pages for item in page] == whole
    days = [item["trade_date"] for item in whole]
    assert days == sorted(days, reverse=True)
    assert stage.call("GET", path, startDate="yesterday").outcome() == (400, "1012")


def test_disabled_connection_announces_itself_and_serves_frozen_data(stage: Stage) -> None:
    connection_id, before = stage.connection.connection_id, stage.positions()
    stage.control.disable(connection_id)
    broken = stage.listener.next("CONNECTION_BROKEN").document
    assert broken["brokerageAuthorizationId"] == connection_id
    stage.time += timedelta(days=1)
    assert stage.positions() == before
    assert stage.call("GET", f"/authorizations/{connection_id}").document()["disabled"] is True
    stage.control.enable(connection_id)
    stage.listener.next("CONNECTION_FIXED")
    assert stage.refresh().status == http.HTTPStatus.OK


def test_realtime_connection_is_read_at_the_brokerage(stage: Stage) -> None:
    connection = stage.control.add_connection("user-1", mode="realtime")
    stage.account_id = connection.account_ids[0]
    stage.time += timedelta(hours=2)
    assert stage.positions()["data_freshness"]["as_of"] == "2026-11-20T17:00:00.000000Z"


def test_deleted_connection_goes_with_its_accounts(stage: Stage) -> None:
    connection_id = stage.connection.connection_id
    answer = stage.call("DELETE", f"/connection/{connection_id}").document()
    assert answer["connection_id"] == connection_id
    stage.listener.next("CONNECTION_DELETED")
    assert stage.call("GET", "/authorizations").document() == []
    path = f"/accounts/{stage.account_id}/balances"
    assert stage.call("GET", path).outcome() == (404, "1011")


def test_portfolios_cover_every_kind_with_all_their_digits(stage: Stage) -> None:
    connection = stage.control.add_connection("user-1", portfolio="complete")
    reads = [stage.call("GET", f"/accounts/{a}/positions/all") for a in connection.account_ids]
    lines = [line for read in reads for line in read.document()["results"]]
    by_kind = {line["instrument"]["kind"]: line for line in lines}
    expected = {"stock", "etf", "adr", "option", "crypto", "mutualfund", "bond", "other"}
    assert expected | {"carbon_credit"} == set(by_kind)
    occ_length = 21
    assert len(by_kind["option"]["instrument"]["symbol"]) == occ_length
    assert by_kind["option"]["instrument"]["multiplier"] == "100"
    assert "exchange" not in by_kind["crypto"]["instrument"]
    assert by_kind["mutualfund"]["cash_equivalent"] is True
    assert by_kind["etf"]["tax_lots"][0]["quantity"] == "10"
    assert {"0.12345678901234567", "-30"} <= {line["units"] for line in lines}
    assert None in {line["price"] for line in lines}
    balances = [stage.call("GET", f"/accounts/{a}/balances") for a in connection.account_ids]
    assert '"cash": 0.00000001' in balances[2].text
    assert [item["currency"]["code"] for item in balances[3].document()] == ["CAD", "USD", "EUR"]


def test_accounts_come_in_both_shapes(stage: Stage) -> None:
    connection = stage.control.add_connection("user-1", portfolio=["savings", "retirement"])
    base = connection.connection_id
    deposit, plan = stage.call("GET", f"/authorizations/{base}/accounts").document()
    assert (deposit["account_category"], plan["account_category"]) == ("DEPOSIT", "INVESTMENT")
    assert plan["sync_status"]["holdings"]["holdings_unavailable"] is True
    assert plan["balance"]["total"] == {"amount": Decimal("84213.55"), "currency": "USD"}
    assert deposit["brokerage_authorization"] == base
    results = stage.call("GET", f"/connections/{base}/accounts").document()["results"]
    assert [item["kind"] for item in results] == ["deposit", "investment"]
    assert "positions" not in results[0]["sync_status"]
    assert results[1]["masked_account_number"] == f"****{plan['number'][-4:]}"


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ("object", {"institution": "realtime", "snaptrade": "delayed"}),
        ("string", "delayed"),
        ("absent", None),
    ],
)
def test_freshness_mode_comes_in_every_known_shape(
    stage: Stage, shape: str, expected: object
) -> None:
    stage.control.turn(data_freshness_shape=shape)
    (connection,) = stage.call("GET", "/authorizations").document()
    assert connection.get("data_freshness_mode") == expected


def test_holdings_can_be_emptied_with_and_without_newer_dates(stage: Stage) -> None:
    before = stage.positions()["data_freshness"]
    stage.time += timedelta(hours=1)
    stage.control.replace_holdings(stage.account_id, positions=[], advance=False)
    assert stage.positions() == {"results": [], "data_freshness": before}
    stage.control.replace_holdings(stage.account_id, balances=[{"currency": "USD", "cash": "1.10"}])
    assert stage.positions()["data_freshness"]["as_of"] > before["as_of"]
    balances = stage.call("GET", f"/accounts/{stage.account_id}/balances")
    assert '"cash": 1.10, "buying_power": null' in balances.text


def test_same_seed_gives_the_same_ids() -> None:
    ids = []
    for _ in range(2):
        with SnapTradeSimulator(SimulatorSettings(seed=7)) as simulator:
            user = simulator.control.add_user("user-1")
            ids.append((user, simulator.control.add_connection("user-1", announce=False)))
    assert ids[0] == ids[1]


def test_process_prints_one_line_and_stops_when_told() -> None:
    command = [sys.executable, "-m", "tests.simulators.snaptrade"]
    root = Path(__file__).resolve().parents[3]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        announced = json.loads(process.stdout.readline())
        assert announced["control_url"] == announced["base_url"] + "/_control"
        assert {"client_id", "consumer_key", "users", "connections", "accounts"} <= set(announced)
        process.send_signal(signal.SIGTERM)
        assert process.wait(standstill_seconds()) == 0
