"""Versions, changes and days on the deployed stack: real gateway, real rows, real permissions."""

from datetime import timedelta
from typing import Any

import pytest

from freshet.adapters.dynamodb.snapshot_history import DynamoSnapshotHistory
from freshet.adapters.dynamodb.snapshot_store import DynamoSnapshotStore
from freshet.adapters.dynamodb.table import Table
from tests.builders import NEW_YORK, NOON
from tests.integration.racing import READINGS, a_numbered_reading, demand_untorn, race
from tests.local_stack.deployed import Deployed
from tests.patience import eventually

USER = "historian"
MANY = 1_200


@pytest.fixture(scope="module")
def account(running: Deployed) -> str:
    """An account whose holdings have changed once, from nothing much to very many lines."""
    connection_id = running.link(USER, portfolio=["everyday"])
    api = running.api(USER)
    path = f"/v1/connections/{connection_id}/accounts"

    def loaded() -> list[dict[str, Any]]:
        return [each for each in api.items(path) if each["freshness"]["changed_at"]]

    (found,) = eventually(loaded, until=bool)
    provider_account_id = found["provider_ids"]["account"]
    running.snaptrade.replace_holdings(
        provider_account_id, positions=[a_line(number) for number in range(MANY)]
    )
    connection = api.get(f"/v1/connections/{connection_id}").body
    running.snaptrade.send_webhook(
        connection["provider_ids"]["connection"],
        "ACCOUNT_HOLDINGS_UPDATED",
        account_id=provider_account_id,
    )
    account_id = str(found["id"])
    changes = f"/v1/accounts/{account_id}/changes"
    eventually(lambda: api.get(changes).body["items"], until=bool)
    return account_id


def a_line(number: int) -> dict[str, Any]:
    return {
        "instrument": {"kind": "stock", "id": f"i-{number}", "symbol": f"S{number}"},
        "units": f"{number}.5",
        "price": "10.01",
        "currency": "USD",
    }


def test_every_line_is_there_once_when_a_large_account_is_paged(
    running: Deployed, account: str
) -> None:
    api = running.api(USER)
    symbols, cursor = [], ""
    while True:
        page = api.get(f"/v1/accounts/{account}/holdings?limit=500{cursor}").body
        symbols += [each["instrument"]["symbol"] for each in page["positions"]]
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert symbols == [f"S{number}" for number in range(MANY)]


def test_lists_are_answered_by_the_deployed_functions(running: Deployed, account: str) -> None:
    api = running.api(USER)
    versions = api.get(f"/v1/accounts/{account}/snapshots").body["items"]
    assert [each["position_count"] for each in versions][0] == MANY
    assert len(versions) == 2
    changes = api.get(f"/v1/accounts/{account}/changes?limit=5").body
    assert len(changes["items"]) == 5
    assert changes["next_cursor"]
    (today, *_) = api.get(f"/v1/accounts/{account}/history").body["items"]
    assert today["origin"] == "close"
    portfolio = api.get("/v1/portfolio").body
    assert [each["id"] for each in portfolio["accounts"]] == [account]


def test_writers_leave_nothing_torn_when_they_race_on_the_deployed_table(
    running: Deployed,
) -> None:
    client = running.stack.client("dynamodb")
    table = Table(client, running.stack.outputs["SnapshotsTableName"])
    store = DynamoSnapshotStore(table, retention=timedelta(days=35), zone=NEW_YORK)
    readings = [a_numbered_reading(number) for number in range(READINGS)]
    race(store, readings)
    history = DynamoSnapshotHistory(table, zone=NEW_YORK, clock=lambda: NOON)
    demand_untorn(store, history, readings)
