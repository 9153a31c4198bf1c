"""SnapTrade's operations: signed per attempt, one request each, answers parsed exactly."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol
from urllib.parse import urlsplit

import requests
import simplejson
from pydantic import TypeAdapter, ValidationError

from freshet.adapters.snaptrade import models
from freshet.adapters.snaptrade.errors import error_for
from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.snaptrade.signature import sign_request
from freshet.adapters.transport import Answer, Timeouts, Transport
from freshet.domain.call_errors import ProviderAnswer, UnreadableAnswer
from freshet.domain.credential import Credential
from freshet.ports import Clock, Quota

# Live reads reach the brokerage. Two of them must fit between a visit's limit and the function's
# timeout.
_READ = Timeouts(connect=3.0, read=20.0)
# The API waits for the verdict: together they stay inside ProviderTraits.call_limit.
_REFRESH = Timeouts(connect=3.0, read=7.0)
_NAME = "snaptrade"

_ACCOUNTS = TypeAdapter(list[models.Account])
_ACTIVITIES = TypeAdapter(list[models.Activity])
_BALANCES = TypeAdapter(list[models.Balance])
_PAGE = 1000  # the most that SnapTrade gives


class Keys(Protocol):
    """Gives our own keys; raises SecretUnavailable."""

    def current(self) -> SnapTradeKeys:
        """Give the keys that sign."""


@dataclass(frozen=True, slots=True)
class Document:
    """An answer as parsed, and as text."""

    content: Any
    text: str
    told: ProviderAnswer


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapTradeClient:
    """One method for each operation; every one raises ProviderError or QuotaExhausted."""

    base_url: str
    keys: Keys
    transport: Transport
    quota: Quota
    clock: Clock

    def connection(self, user: Credential, connection_id: str) -> models.Authorization:
        """Read `GET /authorizations/{id}`."""
        document = self._read("connection", f"/authorizations/{connection_id}", user)
        return _validated(models.Authorization.model_validate, document)

    def accounts(
        self, user: Credential, connection_id: str
    ) -> list[tuple[models.Account, dict[str, Any]]]:
        """Read `GET /authorizations/{id}/accounts` (S3); the newer wrapped shape is read, too."""
        document = self._read("accounts", f"/authorizations/{connection_id}/accounts", user)
        content = document.content
        rows: Any = content.get("results") if isinstance(content, dict) else content
        listed = _validated(_ACCOUNTS.validate_python, Document(rows, "", document.told))
        return list(zip(listed, rows, strict=True))

    def positions(self, user: Credential, account_id: str) -> tuple[models.Positions, str]:
        """Read `GET /accounts/{id}/positions/all`, parsed and as text."""
        document = self._read("positions", f"/accounts/{account_id}/positions/all", user)
        return _validated(models.Positions.model_validate, document), document.text

    def balances(self, user: Credential, account_id: str) -> tuple[list[models.Balance], str]:
        """Read `GET /accounts/{id}/balances`, parsed and as text."""
        document = self._read("balances", f"/accounts/{account_id}/balances", user)
        return _validated(_BALANCES.validate_python, document), document.text

    def activities(
        self, user: Credential, account_id: str, *, since: date | None
    ) -> list[tuple[models.Activity, dict[str, Any]]]:
        """Read `GET /accounts/{id}/activities`, page by page, newest first."""
        # By id: a row that comes in between two pages shifts the rest, and one is seen twice.
        rows: dict[str, dict[str, Any]] = {}
        offset = 0
        start = {} if since is None else {"startDate": since.isoformat()}
        while True:
            page = {**start, "offset": str(offset), "limit": str(_PAGE)}
            document = self._read("activities", f"/accounts/{account_id}/activities", user, page)
            found = _validated(models.ActivitiesPage.model_validate, document)
            for place, row in enumerate(found.data, start=offset):
                rows[str(row.get("id") or place)] = row
            offset += len(found.data)
            if not found.data or offset >= found.pagination.total:
                break
        whole = list(rows.values())
        read = _validated(_ACTIVITIES.validate_python, Document(whole, "", document.told))
        return list(zip(read, whole, strict=True))

    def sync_transactions(self, user: Credential, connection_id: str) -> ProviderAnswer:
        """Ask for `POST /authorizations/{id}/transactions/sync` (S2): not billed."""
        path = f"/authorizations/{connection_id}/transactions/sync"
        return _told("sync", self._send("sync", "POST", path, user, timeouts=_REFRESH))

    def refresh(self, user: Credential, connection_id: str) -> ProviderAnswer:
        """Buy `POST /authorizations/{id}/refresh`: billed when it answers 200, never repeated.

        The body of a 200 says nothing that matters, so none is too odd to be believed.
        """
        answer = self._send(
            "refresh",
            "POST",
            f"/authorizations/{connection_id}/refresh",
            user,
            timeouts=_REFRESH,
            is_billable=True,
        )
        return _told("refresh", answer)

    def _read(
        self,
        operation: str,
        path: str,
        user: Credential,
        parameters: Mapping[str, str] | None = None,
    ) -> Document:
        answer = self._send(operation, "GET", path, user, parameters, timeouts=_READ)
        told = _told(operation, answer)
        try:
            text = answer.body.decode()
            return Document(simplejson.loads(text, use_decimal=True), text, told)
        except (ValueError, RecursionError):
            raise UnreadableAnswer(told) from None

    def _send(
        self,
        operation: str,
        method: str,
        path: str,
        user: Credential,
        parameters: Mapping[str, str] | None = None,
        *,
        timeouts: Timeouts,
        is_billable: bool = False,
    ) -> Answer:
        self.quota.take(1)
        answer = self.transport.send(
            self._signed(method, path, user, parameters or {}),
            provider=_NAME,
            operation=operation,
            timeouts=timeouts,
            is_billable=is_billable,
        )
        if answer.status != requests.codes.ok:
            raise error_for(answer, operation)
        return answer

    def _signed(
        self, method: str, path: str, user: Credential, parameters: Mapping[str, str]
    ) -> requests.Request:
        keys = self.keys.current()
        query = {
            **parameters,
            "userId": user.subject,
            "userSecret": user.secret.reveal(),
            "clientId": keys.client_id,
            "timestamp": str(int(self.clock().timestamp())),
        }
        request = requests.Request(method, self.base_url + path, params=query)
        # What is signed is what is sent: the URL as requests prepares it.
        prepared = urlsplit(request.prepare().url)
        request.headers["Signature"] = sign_request(
            keys.consumer_key.reveal(), path=str(prepared.path), query=str(prepared.query)
        )
        return request


def _told(operation: str, answer: Answer) -> ProviderAnswer:
    return ProviderAnswer(
        provider=_NAME,
        operation=operation,
        status=answer.status,
        request_id=answer.headers.get("X-Request-ID"),
    )


def _validated[Model](validate: Callable[[Any], Model], document: Document) -> Model:
    try:
        return validate(document.content)
    except ValidationError:
        # Not chained: a validation error's text quotes the document.
        raise UnreadableAnswer(document.told) from None
