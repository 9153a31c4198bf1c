"""A session at a running simulator, and ears for secrets."""

import traceback
from copy import replace
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests

from freshet.adapters.rate_guard import Circuit, QuotaLease, RateGuard
from freshet.adapters.snaptrade.buyer import SnapTradeBuyer
from freshet.adapters.snaptrade.client import SnapTradeClient
from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient
from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.snaptrade.session import SnapTradeSession
from freshet.adapters.transport import Answer, Endpoint, Timeouts, Transport
from freshet.domain.account import AccountReport
from freshet.domain.credential import Credential, Secret
from tests.builders import an_account_report
from tests.simulators.snaptrade import SnapTradeSimulator

READS = ("connection", "accounts", "holdings")
OPERATIONS = {
    "connection": "get_connection",
    "accounts": "list_accounts",
    "holdings": "positions",
}


@dataclass
class FakeQuota:
    """Counts tokens, or has none."""

    taken: int = 0
    failure: Exception | None = None
    most_at_once: int = 7
    takes: list[int] = field(default_factory=list)
    blocks: list[tuple[datetime, bool]] = field(default_factory=list)

    def take(self, tokens: int, *, read_at: str | None = None) -> None:
        if self.failure is not None:
            raise self.failure
        self.taken += tokens
        self.takes.append(tokens)

    def block(self, until: datetime, *, is_down: bool) -> None:
        self.blocks.append((until, is_down))


@dataclass(frozen=True)
class FixedKeys[Keys]:
    """The keys of a test."""

    keys: Keys

    def current(self) -> Keys:
        return self.keys


_PATIENT = Timeouts(60.0, 60.0)


class TimedTransport(Transport):
    """The real transport with timeouts of a test; by default, none that a busy machine misses."""

    def __init__(self, timeouts: Timeouts = _PATIENT) -> None:
        super().__init__()
        self._timeouts = timeouts

    def send(self, endpoint: Endpoint, request: requests.Request) -> Answer:
        return super().send(replace(endpoint, timeouts=self._timeouts), request)


@dataclass
class Bench:
    """A session at a running simulator."""

    simulator: SnapTradeSimulator
    quota: FakeQuota = field(default_factory=FakeQuota)

    def __post_init__(self) -> None:
        control, settings = self.simulator.control, self.simulator.settings
        user = control.add_user("provider-user")
        self.secret = user.user_secret
        self.connection = control.add_connection(user.user_id, announce=False)
        keys = SnapTradeKeys(settings.client_id, Secret(settings.consumer_key))
        self.http_client = SnapTradeHttpClient(
            base_url=self.simulator.url,
            keys=FixedKeys(keys),
            transport=TimedTransport(),
            rate_guard=RateGuard(self.quota, Circuit(), settings.clock),
            clock=settings.clock,
        )
        self.user = Credential(user.user_id, Secret(user.user_secret))

    @property
    def client(self) -> SnapTradeClient:
        return SnapTradeClient(self.http_client)

    @property
    def session(self) -> SnapTradeSession:
        quota_lease = QuotaLease(self.quota)
        return SnapTradeSession(self.client, self.user, self.connection.connection_id, quota_lease)

    @property
    def buyer(self) -> SnapTradeBuyer:
        return SnapTradeBuyer(self.http_client, self.user, self.connection.connection_id)

    @property
    def account(self) -> AccountReport:
        return an_account_report(provider_account_id=self.connection.account_ids[0])

    def call(self, operation: str) -> Any:
        arguments = [self.account] if operation == "holdings" else []
        visitor = self.buyer if operation == "refresh" else self.session
        return getattr(visitor, operation)(*arguments)

    def billed(self) -> int:
        return self.simulator.control.bill().count

    def requests(self) -> int:
        return int(self.simulator.control.requests()["total"])


def told(error: BaseException) -> str:
    """Everything that a log, a report or a debugger's one-liner would show of an error."""
    texts = ["".join(traceback.format_exception(error))]
    link: BaseException | None = error
    while link is not None:
        texts += [str(link), repr(link), repr(link.args), repr(vars(link))]
        link = link.__cause__ or link.__context__
    return " ".join(texts)


def demand_silence(bench: Bench, error: BaseException) -> None:
    """Nothing that shows of an error is a secret."""
    demand_no_secret(bench, told(error))


def demand_no_secret(bench: Bench, text: str) -> None:
    """No secret of the bench is in a text."""
    for secret in (bench.secret, bench.simulator.settings.consumer_key, "userSecret", "Signature"):
        assert secret not in text
