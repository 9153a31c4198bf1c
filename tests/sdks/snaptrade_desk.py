"""A fresh SnapTrade simulator with the official SDK and our clients before it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from snaptrade_client.auth import SnapTradeAuth
from snaptrade_client.client import SnapTrade
from snaptrade_client.model.account_order_record import AccountOrderRecord
from snaptrade_client.schemas import BoolClass, NoneClass, NoneDecimalMixin

from freshet.adapters.snaptrade.buyer import SnapTradeBuyer
from freshet.adapters.snaptrade.client import SnapTradeClient
from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient
from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.snaptrade.linking import SnapTradeLinking
from freshet.adapters.snaptrade.reference import SnapTradeReference
from freshet.adapters.transport import Transport
from freshet.domain.credential import Credential, Secret
from tests.integration.bench import FixedKeys
from tests.sdks.agreement import Told
from tests.sdks.exchanges import Exchange, RecordingSnapTrade
from tests.sdks.open_gate import OpenGate
from tests.sdks.rows import Several
from tests.simulators.snaptrade import Knobs, SimulatorSettings

# All but "northern", whose carbon credit is of a kind that the SDK refuses: we must not.
PORTFOLIOS = ("everyday", "trader", "crypto", "savings", "retirement", "empty")

# Two slips of the SDK's own reader, mended against its own specification: where a number may be
# null it refuses whole ones, and where a choice may be null it refuses that.
_NUMBERS: Any = NoneDecimalMixin
_NUMBERS._types |= {int}
_NULLABLE_CHOICES: tuple[Any, ...] = (AccountOrderRecord.MetaOapg.properties.order_role,)
for _choice in _NULLABLE_CHOICES:
    _choice.MetaOapg.enum_value_to_name[NoneClass.NONE] = "NONE"


class SnapTradeDesk:
    """One user with one connection; built twice, it is the same to the last id and secret."""

    def __init__(self, now: datetime, portfolio: str | Sequence[str] = PORTFOLIOS) -> None:
        # The SDK signs with the time of the machine, and a whole test run may lie in between.
        knobs = Knobs(
            refresh_delay_seconds=0, transactions_delay_seconds=0, clock_skew_seconds=86400
        )
        self.now, self.portfolio = now, portfolio
        self.simulator = RecordingSnapTrade(SimulatorSettings(clock=lambda: now, knobs=knobs))

    def populate(self) -> None:
        """Fill the running simulator, and open both clients."""
        control, settings = self.simulator.control, self.simulator.settings
        user = control.add_user("user-1")
        added = control.add_connection(user.user_id, portfolio=self.portfolio, announce=False)
        self.connection_id, self.account_ids = added.connection_id, added.account_ids
        self.sdk_user: dict[str, Any] = {"user_id": user.user_id, "user_secret": user.user_secret}
        self.user = Credential(user.user_id, Secret(user.user_secret))
        auth = SnapTradeAuth.commercial_api_key(
            client_id=settings.client_id, consumer_key=settings.consumer_key
        )
        self.sdk = SnapTrade(auth=auth, host=self.simulator.url)
        http_client = SnapTradeHttpClient(
            base_url=self.simulator.url,
            keys=FixedKeys(SnapTradeKeys(settings.client_id, Secret(settings.consumer_key))),
            transport=Transport(),
            rate_guard=OpenGate(),
            clock=lambda: self.now,
        )
        self.http_client = http_client
        self.client = SnapTradeClient(http_client)
        self.linking = SnapTradeLinking(http_client)
        self.reference = SnapTradeReference(http_client)

    def buyer(self, connection_id: str | None = None) -> SnapTradeBuyer:
        """Return who buys for a connection, by default the usual one."""
        return SnapTradeBuyer(self.http_client, self.user, connection_id or self.connection_id)

    @property
    def exchanges(self) -> list[Exchange]:
        """Return what was asked and answered."""
        return self.simulator.exchanges

    def for_each_account(self, call: Callable[[str], Any]) -> Several:
        """Ask the same of every account."""
        return Several(call(account_id) for account_id in self.account_ids)

    def told(self, answer: Any, exchange: Exchange) -> Told:
        """Let the SDK read its answer against its own schema, which its plain calls leave out."""
        module = sys.modules[type(answer).__module__]
        schema = module.SchemaFor200ResponseBodyApplicationJson
        return told_by(schema, answer.body)

    def request_id(self, exchange: Exchange) -> str | None:
        """Return the id that the provider gave a request."""
        return exchange.answer_headers.get("X-Request-ID")


@contextmanager
def snaptrade_desk(
    now: datetime, portfolio: str | Sequence[str] = PORTFOLIOS
) -> Iterator[SnapTradeDesk]:
    """A populated desk, for as long as the context lasts."""
    desk = SnapTradeDesk(now, portfolio)
    with desk.simulator:
        desk.populate()
        try:
            yield desk
        finally:
            desk.sdk.connections.api_client.rest_client.pool_manager.clear()


def told_by(schema: Any, document: Any) -> Told:
    """Let one of the SDK's models read a document; raises what the SDK raises."""
    return _told(schema.from_openapi_data_oapg(document))


def _told(read: Any) -> Told:
    match read:
        case NoneClass():
            return Told()
        case BoolClass():
            return Told(bool(read))
        case dict():
            members = {str(name): _told(read[name]) for name in read}
            return Told(dict(read), members=members, names=_known_names(type(read)))
        case tuple():
            return Told(list(read), items=[_told(each) for each in read])
        case _:
            return Told(read)


def _known_names(schema: type) -> frozenset[str]:
    # A document may be of several schemas at once (allOf, oneOf); any of them may know the name.
    described = [vars(each).get("MetaOapg") for each in schema.__mro__]
    properties = [getattr(each, "properties", None) for each in described if each is not None]
    return frozenset(
        name for each in properties for name in vars(each or object).get("__annotations__", ())
    )
