"""The SnapTrade simulator keeps the provider's contract."""

import http.client
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.sandbox.snaptrade import ControlRefused, Knobs, SimulatorSettings, SnapTradeSimulator
from tests.sandbox.snaptrade.listener import WebhookListener
from tests.sandbox.snaptrade.signature import request_signature, webhook_signature
from tests.sandbox.snaptrade.signed_client import Answer, SignedClient

VECTOR_KEY = "test-consumer-key"
VECTOR_QUERY = "clientId=TESTCLIENT&timestamp=1750000000"
# Thirty minutes become 18 milliseconds.
FAST = Knobs(
    refresh_delay_seconds=0,
    transactions_delay_seconds=0,
    deletion_delay_seconds=0,
    webhook_time_scale=0.00001,
)


class Stage:
    """A running simulator with one user, a client, a clock to move and a listener."""

    def __init__(self, listener: WebhookListener) -> None:
        self.listener = listener
        self.time = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
        self.settings = SimulatorSettings(clock=lambda: self.time, knobs=FAST)
        self.simulator = SnapTradeSimulator(self.settings)
        self.control = self.simulator.control
        self.client = SignedClient(
            self.simulator.url,
            client_id=self.settings.client_id,
            consumer_key=self.settings.consumer_key,
            clock=self.settings.clock,
        )

    def populate(self) -> None:
        self.control.listen(self.listener.url)
        user = self.control.add_user("user-1")
        self.credentials = {"userId": user.user_id, "userSecret": user.user_secret}
        self.connection = self.control.add_connection("user-1", announce=False)
        self.account_id = self.connection.account_ids[0]

    def call(self, method: str, path: str, *, timeout_seconds: float = 5, **query: str) -> Answer:
        everything = self.credentials | query
        return self.client.call(method, path, everything, timeout_seconds=timeout_seconds)

    def refresh(self, connection_id: str | None = None) -> Answer:
        target = connection_id or self.connection.connection_id
        return self.call("POST", f"/authorizations/{target}/refresh")

    def positions(self) -> Any:
        return self.call("GET", f"/accounts/{self.account_id}/positions/all").document()

    def delivery(self, webhook_id: str) -> dict[str, Any]:
        return next(d for d in self.control.deliveries() if d["webhook_id"] == webhook_id)

    def wait_for_delivery(self, webhook_id: str, status: str) -> dict[str, Any]:
        log = self.simulator.webhooks
        wanted = (webhook_id, status)
        assert log.wait_until(
            lambda: wanted in {(d.webhook_id, d.status) for d in log.deliveries()}
        )
        return self.delivery(webhook_id)


@pytest.fixture
def stage() -> Iterator[Stage]:
    with WebhookListener() as listener:
        prepared = Stage(listener)
        with prepared.simulator:
            prepared.populate()
            yield prepared


REQUEST_VECTORS = [
    ("/snapTrade/listUsers", VECTOR_QUERY, "", "uuzSTtNM9brYrL9sPATJ6aQPE6CWKqq1q/aP3kzHCrE="),
    (
        "/snapTrade/registerUser",
        VECTOR_QUERY,
        '{"userId":"user-1"}',
        "Xw6xZ2nY3P4d6djJj//m6M77h9+5G8DdyRPsN+Ia15s=",
    ),
    (
        "/snapTrade/registerUser",
        VECTOR_QUERY,
        '{"userId": "user 1+é"}',
        "Q7TYcVn4MbBC5pU9XblDceIJtYi35q3HleUM/5fnX1I=",
    ),
    (
        "/authorizations/87b24961-b51e-4db8-9226-f198f6518a89/refresh",
        "userId=snaptrade-user-123&userSecret=adf2aa34-8219-40f7-a6b3-60156985cc61&" + VECTOR_QUERY,
        "{}",
        "krLqdxyUJ1/M2WPQ07a3NPw0q3U7ZtDJfIhCpU/huDQ=",
    ),
    (
        "/accounts/917c8734-8470-4a3e-a18f-57c3f2ee6631/activities",
        "startDate=2026-01-01&limit=5&type=BUY%2CSELL&userId=a%20b%40c&userSecret=x&"
        + VECTOR_QUERY,
        "",
        "kLUjW0A1cyT/PZpLTT8ZJ1VFj73Isr5PG20v7HcMIts=",
    ),
    (
        "/snapTrade/login",
        "userId=u1&userSecret=s1&" + VECTOR_QUERY,
        '{"reconnect":"8b5f262d-4bb9-365d-888a-202bd3b15fa1","immediateRedirect":true,'
        '"customRedirect":"https://app.example/cb?x=1"}',
        "NpT/qozKGu1LIuzjG0N2MkCRNThdHdwpJLAdccrKXuQ=",
    ),
    (
        "/snapTrade/deleteUser",
        "userId=u1&" + VECTOR_QUERY,
        "",
        "SGxzQfjxOowxAqQ/nBOUOpHiWfrs4MeE/jW3opyPS9E=",
    ),
]


@pytest.mark.parametrize(("path", "query", "body", "expected"), REQUEST_VECTORS)
def test_request_signature_matches_the_official_client(
    path: str, query: str, body: str, expected: str
) -> None:
    assert request_signature(VECTOR_KEY, path=path, query=query, body=body.encode()) == expected


def test_webhook_signature_matches_the_golden_vector() -> None:
    done, failed = (
        {"success": True, "error": None},
        {"success": False, "error": "brokerage unavailable"},
    )
    document = {
        "webhookId": "11111111-2222-4333-8444-555555555555",
        "clientId": "TESTCLIENT",
        "eventTimestamp": "2026-11-20T15:00:00.123456+00:00",
        "userId": "user-1",
        "eventType": "ACCOUNT_HOLDINGS_UPDATED",
        "webhookSecret": "deprecated-secret",
        "accountId": "917c8734-8470-4a3e-a18f-57c3f2ee6631",
        "brokerageId": "ebf91a5b-0920-4266-9e36-f6cfe8c40946",
        "brokerageAuthorizationId": "87b24961-b51e-4db8-9226-f198f6518a89",
        "details": {"total_value": done, "positions": done, "balances": failed, "orders": done},
    }
    signature = webhook_signature(VECTOR_KEY, json.dumps(document, indent=1).encode())
    assert signature == "3F2j5+UeJCcjgOwX5mRgrvsMjN2QE+ROhFT2FwljWEI="


def test_changed_byte_is_refused_wherever_it_is(stage: Stage) -> None:
    timestamp = int(stage.time.timestamp())
    path, query = "/snapTrade/registerUser", f"clientId=SANDBOX-CLIENT&timestamp={timestamp}"
    body, key = b'{"userId": "user-2"}', stage.settings.consumer_key
    good = request_signature(key, path=path, query=query, body=body)

    def outcome(path: str, query: str, body: bytes, signature: str) -> tuple[int, str | None]:
        target = f"{path}?{query}"
        return stage.client.send("POST", target, signature=signature, content=body).outcome()

    refused = (401, "1076")
    assert outcome(path, query, body.replace(b"2", b"3"), good) == refused
    assert outcome(path, query + "&a=1", body, good) == refused
    assert outcome("/api/v1" + path, query, body, good) == refused
    assert outcome(path, query, body, good.replace(good[0], "?", 1)) == refused
    assert outcome(path, query, b'{"userId":"user-2"}', good) == (200, None)


@pytest.mark.parametrize(
    ("skew_seconds", "status"), [(299, 200), (-299, 200), (301, 401), (-301, 401)]
)
def test_timestamp_is_refused_when_too_far_away(
    stage: Stage, skew_seconds: int, status: int
) -> None:
    stage.client._clock = lambda: stage.time + timedelta(seconds=skew_seconds)
    assert stage.call("GET", "/authorizations").status == status


def test_callers_see_only_what_is_theirs(stage: Stage) -> None:
    other = stage.control.add_user("user-2")
    stranger = {"userId": "user-2", "userSecret": other.user_secret}
    path = f"/authorizations/{stage.connection.connection_id}"
    holdings = f"/accounts/{stage.account_id}/positions/all"
    assert stage.call("GET", path).document()["id"] == stage.connection.connection_id
    assert stage.client.call("GET", path, stranger).outcome() == (404, "1011")
    assert stage.client.call("GET", holdings, stranger).outcome() == (404, "1011")
    assert stage.call("GET", path, userSecret="wrong").outcome() == (401, "1083")
    assert stage.client.send("GET", path, signature="x").outcome() == (401, "0000")
    assert stage.call("GET", "/nowhere").status == http.HTTPStatus.NOT_FOUND


def test_prefixed_path_is_marked_deprecated_and_every_answer_has_a_request_id(stage: Stage) -> None:
    answers = [stage.call("GET", f"{prefix}/authorizations") for prefix in ("", "/api/v1")]
    assert [answer.status for answer in answers] == [200, 200]
    assert [answer.headers.get("Deprecation") for answer in answers] == [None, "@1781222400"]
    failed = stage.call("GET", "/nowhere")
    ids = {answer.headers["X-Request-ID"] for answer in [*answers, failed]}
    assert {len(bytes.fromhex(request_id)) for request_id in ids} == {16}


def test_users_are_registered_listed_and_deleted(stage: Stage) -> None:
    register, body = "/snapTrade/registerUser", {"userId": "user-2"}
    secret = stage.client.call("POST", register, body=body).document()["userSecret"]
    assert stage.client.call("POST", register, body=body).outcome() == (400, "1010")
    assert stage.client.call("GET", "/snapTrade/listUsers").document() == ["user-1", "user-2"]
    login = {"userId": "user-2", "userSecret": secret}
    assert stage.client.call("GET", "/authorizations", login).document() == []
    deleted = stage.client.call("DELETE", "/snapTrade/deleteUser", {"userId": "user-2"}).document()
    assert deleted["status"] == "deleted"
    assert stage.listener.next("USER_DELETED").document["userId"] == "user-2"
    assert stage.client.call("GET", "/snapTrade/listUsers").document() == ["user-1"]


def test_refresh_is_billed_once_and_throttled_inside_the_interval(stage: Stage) -> None:
    first = stage.refresh()
    connection_id = stage.connection.connection_id
    assert first.document() == {"detail": f"Connection {connection_id} scheduled for refresh"}
    assert stage.refresh().outcome() == (429, "throttled")
    bill = stage.control.bill()
    assert (bill.count, bill.total) == (1, Decimal("0.05"))
    assert bill.entries[0]["connection_id"] == connection_id
    assert bill.entries[0]["request_id"] == first.headers["X-Request-ID"]
    stage.time += timedelta(seconds=300)
    assert stage.refresh().status == http.HTTPStatus.OK
    assert stage.control.bill().total == Decimal("0.10")


def test_refresh_moves_the_data_and_tells_once_per_account(stage: Stage) -> None:
    before = stage.positions()
    stage.time += timedelta(hours=1)
    stage.refresh()
    received = [stage.listener.next("ACCOUNT_HOLDINGS_UPDATED") for _ in range(2)]
    assert {item.document["accountId"] for item in received} == set(stage.connection.account_ids)
    key = stage.settings.consumer_key
    assert all(item.signature == webhook_signature(key, item.body) for item in received)
    after = stage.positions()
    assert before["data_freshness"]["as_of"] < after["data_freshness"]["as_of"]
    assert before["results"] != after["results"]
    assert len(stage.control.deliveries("ACCOUNT_HOLDINGS_UPDATED")) == len(received)
    accounts = f"/authorizations/{stage.connection.connection_id}/accounts"
    synced = stage.call("GET", accounts).document()[0]["sync_status"]
    assert synced["holdings"]["last_successful_sync"] == "2026-11-20T16:00:00.000000+00:00"
    assert synced["transactions"]["last_successful_sync"] == "2026-11-19"


def test_part_that_failed_keeps_its_date(stage: Stage) -> None:
    stage.control.turn(refresh_failed_parts=["positions"])
    before = stage.positions()
    stage.time += timedelta(hours=1)
    stage.refresh()
    details = stage.listener.next("ACCOUNT_HOLDINGS_UPDATED").document["details"]
    assert (details["positions"]["success"], details["balances"]["success"]) == (False, True)
    assert stage.positions() == before
    assert stage.control.state()["accounts"][0]["synced_at"] == "2026-11-20T15:00:00+00:00"


@pytest.mark.parametrize(
    ("outcome", "date_moves", "content_moves"),
    [("changed", True, True), ("unchanged", True, False), ("stalled", False, False)],
)
def test_refresh_ends_as_the_knob_says(
    stage: Stage, outcome: str, date_moves: bool, content_moves: bool
) -> None:
    stage.control.turn(refresh_outcome=outcome)
    before = stage.positions()
    stage.time += timedelta(hours=1)
    stage.refresh()
    stage.listener.next("ACCOUNT_HOLDINGS_UPDATED")
    after = stage.positions()
    assert (before["data_freshness"] != after["data_freshness"]) is date_moves
    assert (before["results"] != after["results"]) is content_moves


def test_new_connection_shows_nothing_before_its_first_sync(stage: Stage) -> None:
    stage.control.turn(initial_sync_delay_seconds=3600)
    connection = stage.control.add_connection("user-1")
    stage.listener.next("NEW_ACCOUNT_AVAILABLE")
    stage.account_id = connection.account_ids[0]
    assert stage.positions()["results"] == []
    accounts = f"/authorizations/{connection.connection_id}/accounts"
    status = stage.call("GET", accounts).document()[0]["sync_status"]
    assert status["holdings"] == {"initial_sync_completed": False, "last_successful_sync": None}


def test_errors_and_limits_come_in_their_other_forms(stage: Stage) -> None:
    stage.control.turn(error_shape="spec", rate_limit_headers=False)
    refused = stage.call("GET", "/authorizations", userSecret="wrong")
    assert refused.document()["default_code"] == int("1083")
    assert "X-RateLimit-Limit" not in refused.headers


@pytest.mark.parametrize(
    ("mode", "expected"),
    [("disabled", (402, "3003")), ("realtime", (403, "1141")), ("shared", (404, "1011"))],
)
def test_refused_refresh_costs_nothing(stage: Stage, mode: str, expected: tuple[int, str]) -> None:
    connection = stage.control.add_connection("user-1", mode=mode)
    assert stage.refresh(connection.connection_id).outcome() == expected
    assert stage.control.bill().count == 0


def test_refresh_is_billed_when_the_answer_is_lost(stage: Stage) -> None:
    stage.control.add_fault("refresh", "accept_then_drop")
    with pytest.raises(http.client.RemoteDisconnected):
        stage.refresh()
    assert stage.control.bill().count == 1
    stage.listener.next("ACCOUNT_HOLDINGS_UPDATED")


def test_refresh_is_billed_when_the_client_does_not_wait(stage: Stage) -> None:
    stage.control.add_fault("refresh", "latency", seconds=30)
    path = f"/authorizations/{stage.connection.connection_id}/refresh"
    with pytest.raises(TimeoutError):
        stage.call("POST", path, timeout_seconds=0.2)
    assert stage.control.bill().count == 1


def test_transactions_sync_is_free_and_brings_yesterday(stage: Stage) -> None:
    path = f"/accounts/{stage.account_id}/activities"
    before = stage.call("GET", path, type="DIVIDEND").document()
    sync = f"/authorizations/{stage.connection.connection_id}/transactions/sync"
    assert stage.call("POST", sync).status == http.HTTPStatus.OK
    stage.listener.next("ACCOUNT_TRANSACTIONS_UPDATED")
    after = stage.call("GET", path, type="DIVIDEND").document()
    totals = before["pagination"]["total"], after["pagination"]["total"]
    assert totals == (0, 1)
    assert after["data"][0]["trade_date"] == "2026-11-19T00:00:00Z"
    assert stage.control.bill().count == 0


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


def test_customer_limit_refuses_until_the_minute_has_passed(stage: Stage) -> None:
    stage.control.turn(customer_limit=2)
    answers = [stage.call("GET", "/authorizations") for _ in range(3)]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].outcome() == (429, "0000")
    assert answers[2].headers["Retry-After"] == "60"
    assert stage.control.requests()["throttled"] == 1
    stage.time += timedelta(seconds=60)
    assert stage.call("GET", "/authorizations").status == http.HTTPStatus.OK


def test_webhook_is_retried_with_the_same_body_until_accepted(stage: Stage) -> None:
    stage.listener.next("USER_REGISTERED")
    stage.listener.statuses.extend([500, 302, 203])
    webhook_id = stage.control.send_webhook(stage.connection.connection_id, "CONNECTION_UPDATED")
    log = stage.wait_for_delivery(webhook_id, "delivered")
    assert [attempt["status"] for attempt in log["attempts"]] == [500, 302, 203, 200]
    bodies = {stage.listener.next("CONNECTION_UPDATED").body for _ in log["attempts"]}
    assert len(bodies) == 1


def test_webhook_is_given_up_after_three_retries(stage: Stage) -> None:
    stage.listener.next("USER_REGISTERED")
    stage.listener.statuses.extend([500] * 9)
    webhook_id = stage.control.send_webhook(stage.connection.connection_id, "CONNECTION_UPDATED")
    log = stage.wait_for_delivery(webhook_id, "exhausted")
    assert [attempt["status"] for attempt in log["attempts"]] == [500] * 4


def test_webhook_without_listener_is_logged_as_undelivered(stage: Stage) -> None:
    stage.control.listen(None)
    webhook_id = stage.control.send_webhook(stage.connection.connection_id, "CONNECTION_UPDATED")
    assert stage.wait_for_delivery(webhook_id, "undelivered")["attempts"] == []


def test_webhook_can_be_forged_thinned_and_repeated(stage: Stage) -> None:
    event = "SOMETHING_NEW"
    webhook_id = stage.control.send_webhook(
        stage.connection.connection_id, event, omit=["userId"], signature="forged", extra=1
    )
    first = stage.listener.next(event)
    assert first.signature == "forged"
    assert "userId" not in first.document
    assert first.document["extra"] == 1
    stage.control.redeliver(webhook_id, times=2)
    assert {stage.listener.next(event).body for _ in range(2)} == {first.body}


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


@pytest.mark.parametrize("path", ["/holdings", "/accounts/x/holdings", "/accounts/x/options"])
def test_retired_endpoint_is_gone(stage: Stage, path: str) -> None:
    answer = stage.call("GET", path)
    assert answer.status == http.HTTPStatus.GONE
    detail = "This endpoint is no longer available for your account."
    assert answer.document() == {"detail": detail}


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


@pytest.mark.parametrize(
    ("kind", "details", "status", "text"),
    [
        ("status", {"status": 503, "code": "3002"}, 503, '"code": "3002"'),
        ("html", {}, 502, "<html>"),
        ("empty", {}, 200, ""),
        ("wrong_shape", {}, 200, '{"unexpected": true}'),
    ],
)
def test_fault_hits_its_operation_as_often_as_asked(
    stage: Stage, kind: str, details: dict[str, Any], status: int, text: str
) -> None:
    stage.control.add_fault("list_connections", kind, times=2, **details)
    path = f"/authorizations/{stage.connection.connection_id}"
    assert stage.call("GET", path).status == http.HTTPStatus.OK
    for _ in range(2):
        answer = stage.call("GET", "/authorizations")
        assert answer.status == status
        assert text in answer.text
    assert len(stage.call("GET", "/authorizations").document()) == 1


def test_fault_can_be_meant_for_one_account(stage: Stage) -> None:
    hit, spared = stage.connection.account_ids
    stage.control.add_fault("positions", "truncated", account_id=hit)
    assert stage.call("GET", f"/accounts/{spared}/positions/all").status == http.HTTPStatus.OK
    with pytest.raises(http.client.IncompleteRead):
        stage.call("GET", f"/accounts/{hit}/positions/all")


def test_holdings_can_be_emptied_with_and_without_newer_dates(stage: Stage) -> None:
    before = stage.positions()["data_freshness"]
    stage.time += timedelta(hours=1)
    stage.control.replace_holdings(stage.account_id, positions=[], advance=False)
    assert stage.positions() == {"results": [], "data_freshness": before}
    stage.control.replace_holdings(stage.account_id, balances=[{"currency": "USD", "cash": "1.10"}])
    assert stage.positions()["data_freshness"]["as_of"] > before["as_of"]
    balances = stage.call("GET", f"/accounts/{stage.account_id}/balances")
    assert '"cash": 1.10, "buying_power": null' in balances.text


def test_control_refuses_what_it_does_not_know(stage: Stage) -> None:
    for attempt in (
        lambda: stage.control.turn(volume=11),
        lambda: stage.control.turn(refresh_outcome="magic"),
        lambda: stage.control.add_fault("refresh", "earthquake"),
        lambda: stage.control.add_connection("user-1", portfolio="gold"),
        lambda: stage.control.add_connection("nobody"),
    ):
        with pytest.raises(ControlRefused):
            attempt()


def test_control_shows_state_and_counts_and_costs_no_quota(stage: Stage) -> None:
    stage.call("GET", "/authorizations")
    stage.call("GET", "/authorizations", userSecret="wrong")
    state, requests = stage.control.state(), stage.control.requests()
    assert state["users"][0]["user_secret"] == stage.credentials["userSecret"]
    assert state["connections"][0]["account_ids"] == stage.connection.account_ids
    assert requests["operations"] == {"list_connections": {"200": 1, "401": 1}}


def test_same_seed_gives_the_same_ids() -> None:
    ids = []
    for _ in range(2):
        with SnapTradeSimulator(SimulatorSettings(seed=7)) as simulator:
            user = simulator.control.add_user("user-1")
            ids.append((user, simulator.control.add_connection("user-1", announce=False)))
    assert ids[0] == ids[1]


def test_process_prints_one_line_and_stops_when_told() -> None:
    command = [sys.executable, "-m", "tests.sandbox.snaptrade"]
    root = Path(__file__).resolve().parents[2]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        announced = json.loads(process.stdout.readline())
        assert announced["control_url"] == announced["base_url"] + "/_control"
        assert {"client_id", "consumer_key", "users", "connections", "accounts"} <= set(announced)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
