"""No secret shows in what a whole run leaves behind: logs, tables, messages, answers."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from freshet.observability import logger
from tests.functional.world import World
from tests.leaks import joined, leaks, rows_content
from tests.log_lines import WrittenLog, written_log
from tests.simulators.plaid import SimulatedItem
from tests.simulators.snaptrade.control_answers import SimulatedConnection


@pytest.fixture
def log() -> Iterator[WrittenLog]:
    with written_log() as written:
        logger.setLevel("DEBUG")
        yield written
        logger.setLevel("INFO")


def test_no_secret_is_left_in_the_clear(world: World, log: WrittenLog) -> None:
    snaptrade_id, authorization = world.link(portfolio=["everyday"], refresh_every="PT24H")
    item_id, item = world.link_item(portfolio=["everyday"], refresh_every="PT24H")
    world.work()
    answers = _press(world, snaptrade_id, item_id)
    messages = _deliver_all(world, authorization, item)
    world.simulator.control.add_fault("positions", "drop", times=9)
    world.plaid.control.add_fault("investments_holdings_get", "html", times=9)
    _press(world, snaptrade_id, item_id)
    world.work()

    left = {
        "logs": log.text.encode(),
        "connections": rows_content(world.rows("")),
        "snapshots": rows_content(world.rows("", "snapshots")),
        "messages": joined(messages),
        "answers": json.dumps(answers).encode(),
    }
    assert all(len(text) > 100 for text in left.values())
    assert "Provider answered" in log.text
    assert leaks(left, _secrets(world, item)) == []


def _press(world: World, *connection_ids: str) -> list[Any]:
    return [
        world.call(method, f"/v1/connections/{each}{path}").body
        for each in connection_ids
        for method, path in (("POST", "/refresh"), ("GET", ""), ("GET", "/accounts"))
    ]


def _deliver_all(
    world: World, authorization: SimulatedConnection, item: SimulatedItem
) -> list[str]:
    received = world.webhooks("ACCOUNT_HOLDINGS_UPDATED", len(authorization.account_ids))
    assert {world.deliver(each) for each in received} == {200}
    assert all(b"webhookSecret" in each.body for each in received)
    world.plaid.control.send_webhook(item.item_id, "HOLDINGS", "DEFAULT_UPDATE")
    assert world.deliver_plaid(world.plaid_webhook("HOLDINGS", "DEFAULT_UPDATE")) == 200
    bodies = [body for queue in ("webhook", "refresh") for body in world.messages(queue)]
    for body in bodies:
        world.redeliver("webhook" if "received_at" in body else "refresh", body)
    world.work()
    return bodies


def _secrets(world: World, item: SimulatedItem) -> dict[str, str]:
    users = world.simulator.control.state()["users"]
    return {
        "consumer key": world.simulator.settings.consumer_key,
        "user secret": users[0]["user_secret"],
        "webhook secret": "webhookSecret",
        "Plaid secret": world.plaid.settings.secret,
        "access token": item.access_token,
    }
