"""Plaid on the wire: JSON over POST with our keys in headers; no pydantic, the receiver uses it."""

import json
from copy import replace
from typing import TYPE_CHECKING, Any, Protocol

import requests
from msgspec import Struct

from freshet.adapters.exact_json import parsed_by, parsed_object
from freshet.adapters.json_rows import RowTexts, parsed_rows
from freshet.adapters.plaid.errors import error_for, request_id_of
from freshet.adapters.plaid.keys import PlaidKeys
from freshet.adapters.transport import Answer, Endpoint, Transport
from freshet.domain.call_errors import ProviderAnswer, ProviderError

if TYPE_CHECKING:
    from freshet.adapters.rate_guard import RateGuard

_VERSION = "2020-09-14"
_OURS = ""  # a call for no Item in particular


class Keys(Protocol):
    """Gives our own keys; raises SecretUnavailable."""

    def current(self) -> PlaidKeys:
        """Give the keys that authenticate."""


class Document(Struct, frozen=True):
    """An answer as parsed, and its rows as they came."""

    content: dict[str, Any]
    texts: RowTexts
    told: ProviderAnswer


class PlaidHttpClient(Struct, frozen=True):
    """Sends one request and gives back a success; raises ProviderError for everything else."""

    base_url: str
    keys: Keys
    transport: Transport
    rate_guard: "RateGuard | None" = None
    """Only who has no table to count in, the receiver of webhooks, calls without one."""

    def read(self, endpoint: Endpoint, body: dict[str, Any], *, item: str = _OURS) -> Document:
        """Send once and parse exactly; raises UnreadableAnswer."""
        answer = self._send(endpoint, body, item)
        told = endpoint.told(status=answer.status)
        content, texts = parsed_by(parsed_rows, answer.body, told)
        return Document(content, texts, replace(told, request_id=request_id_of(content)))

    def tell(
        self, endpoint: Endpoint, body: dict[str, Any], *, item: str = _OURS
    ) -> ProviderAnswer:
        """Send once where the body of a success says nothing that matters: none is too odd."""
        answer = self._send(endpoint, body, item)
        return endpoint.told(
            status=answer.status, request_id=request_id_of(parsed_object(answer.body))
        )

    def _send(self, endpoint: Endpoint, body: dict[str, Any], item: str) -> Answer:
        if self.rate_guard is None:
            return self._exchange(endpoint, body)
        self.rate_guard.enter()
        try:
            answer = self._exchange(endpoint, body)
        except ProviderError as failure:
            self.rate_guard.learn(item, failure)
            raise
        self.rate_guard.learn(item)
        return answer

    def _exchange(self, endpoint: Endpoint, body: dict[str, Any]) -> Answer:
        keys = self.keys.current()
        request = requests.Request(
            endpoint.method,
            self.base_url + endpoint.path,
            headers={
                "Content-Type": "application/json",
                "PLAID-CLIENT-ID": keys.client_id,
                "PLAID-SECRET": keys.secret.reveal(),
                "Plaid-Version": _VERSION,
            },
            data=json.dumps(body).encode(),
        )
        answer = self.transport.send(endpoint, request)
        if answer.status != requests.codes.ok:
            raise error_for(answer, endpoint)
        return answer
