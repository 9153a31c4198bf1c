"""A fresh Plaid simulator with the official SDK and our clients before it."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import plaid
from plaid.api.plaid_api import PlaidApi
from plaid.model_utils import ModelSimple, OpenApiModel

from freshet.adapters.plaid.buyer import PlaidBuyer
from freshet.adapters.plaid.client import PlaidClient
from freshet.adapters.plaid.http_client import PlaidHttpClient
from freshet.adapters.plaid.key_look_up import KeyLookUp
from freshet.adapters.plaid.keys import PlaidKeys
from freshet.adapters.plaid.linking import PlaidLinking
from freshet.adapters.transport import Transport
from freshet.domain.credential import Credential, Secret
from tests.integration.bench import FixedKeys
from tests.sdks.agreement import Told
from tests.sdks.exchanges import Exchange, RecordingPlaid
from tests.sdks.open_gate import OpenGate
from tests.sdks.rows import Several
from tests.simulators.plaid import PlaidKnobs, PlaidSettings


class PlaidDesk:
    """One Item with every kind of account; built twice, it is the same to the last id and token."""

    def __init__(self, now: datetime, portfolio: str | Sequence[str] = "complete") -> None:
        self.now, self.portfolio = now, portfolio
        settings = PlaidSettings(clock=lambda: now, knobs=PlaidKnobs(webhook_time_scale=0.000001))
        self.simulator = RecordingPlaid(settings)

    def populate(self) -> None:
        """Fill the running simulator, and open both clients."""
        settings = self.simulator.settings
        added = self.simulator.control.add_item(portfolio=self.portfolio)
        self.token, self.account_ids = added.access_token, added.account_ids
        self.item = Credential(added.item_id, Secret(added.access_token))
        api_key = {"clientId": settings.client_id, "secret": settings.secret}
        configuration = plaid.Configuration(host=self.simulator.url, api_key=api_key)
        self.sdk_client = plaid.ApiClient(configuration)
        self.sdk = PlaidApi(self.sdk_client)
        keys = FixedKeys(PlaidKeys(settings.client_id, Secret(settings.secret)))
        http_client = PlaidHttpClient(self.simulator.url, keys, Transport(), OpenGate())
        self.http_client = http_client
        self.client = PlaidClient(http_client=http_client, clock=lambda: self.now)
        self.linking = PlaidLinking(http_client=http_client)
        self.look_up = KeyLookUp(http_client)

    def buyer(self, item: Credential | None = None) -> PlaidBuyer:
        """Return who buys for an Item, by default the usual one."""
        return PlaidBuyer(self.http_client, item or self.item)

    @property
    def exchanges(self) -> list[Exchange]:
        """Return what was asked and answered."""
        return self.simulator.exchanges

    def for_each_account(self, call: Callable[[str], Any]) -> Several:
        """Ask the same of every account."""
        return Several(call(account_id) for account_id in self.account_ids)

    def told(self, answer: Any, exchange: Exchange) -> Told:
        """Read the SDK's models, which it has made of the answer already."""
        return told_of(answer)

    def request_id(self, exchange: Exchange) -> str | None:
        """Return the id that the provider gave a request."""
        found: str | None = exchange.exact.get("request_id")
        return found


@contextmanager
def plaid_desk(now: datetime, portfolio: str | Sequence[str] = "complete") -> Iterator[PlaidDesk]:
    """A populated desk, for as long as the context lasts."""
    desk = PlaidDesk(now, portfolio)
    with desk.simulator:
        desk.populate()
        try:
            yield desk
        finally:
            desk.sdk_client.rest_client.pool_manager.clear()
            desk.sdk_client.close()


def told_of(read: Any) -> Told:
    """Turn the SDK's models into what they tell."""
    match read:
        case ModelSimple():
            return Told(read.value)
        case OpenApiModel():
            members = {name: told_of(value) for name, value in read._data_store.items()}
            return Told(read, members=members, names=frozenset(type(read).openapi_types))
        case list():
            return Told(read, items=[told_of(each) for each in read])
        case _:
            return Told(read)
