"""Yesterday's transactions: unbilled, stored and served."""

from typing import Any

import pytest

from tests.functional.transaction_stage import YESTERDAY, an_activity
from tests.functional.world import Answer, World


def _sync(world: World, connection_id: str) -> Answer:
    return world.call("POST", f"/v1/connections/{connection_id}/transactions/sync")


def test_a_sync_goes_through_the_refresh_machine_and_costs_nothing(world: World) -> None:
    connection_id, _ = world.link(portfolio=["everyday"])
    world.work()
    answer = _sync(world, connection_id)
    assert answer.status == 202
    assert (answer.body["kind"], answer.body["method"]) == ("transactions", "sync")
    assert answer.body["cost"] == {"amount": "0", "currency": "USD"}
    for received in world.webhooks("ACCOUNT_TRANSACTIONS_UPDATED", 1):
        assert world.deliver(received) == 200
    world.work()
    assert world.call("GET", answer.headers["Location"]).body["status"] == "complete"
    assert world.simulator.control.bill().count == 0


def test_what_is_there_already_is_not_asked_for(world: World) -> None:
    connection_id, _ = world.link(portfolio=["everyday"])
    world.work()
    _sync(world, connection_id)
    world.deliver(world.webhooks("ACCOUNT_TRANSACTIONS_UPDATED", 1)[0])
    world.work()
    requests = world.simulator.control.requests()["operations"]["sync_transactions"]
    answer = _sync(world, connection_id)
    assert answer.body["status"] == "no_change"
    assert world.simulator.control.requests()["operations"]["sync_transactions"] == requests


def test_transactions_are_served_newest_first_and_page_by_page(world: World) -> None:
    connection_id, _ = world.link(portfolio=["everyday"])
    world.work()
    (account,) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    path = f"/v1/accounts/{account['id']}/transactions"
    whole = world.call("GET", path).body["items"]
    assert len(whole) > 2
    days = [each["happened_on"] for each in whole]
    assert days == sorted(days, reverse=True)
    paged: list[Any] = []
    query: dict[str, str] = {"limit": "2"}
    while True:
        page = world.call("GET", path, query=query).body
        paged += page["items"]
        if page["next_cursor"] is None:
            break
        query = {"limit": "2", "cursor": page["next_cursor"]}
    assert paged == whole


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "501"}, {"limit": "x"}, {"cursor": "!"}, {"cursor": "QUJD"}]
)
def test_a_bad_page_is_refused_by_name(world: World, query: dict[str, str]) -> None:
    connection_id, _ = world.link(portfolio=["everyday"])
    world.work()
    (account,) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    answer = world.call("GET", f"/v1/accounts/{account['id']}/transactions", query=query)
    assert answer.status == 422
    assert next(iter(query)) in answer.body["detail"]


def test_reading_the_same_transactions_again_stores_nothing_twice(world: World) -> None:
    connection_id, at_provider = world.link(portfolio=["everyday"])
    world.work()
    before = len(_stored(world))
    world.simulator.control.send_webhook(at_provider.connection_id, "ACCOUNT_TRANSACTIONS_UPDATED")
    world.deliver(world.webhooks("ACCOUNT_TRANSACTIONS_UPDATED", 1)[0])
    world.work()
    assert len(_stored(world)) == before > 0


def test_ids_are_unique_when_two_accounts_have_equal_transactions(world: World) -> None:
    shown = []
    for _ in range(2):
        connection_id, original = world.link(portfolio=["empty"])
        (account_id,) = original.account_ids
        account = world.simulator.world.accounts[account_id]
        account.activities.append(an_activity(YESTERDAY, "1.10", "activity-1"))
        world.work()
        (ours,) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
        items = world.call("GET", f"/v1/accounts/{ours['id']}/transactions").body["items"]
        shown.append({each.pop("id"): each for each in items})
    assert [each for each in shown[0].values() if each["amount"] == "1.10"]
    assert not shown[0].keys() & shown[1].keys()


def _stored(world: World) -> list[Any]:
    rows = world.rows("USER#", "snapshots")
    return [row for row in rows if row["SK"]["S"].startswith("TRANSACTION#")]
