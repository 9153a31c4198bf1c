"""Linking and repairing at Plaid on the deployed stack: Link, two tabs, webhooks at any time."""

from collections import Counter

import pytest

from tests.e2e.company import Company
from tests.e2e.frontend import Frontend
from tests.e2e.webhooks import plaid_tells
from tests.local_stack.deployed import Deployed


@pytest.fixture(scope="module")
def company(running: Deployed) -> Company:
    return Company(running, "repairs-plaid", "ConnectionNeedsUser", "ConnectionRecovered")


def _items(running: Deployed) -> set[str]:
    return {each["item_id"] for each in running.plaid.state()["items"]}


def test_two_tabs_make_one_connection_when_both_bring_the_token(running: Deployed) -> None:
    user, before = Frontend(running, "dieter"), _items(running)
    session = user.open_session(provider="plaid")
    public_token = running.plaid.complete_link(session["link_token"], portfolio=["everyday"])
    (item_id,) = _items(running) - before
    assert running.plaid.item(item_id)["webhook"] == f"{running.stack.api_url}/webhooks/plaid"
    plaid_tells(running, item_id)
    assert user.follow(session)["status"] == "pending"
    *answers, _ = user.in_tabs(
        *[
            lambda: user.arrive(
                provider="plaid", public_token=public_token, link_session_id=session["id"]
            )
        ]
        * 2,
        lambda: plaid_tells(running, item_id),
    )
    assert Counter(each.status for each in answers) == {201: 1, 200: 1}
    assert len({each.body["id"] for each in answers}) == 1
    plaid_tells(running, item_id)
    connection = user.connection()
    assert connection["id"] == answers[0].body["id"]
    assert _items(running) - before == {item_id}
    followed = user.follow(session)
    assert (followed["status"], followed["connection_id"]) == ("completed", connection["id"])
    assert user.positions(connection)


def test_ids_stay_when_a_broken_item_is_linked_again(running: Deployed, company: Company) -> None:
    user = Frontend(running, "erika")
    session = user.open_session(provider="plaid")
    public_token = running.plaid.complete_link(session["link_token"], portfolio=["everyday"])
    assert user.arrive(provider="plaid", public_token=public_token).status == 201
    before = user.connection()
    assert user.positions(before)
    accounts = [each["id"] for each in user.accounts(before)]
    running.plaid.break_login(before["provider_ids"]["connection"])
    broken = user.connection(status="needs_user")
    again = user.open_session(**broken["user_action"]["body"])
    assert running.plaid.complete_link(again["link_token"]) is None
    assert user.follow(again)["status"] == "pending"
    returned = user.arrive(provider="plaid", link_session_id=again["id"])
    assert (returned.status, returned.body["id"]) == (200, before["id"])
    after = user.connection()
    assert after["id"] == before["id"]
    assert [each["id"] for each in user.accounts(after)] == accounts
    assert user.follow(again)["status"] == "completed"
    told = company.told_of(before["id"], count=2)
    assert [each["detail-type"] for each in told] == ["ConnectionNeedsUser", "ConnectionRecovered"]
