"""SnapTrade on the wire: every attempt signed anew, answers parsed digit for digit."""

import json
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import quote, urlsplit

import requests
from msgspec import Struct

from freshet.adapters.exact_json import parsed
from freshet.adapters.rate_guard import RateGuard
from freshet.adapters.snaptrade.errors import error_for
from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.snaptrade.limits import CUSTOMER, is_used_up, wait_of
from freshet.adapters.snaptrade.signature import sign_request
from freshet.adapters.transport import Answer, Endpoint, Transport
from freshet.domain.call_errors import ProviderAnswer, ProviderError
from freshet.domain.credential import Credential
from freshet.ports import Clock

_OURS = ""  # a call for no user in particular


class Keys(Protocol):
    """Gives our own keys; raises SecretUnavailable."""

    def current(self) -> SnapTradeKeys:
        """Give the keys that sign."""


class Document(Struct, frozen=True):
    """An answer as parsed, and as it came."""

    content: Any
    text: str
    told: ProviderAnswer


class SnapTradeHttpClient(Struct, frozen=True, kw_only=True):
    """Sends one request and gives back a success; raises ProviderError or QuotaExhausted."""

    base_url: str
    keys: Keys
    transport: Transport
    rate_guard: RateGuard
    clock: Clock

    def read(
        self,
        endpoint: Endpoint,
        *ids: str,
        user: Credential | None = None,
        parameters: Mapping[str, str] | None = None,
        content: Mapping[str, Any] | None = None,
    ) -> Document:
        """Send once and parse; raises UnreadableAnswer."""
        answer = self._send(endpoint, ids, user, parameters or {}, content)
        told = _told(endpoint, answer)
        return Document(parsed(answer.body, told), answer.body.decode(), told)

    def tell(
        self,
        endpoint: Endpoint,
        *ids: str,
        user: Credential | None = None,
        parameters: Mapping[str, str] | None = None,
    ) -> ProviderAnswer:
        """Send once where the body of a success says nothing that matters: none is too odd."""
        return _told(endpoint, self._send(endpoint, ids, user, parameters or {}, None))

    def _send(
        self,
        endpoint: Endpoint,
        ids: tuple[str, ...],
        user: Credential | None,
        parameters: Mapping[str, str],
        content: Mapping[str, Any] | None,
    ) -> Answer:
        self.rate_guard.enter()
        path = endpoint.path.format(*(quote(each, safe="") for each in ids))
        query = {**parameters, **_credentials(user)}
        request = self._signed(endpoint.method, path, query, content)
        subject = _OURS if user is None else user.subject
        try:
            answer = self.transport.send(endpoint, request)
            if answer.status != requests.codes.ok:
                raise error_for(answer, endpoint)  # noqa: TRY301 - learned from like a lost one
        except ProviderError as failure:
            self.rate_guard.learn(subject, failure)
            raise
        self.rate_guard.learn(subject)
        if is_used_up(answer, CUSTOMER):
            # The last one of a window that others draw from, too.
            self.rate_guard.pause(wait_of(answer))
        return answer

    def _signed(
        self,
        method: str,
        path: str,
        query: Mapping[str, str],
        content: Mapping[str, Any] | None,
    ) -> requests.Request:
        keys = self.keys.current()
        stamped = {
            **query,
            "clientId": keys.client_id,
            "timestamp": str(int(self.clock().timestamp())),
        }
        request = requests.Request(method, self.base_url + path, params=stamped)
        if content is not None:
            request.headers["Content-Type"] = "application/json"
            request.data = json.dumps(content).encode()
        # What is signed is what is sent: the URL as requests prepares it.
        prepared = urlsplit(request.prepare().url)
        request.headers["Signature"] = sign_request(
            keys.consumer_key.reveal(),
            path=str(prepared.path),
            query=str(prepared.query),
            content=content,
        )
        return request


def _credentials(user: Credential | None) -> dict[str, str]:
    if user is None:
        return {}
    return {"userId": user.subject, "userSecret": user.secret.reveal()}


def _told(endpoint: Endpoint, answer: Answer) -> ProviderAnswer:
    return endpoint.told(status=answer.status, request_id=answer.headers.get("X-Request-ID"))
