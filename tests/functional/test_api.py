"""The API's manners: whose things are whose, and what a bad request is told."""

import json

import pytest

from tests.functional.world import World

STRANGER = "user-2"


def test_another_users_things_do_not_exist(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    (account, *_) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    refresh = world.call("POST", f"/v1/connections/{connection_id}/refresh").body
    paths = [
        ("GET", f"/v1/connections/{connection_id}"),
        ("GET", f"/v1/connections/{connection_id}/accounts"),
        ("POST", f"/v1/connections/{connection_id}/refresh"),
        ("GET", f"/v1/accounts/{account['id']}/holdings"),
        ("GET", f"/v1/refreshes/{refresh['id']}"),
    ]
    for method, path in paths:
        theirs = world.call(method, path, user_id=STRANGER)
        nobodys = world.call(method, path.replace("_", "_x", 1), user_id=STRANGER)
        assert theirs.status == nobodys.status == 404
        assert theirs.body == nobodys.body
    assert world.call("GET", "/v1/connections", user_id=STRANGER).body["items"] == []


def test_a_token_without_the_scope_is_told_which_one(world: World) -> None:
    connection_id, _ = world.link()
    answer = world.call(
        "POST", f"/v1/connections/{connection_id}/refresh", scope="freshet/read openid"
    )
    assert answer.status == 403
    assert answer.body["code"] == "missing_scope"
    assert "freshet/refresh" in answer.body["detail"]


def test_an_id_token_is_no_ticket(world: World) -> None:
    answer = world.call("GET", "/v1/connections", claims={"token_use": "id"})
    assert answer.status == 403


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "invalid_json"),
        ("[]", 422, "invalid_field"),
        ('{"force": true}', 422, "invalid_field"),
        ("{}", 202, None),
        ("", 202, None),
    ],
)
def test_a_body_is_checked_before_money_is_spent(
    world: World, body: str, status: int, code: str | None
) -> None:
    connection_id, _ = world.link()
    world.work()
    answer = world.call("POST", f"/v1/connections/{connection_id}/refresh", body=body)
    assert answer.status == status
    assert answer.body.get("code") == code
    if code == "invalid_field" and body != "[]":
        assert "force" in answer.body["detail"]
    assert world.simulator.control.bill().count == (1 if status == 202 else 0)


def test_an_unknown_route_is_not_found(world: World) -> None:
    answer = world.call("GET", "/v1/nothing")
    assert answer.status == 404
    assert answer.body["code"] == "not_found"


def test_an_operators_mistake_is_named_without_its_values(world: World) -> None:
    secret = "only-i-know-this"
    event = {
        "operation": "register_connection",
        "user_id": "",
        "provider": "snaptrade",
        "credential": {"user_id": "u", "user_secret": secret, "extra": secret},
    }
    answer = world.operate(event)
    assert answer["error"]["code"] == "invalid_field"
    for name in ("user_id", "provider_connection_id", "credential.extra"):
        assert name in answer["error"]["detail"]
    assert secret not in json.dumps(answer)


def test_registering_twice_gives_the_same_connection(world: World) -> None:
    connection_id, at_provider = world.link()
    assert world.register(at_provider, user_id="user-1")["connection_id"] == connection_id
    refused = world.register(at_provider, user_id=STRANGER)
    assert refused["error"]["code"] == "already_owned"
