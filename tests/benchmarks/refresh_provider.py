"""SnapTrade as the limiter meets it: a strict rolling limit, answers that take their time."""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import requests
from requests.structures import CaseInsensitiveDict

from freshet.adapters.transport import Answer, Endpoint, Transport
from tests.benchmarks.virtual_time import VirtualTime
from tests.simulators.common.exact_json import dumps
from tests.simulators.common.limits import RollingLimit
from tests.simulators.snaptrade import SimulatorSettings, SnapTradeSimulator
from tests.simulators.snaptrade.signed_client import SignedClient

_ON_THE_WAY = (0.02, 0.08)
_TAKES = (0.3, 1.5)
_THROTTLED = b'{"detail": "Request was throttled.", "code": "0000"}'


@dataclass
class LimitedProvider(Transport):
    """Stands where the transport does: counts on arrival, answers when it is done."""

    time: VirtualTime
    limit: int
    bodies: dict[str, bytes]
    seed: int
    served: int = 0
    throttled: int = 0
    bought_at: list[datetime] = field(default_factory=list)
    _rolling: RollingLimit = field(default_factory=RollingLimit)
    _random: random.Random = field(default_factory=random.Random)

    def __post_init__(self) -> None:
        super().__init__()
        self._random.seed(self.seed)

    def send(self, endpoint: Endpoint, request: requests.Request) -> Answer:
        """Answer from the shelf, or 429 beyond the limit."""
        if endpoint.is_billable:
            self.bought_at.append(self.time())
        self._pass(_ON_THE_WAY)
        allowance = self._rolling.take(now=self.time().timestamp(), limit=self.limit)
        headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()
        headers["X-RateLimit-Remaining"] = str(allowance.remaining)
        headers["X-RateLimit-Reset"] = str(allowance.reset_seconds)
        if not allowance.is_allowed:
            self.throttled += 1
            return Answer(429, headers, _THROTTLED)
        self.served += 1
        self._pass(_TAKES)
        return Answer(200, headers, self.bodies.get(endpoint.operation, b"{}"))

    def _pass(self, between: tuple[float, float]) -> None:
        self.time.wait(timedelta(seconds=self._random.uniform(*between)))


def bodies_at(now: datetime) -> dict[str, bytes]:
    """Let the simulator answer once what a read asks, by operation; every read gets the same."""
    with SnapTradeSimulator(SimulatorSettings(clock=lambda: now)) as simulator:
        settings, control = simulator.settings, simulator.control
        user = control.add_user("user-1")
        added = control.add_connection(user.user_id, portfolio="self-directed", announce=False)
        client = SignedClient(
            simulator.url,
            client_id=settings.client_id,
            consumer_key=settings.consumer_key,
            clock=settings.clock,
        )
        query = {"userId": user.user_id, "userSecret": user.user_secret}
        connection, account = added.connection_id, added.account_ids[0]
        paths = {
            "connection": f"/authorizations/{connection}",
            "accounts": f"/authorizations/{connection}/accounts",
            "positions": f"/accounts/{account}/positions/all",
            "balances": f"/accounts/{account}/balances",
        }
        found = {name: client.call("GET", path, query).document() for name, path in paths.items()}
    for listed in found["accounts"]:
        # No session reads transactions: each is the six calls that the planner takes it for.
        listed["sync_status"].pop("transactions", None)
    return {name: dumps(document).encode() for name, document in found.items()}
