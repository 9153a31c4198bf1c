"""A Plaid client over a transport that answers from a list."""

import json
from collections.abc import Sequence
from copy import replace
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.structures import CaseInsensitiveDict

from freshet.adapters.plaid.buyer import PlaidBuyer
from freshet.adapters.plaid.client import PlaidClient
from freshet.adapters.plaid.http_client import PlaidHttpClient
from freshet.adapters.plaid.keys import PlaidKeys
from freshet.adapters.plaid.session import PlaidSession
from freshet.adapters.rate_guard import Circuit, QuotaLease, RateGuard
from freshet.adapters.transport import Answer, Endpoint, Transport
from freshet.domain.credential import Credential, Secret
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.integration.bench import FakeQuota

SECRET = "invented-plaid-secret"
TOKEN = "access-sandbox-invented"
ITEM = Credential("item-1", Secret(TOKEN))


class FixedPlaidKeys:
    """The keys of a test."""

    def current(self) -> PlaidKeys:
        return PlaidKeys("client-1", Secret(SECRET))


class FakeTransport(Transport):
    """Answers, or fails, in the order of its list, and keeps what was asked."""

    def __init__(self, answers: Sequence[Answer | Exception]) -> None:
        super().__init__()
        self.answers = list(answers)
        self.requests: list[requests.Request] = []
        self.endpoints: list[Endpoint] = []

    def send(self, endpoint: Endpoint, request: requests.Request) -> Answer:
        self.requests.append(request)
        self.endpoints.append(endpoint)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def bodies(self) -> list[dict[str, Any]]:
        """Give what was asked, parsed."""
        return [json.loads(request.data) for request in self.requests]

    def paths(self) -> list[str]:
        """Give what was asked of, without the host."""
        return [request.url.removeprefix("https://plaid.example") for request in self.requests]


@dataclass
class PlaidBench:
    """A session whose answers are given in advance."""

    answers: Sequence[Answer | Exception]
    reads_transactions: bool = True
    reads: FakeQuota = field(default_factory=FakeQuota)
    refreshes: FakeQuota = field(default_factory=FakeQuota)

    def __post_init__(self) -> None:
        self.transport = FakeTransport(self.answers)
        clock = FakeClock(NOON)
        quota_lease = QuotaLease(self.reads)
        http_client = PlaidHttpClient("https://plaid.example", FixedPlaidKeys(), self.transport)
        client = PlaidClient(
            http_client=replace(http_client, rate_guard=RateGuard(quota_lease, Circuit(), clock)),
            clock=clock,
        )
        self.buyer = PlaidBuyer(
            replace(http_client, rate_guard=RateGuard(self.refreshes, Circuit(), clock)), ITEM
        )
        self.session = PlaidSession(client, ITEM, self.reads_transactions, quota_lease)


def json_answer(document: Any, status: int = 200) -> Answer:
    """An answer of Plaid's with a document in it."""
    return text_answer(json.dumps(document), status)


def text_answer(text: str, status: int = 200) -> Answer:
    """An answer of Plaid's, digit for digit."""
    return Answer(status, CaseInsensitiveDict(), text.encode())


def error_answer(code: str, kind: str, status: int = 400) -> Answer:
    """A refusal in Plaid's envelope."""
    return json_answer({"error_code": code, "error_type": kind, "request_id": "r"}, status)
