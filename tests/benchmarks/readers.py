"""Our way and the SDKs' way from an answer's bytes to something to work with."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import plaid
from plaid.model.investments_holdings_get_response import InvestmentsHoldingsGetResponse
from requests.structures import CaseInsensitiveDict

from freshet.adapters.plaid.client import PlaidClient
from freshet.adapters.plaid.http_client import PlaidHttpClient
from freshet.adapters.plaid.session import PlaidSession
from freshet.adapters.snaptrade.client import SnapTradeClient
from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient
from freshet.adapters.snaptrade.session import SnapTradeSession
from freshet.adapters.transport import Answer, Endpoint
from freshet.domain.credential import Credential, Secret
from tests.benchmarks.answers import NOW, Served, documents
from tests.builders import an_account_report

_OWNER = Credential("owner", Secret("invented-secret"))


class CannedSnapTrade(SnapTradeHttpClient, frozen=True):
    """Reads like the real one, but has its answers already: nothing is signed, nothing is sent."""

    def _send(self, endpoint: Endpoint, ids: tuple[str, ...], *_: Any) -> Answer:
        shelf: Any = self.transport
        answer: Answer = shelf.answers[endpoint.path.format(*ids)]
        return answer


class CannedPlaid(PlaidHttpClient, frozen=True):
    """Reads like the real one, but has its answers already."""

    def _send(self, endpoint: Endpoint, *_: Any) -> Answer:
        shelf: Any = self.transport
        answer: Answer = shelf.answers[endpoint.path]
        return answer


@dataclass(frozen=True, slots=True)
class Shelf:
    """Stands where the transport does, and holds the answers."""

    answers: dict[str, Answer]


def _shelf(served: Served) -> Any:
    headers: CaseInsensitiveDict[str] = CaseInsensitiveDict()
    return Shelf({path: Answer(200, headers, body) for path, body in served.bodies.items()})


def our_snaptrade(served: Served) -> Callable[[], object]:
    """Read an account as a read does: parse, validate, map."""
    unused: Any = None
    http_client = CannedSnapTrade(
        base_url="", keys=unused, transport=_shelf(served), rate_guard=unused, clock=lambda: NOW
    )
    account = an_account_report(provider_account_id=served.account_id)
    session = SnapTradeSession(
        SnapTradeClient(http_client), _OWNER, "connection", quota_lease=unused
    )
    return lambda: session.holdings(account)


def our_plaid(served: Served) -> Callable[[], object]:
    """Read an account as a read does: parse, validate, map; a session asks only once."""
    unused: Any = None
    http_client = CannedPlaid("", unused, _shelf(served))
    client = PlaidClient(http_client=http_client, clock=lambda: NOW)
    account = an_account_report(provider_account_id=served.account_id)

    def read() -> object:
        session = PlaidSession(client, _OWNER, reads_transactions=False, quota_lease=unused)
        return session.holdings(account)

    return read


@dataclass(frozen=True, slots=True)
class _Body:
    """What plaid-python's transport hands to its deserialiser."""

    data: str


def sdk_snaptrade(served: Served) -> Callable[[], object]:
    """Read as SnapTrade's SDK does, which parses and leaves it at that."""
    return lambda: documents(served)


def sdk_plaid(served: Served) -> Callable[[], object]:
    """Deserialise with plaid-python, as its operations do."""
    client = plaid.ApiClient(plaid.Configuration())
    (body,) = served.bodies.values()
    # Its transport has the text decoded before the deserialiser gets it.
    response = _Body(body.decode())
    kind = (InvestmentsHoldingsGetResponse,)
    return lambda: client.deserialize(response, kind, _check_type=True)
