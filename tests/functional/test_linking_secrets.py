"""Nothing that opens a door shows in what linking leaves behind: logs, tables, messages."""

import json

import pytest

from tests.functional.linking import REDIRECT, arrive, open_session, post, session_now
from tests.functional.world import World
from tests.leaks import joined, leaks, rows_content


def test_no_secret_of_linking_is_left_in_the_clear(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    portal = open_session(world, provider="snaptrade", redirect_uri=REDIRECT)
    link = open_session(world, provider="plaid")
    world.simulator.control.use_portal(portal["url"])
    public_token = str(world.plaid.control.complete_link(link["link_token"]))
    came = [
        arrive(world, provider="snaptrade", link_session_id=portal["id"], state=portal["state"]),
        arrive(world, provider="plaid", public_token=public_token, link_session_id=link["id"]),
        arrive(world, provider="plaid", public_token="public-sandbox-of-nobody"),
    ]
    assert [each.status for each in came] == [201, 201, 422]
    world.simulator.control.add_fault("login", "status", status=500, times=9)
    post(world, "/v1/link-sessions", provider="snaptrade")
    messages = world.messages("snapshot")
    followed = [session_now(world, each) for each in (portal, link)]

    left = {
        "logs": capsys.readouterr().out.encode(),
        "rows": rows_content(world.rows("")),
        "messages": joined(messages),
        "answers": json.dumps([each.body for each in came] + followed).encode(),
    }
    user = world.simulator.control.state()["users"][0]
    item = world.plaid.control.state()["items"][0]
    secrets = {
        "portal link": portal["url"],
        "portal token": portal["url"].split("token=")[1].split("&")[0],
        "link token": link["link_token"],
        "public token": public_token,
        "another public token": "public-sandbox-of-nobody",
        "state": portal["state"],
        "other state": link["state"],
        "user secret": user["user_secret"],
        "access token": item["access_token"],
    }
    assert all(len(text) > 100 for text in left.values())
    assert leaks(left, secrets) == []
