"""Requests per minute, per Item and per client, as documented for each environment."""

from dataclasses import dataclass

from tests.simulators.common.limits import RollingLimit
from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.models import Item
from tests.simulators.plaid.world import World

REFRESH = "investments_refresh"
CLIENT = ""


@dataclass(frozen=True, slots=True)
class Quota:
    """The limits of one operation: (per Item, per client)."""

    code: str
    sandbox: tuple[int, int]
    production: tuple[int, int]


_QUOTAS = {
    "investments_holdings_get": Quota("INVESTMENT_HOLDINGS_GET_LIMIT", (100, 1000), (15, 2000)),
    "investments_transactions_get": Quota(
        "INVESTMENT_TRANSACTIONS_LIMIT", (100, 1000), (30, 20000)
    ),
    "accounts_get": Quota("ACCOUNTS_LIMIT", (100, 5000), (15, 15000)),
    "item_get": Quota("ITEM_GET_LIMIT", (40, 5000), (15, 5000)),
    "item_remove": Quota("RATE_LIMIT", (100, 500), (30, 2000)),
    # Documented for the client alone.
    "institutions_get_by_id": Quota("INSTITUTIONS_GET_BY_ID_LIMIT", (0, 400), (0, 400)),
}


def take_allowance(world: World, operation: str, item: Item | None) -> None:
    """Count a request; raises PlaidRefusal, and counts nothing, when either limit is used up."""
    quota = _quota(world, operation)
    if quota is None:
        return
    code, limits = quota
    now, taken = world.now().timestamp(), list[RollingLimit]()
    scopes = [(CLIENT, limits[1])] if item is None else zip((item.id, CLIENT), limits, strict=True)
    for scope, limit in scopes:
        rolling = world.limits.setdefault((operation, scope), RollingLimit())
        if not rolling.take(now=now, limit=limit).is_allowed:
            for each in taken:
                each.give_back()
            raise PlaidRefusal(code)
        taken.append(rolling)


def give_back(world: World, operation: str, item: Item) -> None:
    """Forget a counted request of this Item."""
    for scope in (item.id, CLIENT):
        if (operation, scope) in world.limits:
            world.limits[operation, scope].give_back()


def _quota(world: World, operation: str) -> tuple[str, tuple[int, int]] | None:
    knobs = world.knobs
    if operation == REFRESH:
        limits = knobs.refresh_item_limit, knobs.refresh_client_limit
        return knobs.refresh_limit_code, limits
    quota = _QUOTAS.get(operation)
    if quota is None or not knobs.read_limits:
        return None
    is_sandbox = world.settings.environment == "sandbox"
    return quota.code, quota.sandbox if is_sandbox else quota.production
