"""Requests to the SnapTrade simulator: who may ask, limits, errors, faults and control."""

import http.client
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from tests.simulators.snaptrade import ControlRefused
from tests.simulators.snaptrade.stage import Stage, running_stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


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


def test_errors_and_limits_come_in_their_other_forms(stage: Stage) -> None:
    stage.control.turn(error_shape="spec", rate_limit_headers=False)
    refused = stage.call("GET", "/authorizations", userSecret="wrong")
    assert refused.document()["default_code"] == int("1083")
    assert "X-RateLimit-Limit" not in refused.headers


def test_customer_limit_refuses_until_the_minute_has_passed(stage: Stage) -> None:
    stage.control.turn(customer_limit=2)
    answers = [stage.call("GET", "/authorizations") for _ in range(3)]
    assert [answer.headers["X-RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].outcome() == (429, "0000")
    assert answers[2].headers["Retry-After"] == "60"
    assert stage.control.requests()["throttled"] == 1
    stage.time += timedelta(seconds=60)
    assert stage.call("GET", "/authorizations").status == http.HTTPStatus.OK


@pytest.mark.parametrize("path", ["/holdings", "/accounts/x/holdings", "/accounts/x/options"])
def test_retired_endpoint_is_gone(stage: Stage, path: str) -> None:
    answer = stage.call("GET", path)
    assert answer.status == http.HTTPStatus.GONE
    detail = "This endpoint is no longer available for your account."
    assert answer.document() == {"detail": detail}


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
