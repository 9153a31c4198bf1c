"""The quieter endpoints of the SnapTrade simulator: users, accounts, orders and reference."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.simulators.common.client import exchange
from tests.simulators.snaptrade.stage import Stage, running_stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def test_old_secret_is_refused_when_it_was_reset(stage: Stage) -> None:
    reset = stage.client.call("POST", "/snapTrade/resetUserSecret", body=stage.credentials)
    assert reset.document()["userId"] == "user-1"
    assert stage.call("GET", "/authorizations").outcome() == (401, "1083")
    stage.credentials = reset.document()
    assert len(stage.call("GET", "/authorizations").document()) == 1
    wrong = {"userId": "user-1", "userSecret": "wrong"}
    answer = stage.client.call("POST", "/snapTrade/resetUserSecret", body=wrong)
    assert answer.outcome() == (401, "1083")


def test_accounts_are_the_same_in_every_listing(stage: Stage) -> None:
    older = stage.call("GET", "/accounts").document()
    newer = stage.call("GET", "/accounts/all").document()["results"]
    assert [item["id"] for item in older] == stage.connection.account_ids
    path = f"/accounts/{stage.account_id}"
    assert stage.call("GET", path).document() == older[0]
    assert stage.call("PUT", path).document() == [older[0]]
    assert stage.call("GET", f"{path}/details").document() == newer[0]
    base = f"/connections/{stage.connection.connection_id}/accounts"
    assert stage.call("GET", base).document()["results"] == newer


def test_orders_are_chosen_by_state_and_age(stage: Stage) -> None:
    path = f"/accounts/{stage.account_id}/orders"
    everything = stage.call("GET", path).document()
    by_state = {
        state: stage.call("GET", path, state=state).document() for state in ("open", "executed")
    }
    assert [item["status"] for item in by_state["open"]] == ["ACCEPTED"]
    assert {item["status"] for item in by_state["executed"]} == {"EXECUTED"}
    assert len(everything) == sum(len(found) for found in by_state.values())
    assert len(stage.call("GET", path, days="4").document()) < len(everything)
    stage.time += timedelta(days=100)
    assert stage.call("GET", path, days="400").document() == []
    assert stage.call("GET", path, state="strange").outcome() == (400, "1012")


def test_recent_orders_leave_out_what_is_not_executed(stage: Stage) -> None:
    path = f"/accounts/{stage.account_id}/recentOrders"
    assert stage.call("GET", path).document() == {"orders": []}
    (waiting,) = stage.call("GET", path, only_executed="false").document()["orders"]
    assert waiting["execution_price"] is None
    stage.refresh()
    stage.listener.next("ACCOUNT_HOLDINGS_UPDATED")
    (done,) = stage.call("GET", path).document()["orders"]
    assert done["status"] == "EXECUTED"
    stage.control.turn(features=[])
    assert stage.call("GET", path).outcome() == (403, "1141")


def test_newer_balances_are_refused_until_the_customer_opts_in(stage: Stage) -> None:
    path = f"/accounts/{stage.account_id}/balances/v2"
    assert stage.call("GET", path).outcome() == (403, "1141")
    stage.control.turn(features=["balances_v2"])
    document = stage.call("GET", path).document()
    assert document["cash"] == [{"amount": "1500.71", "currency": "USD"}]
    assert document["margin"] is None
    assert document["data_freshness"] == stage.positions()["data_freshness"]


def test_newer_balances_tell_the_debt_when_cash_is_borrowed(stage: Stage) -> None:
    stage.control.turn(features=["balances_v2"])
    added = stage.control.add_connection("user-1", portfolio="trader", announce=False)
    path = f"/accounts/{added.account_ids[0]}/balances/v2"
    document = stage.call("GET", path).document()
    assert document["cash"] == [{"amount": "-2310.45", "currency": "USD"}]
    assert document["margin"] == {"loan_balances": [{"amount": "2310.45", "currency": "USD"}]}
    (power,) = document["buying_power"]
    assert power == {"amount": "18250.10", "currency": "USD", "basis": "margin"}


def test_return_rates_are_refused_until_the_customer_has_them(stage: Stage) -> None:
    paths = [
        f"/accounts/{stage.account_id}/returnRates",
        f"/authorizations/{stage.connection.connection_id}/returnRates",
    ]
    assert {stage.call("GET", path).outcome() for path in paths} == {(403, "1141")}
    stage.control.turn(features=["return_rates"])
    for path in paths:
        rates = stage.call("GET", path, timeframes="1Y,1D").document()["data"]
        assert [item["timeframe"] for item in rates] == ["1Y", "1D"]


def test_connection_breaks_once_when_it_is_disabled_by_hand(stage: Stage) -> None:
    path = f"/authorizations/{stage.connection.connection_id}/disable"
    detail = f"Connection {stage.connection.connection_id} has been disabled"
    assert stage.call("POST", path).document() == {"detail": detail}
    stage.listener.next("CONNECTION_BROKEN")
    assert stage.call("POST", path).outcome() == (402, "3011")
    assert len(stage.control.deliveries("CONNECTION_BROKEN")) == 1


def test_shared_connection_is_not_found_when_something_is_to_be_triggered(stage: Stage) -> None:
    shared = stage.control.add_connection("user-1", mode="shared").connection_id
    for verb in ("refresh", "transactions/sync", "disable"):
        path = f"/authorizations/{shared}/{verb}"
        assert stage.call("POST", path).outcome() == (404, "1011")
    assert stage.call("GET", f"/authorizations/{shared}").document()["disabled"] is False


def test_disable_is_refused_on_a_production_key(stage: Stage) -> None:
    stage.control.turn(features=["recent_orders"])
    path = f"/authorizations/{stage.connection.connection_id}/disable"
    assert stage.call("POST", path).outcome() == (403, "1141")


@pytest.mark.parametrize("path", ["/", "/brokerages", "/institutions"])
def test_public_data_is_answered_when_nobody_signs(stage: Stage, path: str) -> None:
    address = stage.simulator.url.removeprefix("http://")
    for target in (path, f"/api/v1{path}"):
        answer = exchange(address, "GET", target)
        assert answer.status == 200
        assert ("Deprecation" in answer.headers) is (target != path)


def test_reference_data_names_the_same_things_everywhere(stage: Stage) -> None:
    call = stage.client.call
    brokerages = call("GET", "/brokerages").document()
    assert call("GET", "/snapTrade/partners").document()["allowed_brokerages"] == brokerages
    (connection,) = stage.call("GET", "/authorizations").document()
    assert connection["brokerage"] in brokerages
    codes = {item["mic_code"] for item in call("GET", "/exchanges").document()}
    (found,) = call("POST", "/symbols", body={"substring": "harbor"}).document()
    assert found["symbol"] == "NRTH"
    assert found["exchange"]["mic_code"] in codes
    for query in ("NRTH", found["id"]):
        assert call("GET", f"/symbols/{query}").document() == found
    assert call("GET", "/symbols/NONE").outcome() == (404, "1011")


def test_every_prefixed_path_is_marked_deprecated(stage: Stage) -> None:
    for path in ("/accounts/all", f"/accounts/{stage.account_id}/orders", "/snapTrade/partners"):
        answer = stage.call("GET", f"/api/v1{path}")
        assert (answer.status, answer.headers["Deprecation"]) == (200, "@1781222400")
