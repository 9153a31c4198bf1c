"""The providers' answers for portfolios of any size, as their simulators serve them."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.simulators.plaid import PlaidSimulator
from tests.simulators.plaid.client import PlainClient
from tests.simulators.snaptrade import SimulatorSettings, SnapTradeSimulator
from tests.simulators.snaptrade.signed_client import SignedClient

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Served:
    """One account's holdings on the wire: a body for each path that was asked."""

    account_id: str
    bodies: dict[str, bytes]


def snaptrade_holdings(count: int) -> Served:
    """Serve positions and balances of an account with this many positions."""
    with SnapTradeSimulator(SimulatorSettings(clock=lambda: NOW)) as simulator:
        settings, control = simulator.settings, simulator.control
        user = control.add_user("user-1")
        added = control.add_connection(user.user_id, portfolio=f"generated-{count}", announce=False)
        client = SignedClient(
            simulator.url,
            client_id=settings.client_id,
            consumer_key=settings.consumer_key,
            clock=settings.clock,
        )
        account_id = added.account_ids[0]
        query = {"userId": user.user_id, "userSecret": user.user_secret}
        paths = [f"/accounts/{account_id}/{each}" for each in ("positions/all", "balances")]
        bodies = {path: client.call("GET", path, query).text.encode() for path in paths}
        return Served(account_id, bodies)


def plaid_holdings(count: int) -> Served:
    """Serve the holdings of an Item whose only account has this many positions."""
    with PlaidSimulator() as simulator:
        settings = simulator.settings
        item = simulator.control.add_item(portfolio=f"generated-{count}")
        client = PlainClient(simulator.url, client_id=settings.client_id, secret=settings.secret)
        path = "/investments/holdings/get"
        answer = client.call(path, access_token=item.access_token)
        return Served(item.account_ids[0], {path: answer.text.encode()})


def documents(served: Served, **options: Any) -> list[Any]:
    """Parse what was served and do nothing else: the yardstick."""
    return [json.loads(body, **options) for body in served.bodies.values()]
