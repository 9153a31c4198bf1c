"""A connection with room in its budgets, and refreshes that reserve from them."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from freshet.domain.identifiers import refresh_id_for
from freshet.domain.refresh import Refresh
from tests.builders import CONNECTION_ID, NOON, USER, a_policy, a_refresh, changed
from tests.integration.stores import Stores

LATER = NOON + timedelta(seconds=2)
NOTHING = (0, Decimal(0))
ONE = (1, Decimal("0.05"))


def wanted_refresh(key: str = "first", **changes: Any) -> Refresh:
    """A refresh of the usual connection, wanted under this key."""
    return a_refresh(id=refresh_id_for(CONNECTION_ID, key), **changes)


def reserve(money: Stores, key: str = "first", **policy: Any) -> Refresh:
    """Reserve the money of a refresh under the usual policy with some changes."""
    return money.refreshes.reserve(
        wanted_refresh(key),
        judged=money.connections.get(USER, CONNECTION_ID),
        policy=a_policy(**policy),
        now=NOON,
    )


def free_connection(money: Stores) -> None:
    """Let the connection go, as an ended refresh does."""
    money.connections.change(USER, CONNECTION_ID, lambda row: changed(row, open_refresh_id=None))
