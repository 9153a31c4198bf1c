"""Plaid on the wire: JSON over POST with our keys in headers; no pydantic, the receiver uses it."""

import json
from dataclasses import dataclass
from typing import Any, Protocol

import requests
import simplejson

from freshet.adapters.plaid.errors import NAME, error_for
from freshet.adapters.plaid.keys import PlaidKeys
from freshet.adapters.transport import Answer, Timeouts, Transport
from freshet.domain.call_errors import ProviderAnswer, UnreadableAnswer

_VERSION = "2020-09-14"


class Keys(Protocol):
    """Gives our own keys; raises SecretUnavailable."""

    def current(self) -> PlaidKeys:
        """Give the keys that authenticate."""


@dataclass(frozen=True, slots=True)
class PlaidWire:
    """Sends one request and gives back a success; raises ProviderError for everything else."""

    base_url: str
    keys: Keys
    transport: Transport

    def post(
        self,
        operation: str,
        path: str,
        body: dict[str, Any],
        *,
        timeouts: Timeouts,
        is_billable: bool = False,
    ) -> Answer:
        """Send once."""
        keys = self.keys.current()
        request = requests.Request(
            "POST",
            self.base_url + path,
            headers={
                "Content-Type": "application/json",
                "PLAID-CLIENT-ID": keys.client_id,
                "PLAID-SECRET": keys.secret.reveal(),
                "Plaid-Version": _VERSION,
            },
            data=json.dumps(body).encode(),
        )
        answer = self.transport.send(
            request,
            provider=NAME,
            operation=operation,
            timeouts=timeouts,
            is_billable=is_billable,
        )
        if answer.status != requests.codes.ok:
            raise error_for(answer, operation)
        return answer

    def read(
        self, operation: str, path: str, body: dict[str, Any], *, timeouts: Timeouts
    ) -> tuple[Any, ProviderAnswer]:
        """Send once and parse exactly; raises UnreadableAnswer."""
        answer = self.post(operation, path, body, timeouts=timeouts)
        try:
            document = simplejson.loads(answer.body.decode(), use_decimal=True)
        except (ValueError, RecursionError):
            raise UnreadableAnswer(told(operation, answer)) from None
        return document, told(operation, answer, document)


def told(operation: str, answer: Answer, document: Any = None) -> ProviderAnswer:
    """Say what may be told of an answer."""
    request_id = document.get("request_id") if isinstance(document, dict) else None
    return ProviderAnswer(
        provider=NAME,
        operation=operation,
        status=answer.status,
        request_id=None if request_id is None else str(request_id),
    )
