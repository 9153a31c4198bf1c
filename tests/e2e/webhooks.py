"""Webhooks at the moment a test wants them."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.local_stack.deployed import Deployed
from tests.patience import eventually
from tests.simulators.plaid import PlaidControlClient
from tests.simulators.snaptrade import ControlClient


@contextmanager
def webhooks_held(
    provider: ControlClient | PlaidControlClient, *, order: str = "sent"
) -> Iterator[None]:
    """Keep a provider's webhooks back while something else happens first."""
    provider.hold_webhooks()
    try:
        yield
    finally:
        provider.release_webhooks(order=order)


def plaid_tells(running: Deployed, item_id: str) -> None:
    """Have Plaid tell of new holdings, and wait until it has been heard."""
    webhook_id = running.plaid.send_webhook(item_id, "HOLDINGS", "DEFAULT_UPDATE")
    eventually(
        lambda: {each["webhook_id"]: each["status"] for each in running.plaid.deliveries()},
        until=lambda statuses: statuses[webhook_id] == "delivered",
    )
