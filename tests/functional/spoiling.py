"""A provider's answers with a change to them, on the way to us."""

import json
from collections.abc import Callable
from copy import replace
from typing import Any, Self

import pytest
import requests

from freshet.adapters.transport import Answer, Endpoint, Transport

type Change = Callable[[Any], None]


class Spoiling:
    """The transport, with a change to what one operation answers; `spoilt` counts the answers."""

    def __init__(self) -> None:
        self.operation = ""
        self.change: Change = lambda document: None
        self.spoilt = 0
        self._send = Transport.send

    @classmethod
    def over(cls, monkeypatch: pytest.MonkeyPatch) -> Self:
        """Let every answer pass through here."""
        spoiling = cls()
        monkeypatch.setattr(
            Transport, "send", lambda transport, *call: spoiling.send(transport, *call)
        )
        return spoiling

    def send(self, transport: Transport, endpoint: Endpoint, request: requests.Request) -> Answer:
        """Send, and change what comes back."""
        answer = self._send(transport, endpoint, request)
        if endpoint.operation != self.operation or answer.status != requests.codes.ok:
            return answer
        document = json.loads(answer.body)
        self.change(document)
        self.spoilt += 1
        return replace(answer, body=json.dumps(document).encode())
