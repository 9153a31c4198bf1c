"""What is read for a connection at SnapTrade, as models."""

from datetime import date
from typing import Any

from msgspec import Struct
from pydantic import TypeAdapter

from freshet.adapters.foreign_json import validated
from freshet.adapters.pages import ProviderPage, read_pages
from freshet.adapters.snaptrade import endpoints, models
from freshet.adapters.snaptrade.http_client import Document, SnapTradeHttpClient
from freshet.domain.call_errors import MissingUpstream, UnreadableAnswer
from freshet.domain.credential import Credential

_CONNECTIONS = TypeAdapter(list[models.Authorization])
_ACCOUNTS = TypeAdapter(list[models.Account])
_ACTIVITIES = TypeAdapter(list[models.Activity])
_BALANCES = TypeAdapter(list[models.Balance])
_PAGE = 1000  # the most that SnapTrade gives

Listed = list[tuple[models.Account, dict[str, Any]]]
"""Accounts as read, each with its document whole."""
Activity = tuple[models.Activity, dict[str, Any]]
"""An activity as read, and its document whole."""


class SnapTradeClient(Struct, frozen=True):
    """One method for each operation; every one raises ProviderError or QuotaExhausted."""

    http_client: SnapTradeHttpClient

    def connections(self, user: Credential) -> list[models.Authorization]:
        """List a user's connections, disabled ones included."""
        document = self.http_client.read(endpoints.CONNECTIONS, user=user)
        return validated(_CONNECTIONS.validate_python, document.content, document.told)

    def connection(self, user: Credential, connection_id: str) -> tuple[models.Authorization, Any]:
        """Read how one connection is, as a model and as it was served."""
        document = self.http_client.read(endpoints.CONNECTION, connection_id, user=user)
        read = validated(models.Authorization.model_validate, document.content, document.told)
        if read.id != connection_id or "disabled" in read.unread:
            raise UnreadableAnswer(document.told)  # of another one, or of none: it says nothing
        return read, document.content

    def connection_in_list(
        self, user: Credential, connection_id: str
    ) -> tuple[models.Authorization, Any]:
        """Find a connection in its user's list; raises MissingUpstream where the list lacks it."""
        document = self.http_client.read(endpoints.CONNECTIONS, user=user)
        listed = validated(_CONNECTIONS.validate_python, document.content, document.told)
        rows = list(zip(listed, document.content, strict=True))
        found = next((row for row in rows if row[0].id == connection_id), None)
        if found is None and all(each.id is not None for each in listed):
            raise MissingUpstream(document.told)
        if found is None or "disabled" in found[0].unread:
            raise UnreadableAnswer(document.told)  # a line without an id may be this one
        return found

    def accounts(self, user: Credential, connection_id: str) -> Listed:
        """List a connection's accounts, in the older shape."""
        return _listed(self.http_client.read(endpoints.ACCOUNTS, connection_id, user=user))

    def connection_accounts(self, user: Credential, connection_id: str) -> Listed:
        """List a connection's accounts, in the newer shape."""
        return _listed(
            self.http_client.read(endpoints.CONNECTION_ACCOUNTS, connection_id, user=user)
        )

    def account(self, user: Credential, account_id: str) -> models.Account:
        """Read one account in the newer shape."""
        document = self.http_client.read(endpoints.ACCOUNT, account_id, user=user)
        return validated(models.Account.model_validate, document.content, document.told)

    def positions(self, user: Credential, account_id: str) -> tuple[models.Positions, str]:
        """Read an account's positions, as a model and as the text that was served."""
        document = self.http_client.read(endpoints.POSITIONS, account_id, user=user)
        read = validated(models.Positions.model_validate, document.content, document.told)
        return read, document.text

    def balances(self, user: Credential, account_id: str) -> tuple[list[models.Balance], str]:
        """Read an account's cash, one line for each currency, as models and as served."""
        document = self.http_client.read(endpoints.BALANCES, account_id, user=user)
        read = validated(_BALANCES.validate_python, document.content, document.told)
        return read, document.text

    def legacy_holdings(self, user: Credential, account_id: str) -> Document:
        """Read positions and cash at once, where the customer is old enough to have it.

        It is retired: 410 for who signed up after 11 May 2026.
        """
        return self.http_client.read(endpoints.LEGACY_HOLDINGS, account_id, user=user)

    def activities(
        self, user: Credential, account_id: str, *, since: date | None
    ) -> tuple[list[Activity], bool]:
        """Read what happened in an account, newest first; tell whether that is all of it."""
        start = {} if since is None else {"startDate": since.isoformat()}

        def read(offset: int) -> ProviderPage[Activity]:
            page = {**start, "offset": str(offset), "limit": str(_PAGE)}
            document = self.http_client.read(
                endpoints.ACTIVITIES, account_id, user=user, parameters=page
            )
            told = document.told
            found = validated(models.ActivitiesPage.model_validate, document.content, told)
            activities = validated(_ACTIVITIES.validate_python, found.data, told)
            return ProviderPage(
                list(zip(activities, found.data, strict=True)), found.pagination.total
            )

        return read_pages(read, name=_id_of)


def _id_of(activity: Activity) -> str | None:
    name = activity[1].get("id")
    return None if name is None else str(name)


def _listed(document: Document) -> Listed:
    content = document.content
    # A bare list in the older shape and in early answers of the newer one, wrapped since.
    rows = content.get("results") if isinstance(content, dict) else content
    if not isinstance(rows, list):
        raise UnreadableAnswer(document.told)
    read = validated(_ACCOUNTS.validate_python, rows, document.told)
    return list(zip(read, rows, strict=True))
