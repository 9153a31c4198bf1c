"""Every operation with every ticket that is none, and with every id that is not the caller's."""

import json
from typing import Any

import pytest

from freshet.http.caller import Scope
from freshet.http.operation import Operation
from freshet.http.resources import operations_with
from freshet.registry import offers
from tests.e2e.matrix import IMPOSSIBLE, OWNER, ROWS, UNKNOWN, body_of, filled, things_of_owner
from tests.local_stack.api_client import ApiAnswer, ApiClient
from tests.local_stack.deployed import Deployed

OPERATIONS = operations_with(offers())

WITH_IDS = [each for each in OPERATIONS if "{" in each.path + ROWS[each.id].text]
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=lambda each: each.id)


@pytest.fixture(scope="module")
def things(running: Deployed) -> dict[str, str]:
    return things_of_owner(running)


def _ask(client: ApiClient, operation: Operation, ids: dict[str, str]) -> ApiAnswer:
    row = ROWS[operation.id]
    body = body_of(row, ids)
    path = filled(operation.path + row.query, ids)
    data = json.dumps(body).encode() if body else None
    return client.call(operation.verb, path, data=data)


def test_no_operation_is_without_a_row() -> None:
    assert set(ROWS) == {each.id for each in OPERATIONS}


@pytest.mark.sampled(24, by="operation")
@each_operation
@pytest.mark.parametrize(
    "ticket",
    ["none", "nonsense", "a.b.c", "expired", "of another app", "of another issuer"],
)
def test_the_gateway_lets_nobody_in_without_a_genuine_token(
    running: Deployed, things: dict[str, str], operation: Operation, ticket: str
) -> None:
    made: dict[str, Any] = {
        "none": None,
        "expired": running.issuer.issue_token(OWNER, expires_in_seconds=-60),
        "of another app": running.issuer.issue_token(OWNER, audience="another-app"),
        "of another issuer": running.issuer.issue_token(OWNER, iss="https://elsewhere.example"),
    }
    client = ApiClient(running.stack.api_url, made.get(ticket, ticket), running.api(OWNER).heard)
    answer = _ask(client, operation, things)
    assert (answer.status, set(answer.body)) == (401, {"message"})


@pytest.mark.sampled(8)
@each_operation
def test_an_id_token_opens_nothing(
    running: Deployed, things: dict[str, str], operation: Operation
) -> None:
    answer = _ask(running.api(OWNER, token_use="id"), operation, things)
    assert (answer.status, answer.body["code"]) == (403, "access_token_required")


@pytest.mark.sampled(8)
@each_operation
def test_a_token_without_the_scope_is_told_which_one(
    running: Deployed, things: dict[str, str], operation: Operation
) -> None:
    other = Scope.LINK if operation.scope is not Scope.LINK else Scope.READ
    answer = _ask(running.api(OWNER, scope=str(other)), operation, things)
    assert (answer.status, answer.body["code"]) == (403, "missing_scope")
    assert operation.scope in answer.body["detail"]


@pytest.mark.sampled(8)
@each_operation
def test_a_machine_has_to_say_for_whom_it_acts(
    running: Deployed, things: dict[str, str], operation: Operation
) -> None:
    machine = running.api("night-job", scope=f"{operation.scope} {Scope.ACT_AS}")
    answer = _ask(machine, operation, things)
    assert (answer.status, answer.body["code"]) == (400, "user_missing")


@pytest.mark.sampled(8)
@each_operation
def test_a_user_cannot_act_for_another(
    running: Deployed, things: dict[str, str], operation: Operation
) -> None:
    path = filled(operation.path, things)
    answer = running.api("eve").call(operation.verb, path, headers={"Freshet-User": OWNER})
    assert (answer.status, answer.body["code"]) == (403, "acting_not_allowed")


@pytest.mark.sampled(8)
@each_operation
def test_another_users_things_are_not_there(
    running: Deployed, things: dict[str, str], operation: Operation
) -> None:
    # A stranger for each: some of them begin to leave by this.
    stranger = running.api(f"stranger-{operation.id}")
    theirs = _ask(stranger, operation, things)
    if operation not in WITH_IDS:
        assert theirs.status in {200, 202}
        assert not any(thing in json.dumps(theirs.body) for thing in things.values())
        return
    nobodys = _ask(stranger, operation, UNKNOWN)
    assert theirs.status == nobodys.status == 404
    assert theirs.body == nobodys.body


@pytest.mark.sampled(10, by="ids")
@pytest.mark.parametrize("operation", WITH_IDS, ids=lambda each: each.id)
@pytest.mark.parametrize("ids", [UNKNOWN, IMPOSSIBLE], ids=["unknown", "impossible"])
def test_an_id_that_is_not_there_is_not_found(
    running: Deployed, things: dict[str, str], operation: Operation, ids: dict[str, str]
) -> None:
    answer = _ask(running.api(OWNER), operation, ids)
    assert (answer.status, answer.body["code"]) == (404, "not_found")
