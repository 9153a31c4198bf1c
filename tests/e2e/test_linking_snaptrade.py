"""Linking and repairing at SnapTrade on the deployed stack: portal, webhooks, closed tabs."""

from collections import Counter
from typing import Any

import pytest

from tests.e2e.company import Company
from tests.e2e.frontend import REDIRECT, Frontend
from tests.e2e.webhooks import webhooks_held
from tests.local_stack.deployed import Deployed
from tests.patience import eventually


@pytest.fixture(scope="module")
def company(running: Deployed) -> Company:
    return Company(running, "repairs-snaptrade", "ConnectionNeedsUser", "ConnectionRecovered")


def _registrations(running: Deployed) -> int:
    counted = running.snaptrade.requests()["operations"].get("register_user", {})
    return int(counted.get("200", 0))


def _delivered(running: Deployed, provider_connection_id: str) -> list[dict[str, Any]]:
    """Everything SnapTrade told of a connection, once all of it has arrived."""
    return eventually(
        lambda: [
            each
            for each in running.snaptrade.deliveries()
            if each["connection_id"] == provider_connection_id
        ],
        until=lambda found: bool(found) and {each["status"] for each in found} == {"delivered"},
    )


def test_webhook_alone_brings_a_connection_in_when_the_tab_is_closed(running: Deployed) -> None:
    user, before = Frontend(running, "anton"), _registrations(running)
    sessions = user.in_tabs(
        *[lambda: user.open_session(provider="snaptrade", redirect_uri=REDIRECT)] * 2
    )
    assert _registrations(running) == before + 1
    visit = running.snaptrade.use_portal(sessions[0]["url"], portfolio=["everyday"])
    assert visit.redirect.startswith(f"{REDIRECT}/{sessions[0]['state']}?")
    connection = user.connection()
    assert connection["provider_ids"] == {"connection": visit.connection_id}
    followed = user.follow(sessions[0])
    assert (followed["status"], followed["connection_id"]) == ("completed", connection["id"])
    assert user.positions(connection)


def test_webhooks_change_nothing_when_the_tab_came_first(running: Deployed) -> None:
    user = Frontend(running, "berta")
    session = user.open_session(provider="snaptrade")
    with webhooks_held(running.snaptrade, order="reversed"):
        visit = running.snaptrade.use_portal(session["url"], portfolio=["everyday"])
        brought = {"link_session_id": session["id"], "state": session["state"]}
        answers = user.in_tabs(*[lambda: user.arrive(provider="snaptrade", **brought)] * 2)
        assert Counter(each.status for each in answers) == {201: 1, 200: 1}
        assert len({each.body["id"] for each in answers}) == 1
    for each in _delivered(running, str(visit.connection_id)):
        running.snaptrade.redeliver(each["webhook_id"])
    connection = user.connection()
    assert connection["id"] == answers[0].body["id"]
    assert user.follow(session)["connection_id"] == connection["id"]
    assert user.positions(connection)
    eventually(lambda: running.queued("WebhookQueueUrl"), until=lambda waiting: waiting == 0)
    assert len(user.connections()) == 1


def test_ids_stay_when_a_broken_connection_is_linked_again(
    running: Deployed, company: Company
) -> None:
    user = Frontend(running, "carla")
    session = user.open_session(provider="snaptrade")
    running.snaptrade.use_portal(session["url"], portfolio=["everyday"])
    before = user.connection()
    assert user.positions(before)
    accounts = [each["id"] for each in user.accounts(before)]
    running.snaptrade.disable(before["provider_ids"]["connection"])
    broken = user.connection(status="needs_user")
    again = user.open_session(**broken["user_action"]["body"])
    with webhooks_held(running.snaptrade):
        running.snaptrade.use_portal(again["url"])
        # That a browser came back proves nothing: only a read does.
        assert user.follow(again)["status"] == "pending"
        assert user.connection(status="needs_user")["id"] == before["id"]
    after = user.connection()
    assert after["id"] == before["id"]
    assert [each["id"] for each in user.accounts(after)] == accounts
    assert user.follow(again)["status"] == "completed"
    told = company.told_of(before["id"], count=2)
    assert [each["detail-type"] for each in told] == ["ConnectionNeedsUser", "ConnectionRecovered"]
