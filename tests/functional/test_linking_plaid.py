"""Linking at Plaid, from the link token to the first read."""

from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from freshet import wiring
from tests.functional.linking import REDIRECT, arrive, connections, open_session, post, session_now
from tests.functional.world import World


def _linked(world: World, **body: Any) -> tuple[dict[str, Any], str]:
    session = open_session(world, provider="plaid", **body)
    public_token = world.plaid.control.complete_link(session["link_token"])
    assert public_token is not None
    return session, public_token


def _items(world: World) -> list[str]:
    return [each["item_id"] for each in world.plaid.control.state()["items"]]


def _break_the_vault() -> None:
    def refuse(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://vault.example")

    events = wiring.client("secretsmanager").meta.events
    events.register("before-call.secretsmanager.CreateSecret", refuse)


def test_a_user_links_and_sees_holdings_when_the_tab_comes_back(world: World) -> None:
    session, public_token = _linked(world, redirect_uri=REDIRECT)
    assert session["url"] is None
    assert session_now(world, session)["status"] == "pending"
    taken_in = arrive(
        world,
        provider="plaid",
        public_token=public_token,
        link_session_id=session["id"],
        state=session["state"],
    )
    assert (taken_in.status, taken_in.body["status"]) == (201, "initialising")
    world.work()
    (connection,) = connections(world)
    assert (connection["id"], connection["status"]) == (taken_in.body["id"], "active")
    followed = session_now(world, session)
    assert (followed["status"], followed["connection_id"]) == ("completed", connection["id"])
    accounts = world.call("GET", f"/v1/connections/{connection['id']}/accounts").body["items"]
    account = next(each for each in accounts if each["kind"] == "investment")
    holdings = world.call("GET", f"/v1/accounts/{account['id']}/holdings").body
    assert holdings["positions"]


def test_a_session_is_completed_when_the_tab_does_not_name_it(world: World) -> None:
    session, public_token = _linked(world)
    taken_in = arrive(world, provider="plaid", public_token=public_token)
    assert session_now(world, session)["connection_id"] == taken_in.body["id"]


@pytest.mark.parametrize("is_named", [True, False])
def test_the_same_connection_is_answered_when_the_token_comes_again(
    world: World, is_named: bool
) -> None:
    session, public_token = _linked(world)
    body = {"provider": "plaid", "public_token": public_token}
    body |= {"link_session_id": session["id"]} if is_named else {}
    first, second = (arrive(world, **body) for _ in range(2))
    assert [first.status, second.status] == [201, 200]
    assert first.body["id"] == second.body["id"]
    assert len(_items(world)) == 1


def test_webhooks_are_worked_when_they_came_before_the_tab(world: World) -> None:
    _, public_token = _linked(world)
    (item_id,) = _items(world)
    world.plaid.control.send_webhook(item_id, "HOLDINGS", "DEFAULT_UPDATE")
    assert world.deliver_plaid(world.plaid_webhook("HOLDINGS", "DEFAULT_UPDATE")) == 200
    world.work()
    (parked,) = world.rows("PARKED#plaid")
    assert "taken_at" not in parked
    assert arrive(world, provider="plaid", public_token=public_token).status == 201
    world.work()
    (parked,) = world.rows("PARKED#plaid")
    assert "taken_at" in parked
    assert connections(world)[0]["status"] == "active"


def test_an_item_tells_us_of_itself_once_it_is_linked(world: World) -> None:
    _, public_token = _linked(world)
    arrive(world, provider="plaid", public_token=public_token)
    world.work()
    (item_id,) = _items(world)
    world.plaid.control.break_login(item_id)
    assert world.deliver_plaid(world.plaid_webhook("ITEM", "ERROR")) == 200
    world.work()
    assert connections(world)[0]["status"] == "needs_user"


def test_a_broken_item_is_the_same_connection_when_it_is_repaired(world: World) -> None:
    connection_id, item = world.link_item()
    world.work()
    world.plaid.control.break_login(item.item_id)
    assert world.deliver_plaid(world.plaid_webhook("ITEM", "ERROR")) == 200
    world.work()
    (broken,) = connections(world)
    session = open_session(world, **broken["user_action"]["body"])
    assert world.plaid.control.complete_link(session["link_token"]) is None
    assert session_now(world, session)["status"] == "pending"
    returned = arrive(world, provider="plaid", link_session_id=session["id"])
    assert (returned.status, returned.body["id"]) == (200, connection_id)
    world.work()
    followed = session_now(world, session)
    assert (followed["status"], followed["connection_id"]) == ("completed", connection_id)
    assert connections(world)[0]["status"] == "active"
    assert len(_items(world)) == 1


def test_a_repair_stays_open_when_the_user_only_says_so(world: World) -> None:
    connection_id, item = world.link_item()
    world.work()
    world.plaid.control.break_login(item.item_id)
    assert world.deliver_plaid(world.plaid_webhook("ITEM", "ERROR")) == 200
    world.work()
    session = open_session(world, connection_id=connection_id)
    arrive(world, provider="plaid", link_session_id=session["id"])
    world.work()
    assert session_now(world, session)["status"] == "pending"
    assert connections(world)[0]["status"] == "needs_user"


def test_the_item_is_given_back_when_its_token_cannot_be_kept(
    world: World,
) -> None:
    session, public_token = _linked(world)
    assert len(_items(world)) == 1
    _break_the_vault()
    body = {"public_token": public_token, "link_session_id": session["id"]}
    failed = arrive(world, provider="plaid", **body)
    assert (failed.status, failed.body["code"]) == (503, "unavailable")
    assert _items(world) == []
    assert session_now(world, session)["status"] == "failed"
    assert connections(world) == []


def test_a_spent_token_is_nobodys_when_another_user_brings_it(world: World) -> None:
    _, public_token = _linked(world)
    assert arrive(world, provider="plaid", public_token=public_token).status == 201
    stolen = arrive(world, user_id="user-2", provider="plaid", public_token=public_token)
    assert (stolen.status, stolen.body["code"]) == (422, "link_invalid")
    assert public_token not in stolen.text
    assert connections(world, user_id="user-2") == []


def test_a_session_is_refused_when_it_is_of_the_other_provider(world: World) -> None:
    session, public_token = _linked(world)
    refused = arrive(world, provider="snaptrade", link_session_id=session["id"])
    assert refused.body["detail"].startswith("provider: is not the link session's")
    item = arrive(world, provider="plaid", public_token=public_token).body
    other = post(world, "/v1/link-sessions", provider="snaptrade", connection_id=item["id"])
    assert other.body["detail"].startswith("provider: is not the connection's")
    named = post(world, "/v1/link-sessions", connection_id=item["id"], institution="ins_acme")
    assert named.body["detail"].startswith("institution: ")


def test_a_revoked_item_is_linked_anew_when_it_cannot_be_repaired(world: World) -> None:
    connection_id, item = world.link_item()
    world.work()
    world.plaid.control.turn(revoked_update="refuse")
    world.plaid.control.break_login(item.item_id, code="USER_PERMISSION_REVOKED")
    refused = post(world, "/v1/link-sessions", connection_id=connection_id)
    assert (refused.status, refused.body["code"]) == (409, "link_gone")


def _let_the_answer_of_the_vault_be_lost() -> None:
    def lose(**_: Any) -> None:
        raise EndpointConnectionError(endpoint_url="https://vault.example")

    events = wiring.client("secretsmanager").meta.events
    events.register("after-call.secretsmanager.CreateSecret", lose)


def test_no_token_is_left_when_its_item_was_given_back_although_it_was_kept(world: World) -> None:
    _, public_token = _linked(world)
    _let_the_answer_of_the_vault_be_lost()
    failed = arrive(world, provider="plaid", public_token=public_token)
    assert (failed.status, _items(world)) == (503, [])
    again = arrive(world, provider="plaid", public_token=public_token)
    assert (again.status, again.body["code"]) == (422, "link_invalid")
    assert connections(world) == []


def test_link_is_well_again_when_it_was_repaired_before_its_end(world: World) -> None:
    connection_id, item = world.link_item()
    world.work()
    world.plaid.control.announce_end(item.item_id, "disconnect")
    assert world.deliver_plaid(world.plaid_webhook("ITEM", "PENDING_DISCONNECT")) == 200
    world.work()
    assert connections(world)[0]["status"] == "expiring"
    session = open_session(world, connection_id=connection_id)
    assert world.plaid.control.complete_link(session["link_token"]) is None
    arrive(world, provider="plaid", link_session_id=session["id"])
    world.work()
    assert connections(world)[0]["status"] == "active"
    assert session_now(world, session)["status"] == "completed"


def test_link_stays_expiring_when_the_item_still_tells_the_same_end(world: World) -> None:
    connection_id, item = world.link_item()
    world.work()
    world.plaid.control.announce_end(item.item_id, "expiration")
    assert world.deliver_plaid(world.plaid_webhook("ITEM", "PENDING_EXPIRATION")) == 200
    world.work()
    session = open_session(world, connection_id=connection_id)
    arrive(world, provider="plaid", link_session_id=session["id"])
    world.work()
    assert connections(world)[0]["status"] == "expiring"
    assert world.plaid.control.complete_link(session["link_token"]) is None
    arrive(world, provider="plaid", link_session_id=session["id"])
    world.work()
    assert connections(world)[0]["status"] == "active"
