"""Linking at SnapTrade, from the first request to the first read."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.functional.linking import (
    REDIRECT,
    arrive,
    connections,
    hear,
    open_session,
    post,
    session_now,
)
from tests.functional.world import USER, World


def _users(world: World) -> list[str]:
    return [each["user_id"] for each in world.simulator.control.state()["users"]]


def _visit(world: World, session: dict[str, Any], **visit: Any) -> Any:
    return world.simulator.control.use_portal(session["url"], **visit)


def test_a_user_links_and_sees_holdings_when_the_webhook_comes(world: World) -> None:
    session = open_session(world, provider="snaptrade", redirect_uri=REDIRECT)
    assert (session["status"], session["link_token"]) == ("pending", None)
    visit = _visit(world, session)
    parts = urlsplit(visit.redirect)
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{REDIRECT}/{session['state']}"
    assert parse_qs(parts.query)["status"] == ["SUCCESS"]
    assert session_now(world, session)["status"] == "pending"
    hear(world, "CONNECTION_ADDED")
    (connection,) = connections(world)
    assert (connection["status"], connection["provider"]) == ("active", "snaptrade")
    followed = session_now(world, session)
    assert (followed["status"], followed["connection_id"]) == ("completed", connection["id"])
    assert (followed["url"], "state" in followed) == (None, False)
    accounts = world.call("GET", f"/v1/connections/{connection['id']}/accounts").body["items"]
    assert len(accounts) == len(visit.account_ids)
    assert {each["freshness"]["status"] for each in accounts} == {"fresh"}


@pytest.mark.parametrize("by", ["provider_connection_id", "link_session_id"])
def test_a_connection_is_taken_in_when_the_tab_comes_before_the_webhook(
    world: World, by: str
) -> None:
    session = open_session(world, provider="snaptrade")
    visit = _visit(world, session)
    named = {
        "provider_connection_id": {"provider_connection_id": visit.connection_id},
        "link_session_id": {"link_session_id": session["id"], "state": session["state"]},
    }[by]
    taken_in = arrive(world, provider="snaptrade", **named)
    assert (taken_in.status, taken_in.body["status"]) == (201, "initialising")
    assert taken_in.headers["Location"] == f"/v1/connections/{taken_in.body['id']}"
    again = arrive(world, provider="snaptrade", **named)
    assert (again.status, again.body["id"]) == (200, taken_in.body["id"])
    hear(world, "CONNECTION_ADDED")
    (connection,) = connections(world)
    assert (connection["id"], connection["status"]) == (taken_in.body["id"], "active")
    assert session_now(world, session)["connection_id"] == connection["id"]


def test_the_same_connection_is_answered_when_the_webhook_came_first(world: World) -> None:
    session = open_session(world, provider="snaptrade")
    visit = _visit(world, session)
    hear(world, "CONNECTION_ADDED")
    answer = arrive(
        world,
        provider="snaptrade",
        provider_connection_id=visit.connection_id,
        link_session_id=session["id"],
    )
    assert (answer.status, answer.body["status"]) == (200, "active")
    assert len(connections(world)) == 1


def test_nothing_is_taken_in_when_the_user_left_the_portal(world: World) -> None:
    session = open_session(world, provider="snaptrade")
    _visit(world, session, outcome="abandoned")
    refused = arrive(world, provider="snaptrade", link_session_id=session["id"])
    assert (refused.status, refused.body["code"]) == (409, "link_unfinished")
    assert session_now(world, session)["status"] == "pending"
    assert connections(world) == []


def test_two_tabs_are_one_user_when_both_link(world: World) -> None:
    sessions = [open_session(world, provider="snaptrade") for _ in range(2)]
    assert len(_users(world)) == 1
    assert USER not in _users(world)[0]
    made = [
        _visit(world, session, login=f"login-{at}").connection_id
        for at, session in enumerate(sessions)
    ]
    taken_in = [
        arrive(
            world,
            provider="snaptrade",
            provider_connection_id=each,
            link_session_id=session["id"],
        )
        for session, each in zip(sessions, made, strict=True)
    ]
    assert [each.status for each in taken_in] == [201, 201]
    shown = [session_now(world, each)["connection_id"] for each in sessions]
    assert shown == [each.body["id"] for each in taken_in]


def test_a_broken_connection_is_the_same_one_when_it_is_linked_again(world: World) -> None:
    _visit(world, open_session(world, provider="snaptrade"))
    hear(world, "CONNECTION_ADDED")
    (before,) = connections(world)
    path = f"/v1/connections/{before['id']}/accounts"
    accounts = [each["id"] for each in world.call("GET", path).body["items"]]
    world.simulator.control.disable(before["provider_ids"]["connection"])
    hear(world, "CONNECTION_BROKEN")
    (broken,) = connections(world)
    action = broken["user_action"]
    assert (broken["status"], action["href"]) == ("needs_user", "/v1/link-sessions")
    session = open_session(world, **action["body"])
    assert session["connection_id"] == before["id"]
    _visit(world, session)
    assert session_now(world, session)["status"] == "pending"
    hear(world, "CONNECTION_FIXED")
    assert session_now(world, session)["status"] == "completed"
    (after,) = connections(world)
    assert (after["id"], after["status"]) == (before["id"], "active")
    assert [each["id"] for each in world.call("GET", path).body["items"]] == accounts


def test_a_repair_is_seen_when_the_tab_says_so_and_no_webhook_comes(world: World) -> None:
    connection_id, original = world.link()
    world.work()
    world.simulator.control.disable(original.connection_id)
    hear(world, "CONNECTION_BROKEN")
    session = open_session(world, connection_id=connection_id)
    world.simulator.control.lose_webhooks(event_type="CONNECTION_FIXED")
    _visit(world, session)
    returned = arrive(world, provider="snaptrade", link_session_id=session["id"])
    assert (returned.status, returned.body["status"]) == (200, "needs_user")
    world.work()
    assert session_now(world, session)["status"] == "completed"
    assert connections(world)[0]["status"] == "active"


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"redirect_uri": "https://evil.example"}, "redirect_uri: is not on the list"),
        ({"redirect_uri": None}, "redirect_uri: must be a text of 1 to 2048 characters"),
        ({"redirect_uri": f"{REDIRECT}/x"}, "redirect_uri: is not on the list"),
        ({"redirect_url": REDIRECT}, "redirect_url: is not a known field"),
        ({"provider": "bank"}, "provider: must be"),
        ({"provider": None}, "provider: must be"),
        ({"state": "short"}, "state: must have"),
        ({"state": 7}, "state: must be a text"),
        ({"institution": ""}, "institution: must be a text"),
    ],
)
def test_a_session_is_refused_when_a_field_makes_no_sense(
    world: World, body: dict[str, Any], detail: str
) -> None:
    refused = post(world, "/v1/link-sessions", **({"provider": "snaptrade"} | body))
    assert (refused.status, refused.body["code"]) == (422, "invalid_field")
    assert refused.body["detail"].startswith(detail)
    assert _users(world) == []


@pytest.mark.parametrize(
    ("provider", "institution"),
    [("snaptrade", "NO-SUCH"), ("snaptrade", "\ud83d"), ("plaid", "ins_none"), ("plaid", "ACME")],
)
def test_institution_is_refused_by_name_when_the_provider_does_not_know_it(
    world: World, provider: str, institution: str
) -> None:
    refused = post(world, "/v1/link-sessions", provider=provider, institution=institution)
    assert (refused.status, refused.body["code"]) == (422, "invalid_field")
    assert refused.body["detail"] == "institution: is not known to the provider"


def test_institution_of_a_connection_is_known_when_it_is_named_again(world: World) -> None:
    world.link()
    world.link_item()
    world.work()
    for each in connections(world):
        named = {"provider": each["provider"], "institution": each["institution"]["id"]}
        assert post(world, "/v1/link-sessions", **named).status == 201


def test_trouble_stays_ours_when_the_provider_refuses_more_than_an_institution(
    world: World,
) -> None:
    fault = {"status": 400, "code": "1076", "times": 1}
    world.simulator.control.add_fault("login", "status", **fault)
    named = {"provider": "snaptrade", "institution": "ACME"}
    assert post(world, "/v1/link-sessions", **named).body["code"] == "provider_rejected_us"


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"provider": "snaptrade"}, "provider_connection_id: is missing"),
        ({"provider": "snaptrade", "public_token": "p"}, "public_token: means nothing"),
        ({"provider": "plaid", "provider_connection_id": "c"}, "provider_connection_id: means"),
        ({"provider": "plaid"}, "public_token: is missing"),
        ({"provider": "plaid", "public_token": "p", "state": "s"}, "state: means nothing"),
        ({}, "provider: must be"),
        ({"item": "x"}, "item: is not a known field"),
    ],
)
def test_an_arrival_is_refused_when_a_field_makes_no_sense(
    world: World, body: dict[str, Any], detail: str
) -> None:
    refused = arrive(world, **body)
    assert (refused.status, refused.body["code"]) == (422, "invalid_field")
    assert refused.body["detail"].startswith(detail)


def test_a_tab_is_refused_when_its_state_is_another_tabs(world: World) -> None:
    mine, other = (open_session(world, provider="snaptrade") for _ in range(2))
    visit = _visit(world, mine)
    wrong = arrive(
        world,
        provider="snaptrade",
        provider_connection_id=visit.connection_id,
        link_session_id=mine["id"],
        state=other["state"],
    )
    assert (wrong.status, wrong.body["code"]) == (422, "invalid_field")
    assert wrong.body["detail"].startswith("state: ")
    assert connections(world) == []


def test_nothing_is_told_apart_when_it_is_anothers_or_nobodys(world: World) -> None:
    session = open_session(world, provider="snaptrade")
    visit = _visit(world, session)
    hear(world, "CONNECTION_ADDED")
    (connection,) = connections(world)
    open_session(world, provider="snaptrade", user_id="user-2")
    nobody = "lnk_" + "a" * 24
    for theirs, none in (
        ({"link_session_id": session["id"]}, {"link_session_id": nobody}),
        ({"provider_connection_id": visit.connection_id}, {"provider_connection_id": nobody}),
    ):
        answers = [
            arrive(world, user_id="user-2", provider="snaptrade", **each) for each in (theirs, none)
        ]
        assert [each.status for each in answers] == [404, 404]
        assert answers[0].body == answers[1].body
    repairs = [
        post(world, "/v1/link-sessions", user_id="user-2", connection_id=each)
        for each in (connection["id"], "con_" + "a" * 24, "con_nonsense")
    ]
    assert [each.status for each in repairs] == [404] * 3
    followed = world.call(
        "GET", f"/v1/link-sessions/{session['id']}", user_id="user-2", scope="freshet/link"
    )
    assert followed.status == 404
    assert connections(world, user_id="user-2") == []


def test_linking_needs_its_scope(world: World) -> None:
    for method, path in (
        ("POST", "/v1/link-sessions"),
        ("GET", "/v1/link-sessions/lnk_" + "a" * 24),
        ("POST", "/v1/connections"),
    ):
        refused = world.call(method, path, scope="freshet/read freshet/refresh")
        assert (refused.status, refused.body["code"]) == (403, "missing_scope")


def test_user_links_as_another_one_when_snaptrade_refuses_the_secret(world: World) -> None:
    _visit(world, open_session(world, provider="snaptrade"), holder="jo")
    hear(world, "CONNECTION_ADDED")
    (before,), (known,) = _users(world), connections(world)
    path = "/v1/connections/{}/accounts"
    accounts = world.call("GET", path.format(known["id"])).body["items"]
    world.simulator.control.add_fault("login", "status", status=401, code="1083", times=1)
    session = open_session(world, provider="snaptrade")
    assert [each for each in _users(world) if each != before]
    _visit(world, session, holder="jo")
    hear(world, "CONNECTION_ADDED")
    followed = session_now(world, session)
    assert followed["status"] == "completed"
    assert followed["connection_id"] != known["id"]
    # The institution says that they are the same: they live on under the new link.
    after = world.call("GET", path.format(followed["connection_id"])).body["items"]
    assert [each["id"] for each in after] == [each["id"] for each in accounts]
