"""Who may do what: users, machines that act for them, and tokens that are no tickets."""

import pytest

from freshet.domain.provider import Provider
from tests.functional.world import USER, World

MACHINE = {"client_id": "night-job", "sub": "night-job"}
ACTING = "freshet/read freshet/act-as"


def test_a_machine_sees_what_the_user_it_names_sees(world: World) -> None:
    connection_id, _ = world.link()
    headers = {"freshet-user": USER}
    answer = world.call("GET", "/v1/connections", scope=ACTING, claims=MACHINE, headers=headers)
    assert [each["id"] for each in answer.body["items"]] == [connection_id]


def test_a_machine_that_names_nobody_is_told_so(world: World) -> None:
    answer = world.call("GET", "/v1/connections", scope=ACTING, claims=MACHINE)
    assert (answer.status, answer.body["code"]) == (400, "user_missing")


def test_a_users_token_cannot_name_another_user(world: World) -> None:
    answer = world.call("GET", "/v1/connections", headers={"freshet-user": "user-2"})
    assert (answer.status, answer.body["code"]) == (403, "acting_not_allowed")


def test_the_books_keep_who_acted_and_for_whom(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    answer = world.call(
        "POST",
        f"/v1/connections/{connection_id}/refresh",
        scope="freshet/refresh freshet/act-as",
        claims=MACHINE,
        headers={"freshet-user": USER},
    )
    assert answer.status == 202
    (row,) = [row for row in world.rows("USER#") if row["SK"]["S"].startswith("LEDGER#")]
    assert (row["user_id"]["S"], row["actor"]["S"]) == (USER, "night-job")


def test_acting_for_users_needs_the_scopes_as_well(world: World) -> None:
    connection_id, _ = world.link()
    path = f"/v1/connections/{connection_id}/refresh"
    headers = {"freshet-user": USER}
    answer = world.call("POST", path, scope=ACTING, claims=MACHINE, headers=headers)
    assert (answer.status, answer.body["code"]) == (403, "missing_scope")


def test_the_claim_that_names_the_user_is_a_setting(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("USER_ID_CLAIM", "customer")
    answer = world.call("GET", "/v1/connections", claims={"customer": "c-1"})
    assert answer.status == 200
    assert world.call("GET", "/v1/connections").status == 403


def test_providers_say_what_is_configured_and_what_it_costs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVIDERS", "snaptrade")
    items = world.call("GET", "/v1/providers").body["items"]
    assert {each["name"] for each in items} == set(Provider)
    assert {each["name"] for each in items if each["configured"]} == {"snaptrade"}


def test_a_provider_without_keys_is_not_there(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PROVIDERS", "snaptrade")
    connection_id, _ = world.link_item()
    world.work()
    shown = world.call("GET", f"/v1/connections/{connection_id}").body
    assert shown["status_reason"] == "provider_not_configured"
    answer = world.call("POST", f"/v1/connections/{connection_id}/refresh")
    assert (answer.status, answer.body["code"]) == (503, "provider_not_configured")
    assert world.deliver_raw(b"{}", {"Plaid-Verification": "x"}, "plaid") == 404
