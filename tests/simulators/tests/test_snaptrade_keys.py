"""Keys of the SnapTrade simulator's customer: limits per account, personal keys, rotation."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from tests.simulators.snaptrade import ControlRefused
from tests.simulators.snaptrade.signature import webhook_signature
from tests.simulators.snaptrade.signed_client import SignedClient
from tests.simulators.snaptrade.stage import Stage, running_stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def with_key(stage: Stage, consumer_key: str) -> SignedClient:
    return SignedClient(
        stage.simulator.url,
        client_id=stage.settings.client_id,
        consumer_key=consumer_key,
        clock=stage.settings.clock,
    )


def test_accounts_have_no_limit_of_their_own_by_default(stage: Stage) -> None:
    answers = [stage.call("GET", f"/accounts/{stage.account_id}/balances") for _ in range(12)]
    assert {answer.status for answer in answers} == {200}
    assert "X-RateLimit-Account-Limit" not in answers[0].headers


def test_account_is_refused_when_its_own_limit_is_used_up(stage: Stage) -> None:
    stage.control.turn(account_limit=2)
    first, second = stage.connection.account_ids
    paths = [f"/accounts/{first}/balances", f"/accounts/{first}/positions/all"]
    answers = [stage.call("GET", path) for path in (*paths, paths[0])]
    remaining = [answer.headers["X-RateLimit-Account-Remaining"] for answer in answers]
    assert remaining == ["1", "0", "0"]
    assert answers[2].outcome() == (429, "0000")
    assert answers[2].headers["Retry-After"] == "60"
    assert answers[2].headers["X-RateLimit-Account-Reset"] == "60"
    assert int(answers[2].headers["X-RateLimit-Remaining"]) > 0
    assert stage.call("GET", f"/accounts/{second}/balances").status == 200
    stage.time += timedelta(seconds=60)
    assert stage.call("GET", paths[0]).status == 200


def test_limits_are_enforced_when_their_headers_are_absent(stage: Stage) -> None:
    stage.control.turn(account_limit=1, rate_limit_headers=False, retry_after_header=False)
    answers = [stage.call("GET", f"/accounts/{stage.account_id}/balances") for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 429]
    for answer in answers:
        assert not [name for name in answer.headers if "RateLimit" in name or "Retry" in name]


def test_personal_key_has_one_user_and_a_limit_per_account(stage: Stage) -> None:
    stage.control.turn(customer_kind="personal")
    call = stage.client.call
    body = {"userId": "user-2", "userSecret": "x"}
    refused = [
        call("POST", "/snapTrade/registerUser", body=body),
        call("GET", "/snapTrade/listUsers"),
        call("POST", "/snapTrade/resetUserSecret", body=body),
        call("DELETE", "/snapTrade/deleteUser", {"userId": "user-1"}),
    ]
    assert {answer.outcome() for answer in refused} == {(400, "1012")}
    answer = call("GET", f"/accounts/{stage.account_id}/balances")
    assert (answer.status, answer.headers["X-RateLimit-Account-Limit"]) == (200, "10")
    assert len(call("GET", "/authorizations").document()) == 1


def test_webhooks_and_requests_use_the_new_key_when_it_was_rotated(stage: Stage) -> None:
    stage.control.rotate_key("second-key")
    stage.control.send_webhook(stage.connection.connection_id, "CONNECTION_UPDATED")
    received = stage.listener.next("CONNECTION_UPDATED")
    assert received.signature == webhook_signature("second-key", received.body)
    assert stage.call("GET", "/authorizations").outcome() == (401, "1076")
    answer = with_key(stage, "second-key").call("GET", "/authorizations", stage.credentials)
    assert answer.status == 200


def test_old_key_is_accepted_only_while_the_keys_overlap(stage: Stage) -> None:
    stage.control.turn(key_overlap_seconds=60)
    stage.control.rotate_key("second-key")
    assert stage.call("GET", "/authorizations").status == 200
    stage.time += timedelta(seconds=60)
    assert stage.call("GET", "/authorizations").outcome() == (401, "1076")
    with pytest.raises(ControlRefused, match="consumer_key"):
        stage.control.rotate_key("")
