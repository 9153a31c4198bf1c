"""No budget is ever exceeded, also not by a hundred requests at once."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from freshet.adapters.dynamodb.connection_items import connection_to_item
from freshet.domain.errors import BudgetExhausted, ConcurrentChange
from freshet.domain.identifiers import refresh_id_for
from freshet.domain.purchase import PurchasePolicy
from tests.builders import NOON, USER, a_connection, a_policy, a_refresh
from tests.clients import DynamoDB
from tests.depth import many
from tests.integration.one_at_a_time import one_at_a_time
from tests.integration.stores import Stores, dynamo_stores

REQUESTS = many(in_gate=40, deep=100)


def _connection_id(number: int) -> str:
    # Ids of ours have no digit below 2.
    return "con_" + f"{number:024d}".translate(str.maketrans("0189", "wxyz"))


def _reserve_all(stores: Stores, policy: PurchasePolicy, *, connections: int) -> int:
    ids = [_connection_id(number) for number in range(connections)]
    for connection_id in ids:
        stores.connections_table().put(connection_to_item(a_connection(id=connection_id)))

    def request(number: int) -> bool:
        connection_id = ids[number % connections]
        refresh = a_refresh(
            id=refresh_id_for(connection_id, str(number)), connection_id=connection_id
        )
        try:
            judged = a_connection(id=connection_id)
            stores.refreshes.reserve(refresh, judged=judged, policy=policy, now=NOON)
        except (BudgetExhausted, ConcurrentChange):
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        return sum(pool.map(request, range(REQUESTS)))


@pytest.mark.parametrize(
    ("policy", "most"),
    [
        ({"user_daily_refreshes": 7, "monthly_budget": Decimal(100)}, 7),
        ({"user_daily_refreshes": 99, "monthly_budget": Decimal("0.55")}, 11),
    ],
)
def test_exactly_what_fits_is_reserved_when_twenty_connections_have_many_requests(
    dynamodb: DynamoDB, policy: dict[str, Any], most: int
) -> None:
    stores = dynamo_stores(one_at_a_time(dynamodb))
    reserved = _reserve_all(stores, a_policy(**policy), connections=20)
    calls, spent = stores.spent()["deployment"]
    assert (reserved, calls, spent) == (most, most, most * Decimal("0.05"))
    assert stores.spent()["user"] == (most, most * Decimal("0.05"))


def test_one_refresh_is_open_when_many_requests_meet_on_one_connection(dynamodb: DynamoDB) -> None:
    stores = dynamo_stores(one_at_a_time(dynamodb))
    assert _reserve_all(stores, a_policy(), connections=1) == 1
    (connection,) = stores.connections.of_user(USER)
    assert connection.slots.holdings.refresh_id is not None
    assert stores.spent()["deployment"] == (1, Decimal("0.05"))
