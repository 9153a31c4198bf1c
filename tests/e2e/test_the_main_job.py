"""The vertical on the deployed stack: schedule, purchase, webhook, snapshot, API."""

import time
from decimal import Decimal
from typing import Any

import pytest

from tests.local_stack.deployed import Deployed
from tests.patience import eventually


def _connection(running: Deployed, user_id: str, connection_id: str) -> dict[str, Any]:
    return dict(running.api(user_id).get(f"/v1/connections/{connection_id}").body)


def _linked(running: Deployed, user_id: str, *, status: str = "active", **options: Any) -> str:
    connection_id = running.link(user_id, **options)
    eventually(
        lambda: _connection(running, user_id, connection_id),
        until=lambda shown: shown["status"] == status,
    )
    return connection_id


@pytest.fixture(scope="module", autouse=True)
def scheduled(running: Deployed) -> str:
    """Link a connection that buys by its cadence: a minute passes while the others are tested."""
    return _linked(running, "hal", refresh_every="PT24H", portfolio=["everyday"])


def _bought(running: Deployed, user_id: str, connection_id: str) -> int:
    """Count what the provider has billed for one connection."""
    theirs = _connection(running, user_id, connection_id)["provider_ids"]["connection"]
    return sum(each["connection_id"] == theirs for each in running.snaptrade.bill().entries)


def _refreshes(running: Deployed, user_id: str, connection_id: str) -> list[Any]:
    return running.api(user_id).items(f"/v1/connections/{connection_id}/refreshes")


def test_a_planned_refresh_ends_in_holdings(running: Deployed) -> None:
    connection_id = _linked(running, "dora", refresh_every="PT24H", portfolio=["everyday"])
    assert running.plan() >= 1
    (refresh,) = eventually(
        lambda: _refreshes(running, "dora", connection_id),
        until=lambda found: bool(found) and found[0]["is_terminal"],
    )
    assert refresh["status"] == "complete"
    assert refresh["trigger"] == "schedule"
    assert refresh["cost"] == {"amount": "0.05", "currency": "USD"}
    assert _bought(running, "dora", connection_id) == 1

    api = running.api("dora")
    (account,) = api.items(f"/v1/connections/{connection_id}/accounts")
    assert account["freshness"]["status"] == "fresh"
    assert account["freshness"]["broker_as_of"] > refresh["created_at"]
    holdings = api.get(f"/v1/accounts/{account['id']}/holdings").body
    by_symbol = {each["instrument"]["symbol"]: each for each in holdings["positions"]}
    fund = by_symbol["WIDE"]
    assert Decimal(fund["value"]) == Decimal(fund["units"]) * Decimal(fund["price"])
    (total,) = holdings["totals"]
    invested = [each for each in holdings["positions"] if not each["cash_equivalent"]]
    assert Decimal(total["positions"]) == sum(Decimal(each["value"]) for each in invested)
    assert Decimal(total["total"]) == Decimal(total["positions"]) + Decimal(total["cash"])


def test_a_user_buys_in_place_and_the_webhook_closes_it(running: Deployed) -> None:
    connection_id = _linked(running, "emil", portfolio=["everyday"])
    api = running.api("emil")
    answer = api.post(f"/v1/connections/{connection_id}/refresh")
    assert answer.status == 202
    assert answer.body["status"] == "accepted"
    eventually(
        lambda: api.get(answer.headers["Location"]).body,
        until=lambda refresh: refresh["status"] == "complete",
    )


def test_a_realtime_connection_is_read_without_paying(running: Deployed) -> None:
    connection_id = _linked(running, "fay", mode="realtime", portfolio=["crypto"])
    api = running.api("fay")
    answer = api.post(f"/v1/connections/{connection_id}/refresh")
    assert answer.body["method"] == "read"
    eventually(
        lambda: api.get(answer.headers["Location"]).body,
        until=lambda refresh: refresh["status"] == "complete",
    )
    assert _bought(running, "fay", connection_id) == 0


def test_a_disabled_connection_needs_its_user_and_costs_nothing(running: Deployed) -> None:
    connection_id = _linked(
        running, "gus", status="needs_user", mode="disabled", refresh_every="PT24H"
    )
    running.plan()
    refused = running.api("gus").post(f"/v1/connections/{connection_id}/refresh")
    assert refused.status == 402
    assert refused.body["user_action"]["body"] == {"connection_id": connection_id}
    assert _bought(running, "gus", connection_id) == 0


def test_the_schedule_buys_by_itself(running: Deployed, scheduled: str) -> None:
    asked_at = time.monotonic()

    def seen() -> tuple[int, list[str], int]:
        """Turns, statuses, and how much of the minute has passed in which a turn must come."""
        statuses = [each["status"] for each in _refreshes(running, "hal", scheduled)]
        halves = int((time.monotonic() - asked_at) // 30)
        return running.scheduled_turns(), statuses, min(halves, 2)

    eventually(seen, until=lambda each: each[0] > 0 and each[1] == ["complete"])
    (refresh,) = _refreshes(running, "hal", scheduled)
    assert refresh["trigger"] == "schedule"


def test_our_ledger_equals_the_providers_bill(running: Deployed) -> None:
    assert running.booked() == running.billed()
    assert running.billed()["snaptrade"] > 0
