"""The provider's endpoints."""

from dataclasses import dataclass
from datetime import date

from tests.sandbox.simulation.exact_json import Document, loads
from tests.sandbox.snaptrade.activities import traded_on
from tests.sandbox.snaptrade.answers import (
    account_document,
    balances_document,
    connection_account_document,
    connection_document,
    positions_document,
)
from tests.sandbox.snaptrade.models import Account, Connection
from tests.sandbox.snaptrade.population import Population
from tests.sandbox.snaptrade.refusals import InvalidInput, Retired
from tests.sandbox.snaptrade.syncing import Syncing
from tests.sandbox.snaptrade.world import World

API_VERSION = 153
MAX_PAGE = 1000


@dataclass(frozen=True, slots=True)
class Call:
    """An admitted request; `user_id` is empty where the operation has no user."""

    path: dict[str, str]
    query: dict[str, str]
    body: bytes
    user_id: str
    request_id: str


class Provider:
    """One method per endpoint; the caller holds the world's lock."""

    def __init__(self, *, world: World, population: Population, syncing: Syncing) -> None:
        self._world = world
        self._population = population
        self._syncing = syncing

    def check(self, call: Call) -> Document:
        """Tell that the service is up."""
        timestamp = self._world.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return {"version": API_VERSION, "timestamp": timestamp, "online": True}

    def register_user(self, call: Call) -> Document:
        """Register a user and show its secret once."""
        user = self._population.register_user(_user_id_in(call.body))
        return {"userId": user.id, "userSecret": user.secret}

    def list_users(self, call: Call) -> list[str]:
        """List the ids of all users, unpaginated."""
        return list(self._world.users)

    def delete_user(self, call: Call) -> Document:
        """Queue a user for deletion."""
        user_id = call.query.get("userId", "")
        self._population.delete_user(user_id)
        detail = "User queued for deletion; please wait for webhook for confirmation."
        return {"status": "deleted", "detail": detail, "userId": user_id}

    def list_connections(self, call: Call) -> list[Document]:
        """List the user's connections."""
        connections = self._world.connections.values()
        knobs = self._world.knobs
        mine = [item for item in connections if item.user_id == call.user_id]
        return [connection_document(item, knobs=knobs) for item in mine]

    def get_connection(self, call: Call) -> Document:
        """Return one connection."""
        return connection_document(self._connection(call), knobs=self._world.knobs)

    def list_accounts(self, call: Call) -> list[Document]:
        """List the accounts of a connection in the older shape."""
        connection, world = self._connection(call), self._world
        accounts = world.accounts_of(connection.id)
        return [account_document(item, connection, knobs=world.knobs) for item in accounts]

    def list_connection_accounts(self, call: Call) -> Document:
        """List the accounts of a connection in the newer shape."""
        connection, world = self._connection(call), self._world
        accounts = world.accounts_of(connection.id)
        render = connection_account_document
        return {"results": [render(item, connection, knobs=world.knobs) for item in accounts]}

    def refresh(self, call: Call) -> Document:
        """Schedule a billed refresh."""
        connection = self._connection(call)
        self._syncing.refresh(connection, request_id=call.request_id)
        return {"detail": f"Connection {connection.id} scheduled for refresh"}

    def sync_transactions(self, call: Call) -> Document:
        """Schedule a transactions sync."""
        connection = self._connection(call)
        self._syncing.sync_transactions(connection)
        return {"detail": f"Connection {connection.id} scheduled for transactions sync"}

    def delete_connection(self, call: Call) -> Document:
        """Queue a connection for deletion."""
        connection = self._connection(call)
        self._population.delete_connection(connection.id)
        detail = "Connection queued for deletion; please wait for webhook for confirmation."
        return {"detail": detail, "connection_id": connection.id}

    def positions(self, call: Call) -> Document:
        """Return the positions of an account."""
        return positions_document(self._account_read(call))

    def balances(self, call: Call) -> list[Document]:
        """Return the balances of an account."""
        return balances_document(self._account_read(call))

    def activities(self, call: Call) -> Document:
        """Return one page of activities, newest first."""
        account = self._account(call)
        start, end = _day(call, "startDate", "0001-01-01"), _day(call, "endDate", "9999-12-31")
        kinds = set(filter(None, call.query.get("type", "").split(",")))
        found = [
            item
            for item in account.activities
            if start <= traded_on(item) <= end and (not kinds or item["type"] in kinds)
        ]
        found.sort(key=traded_on, reverse=True)
        offset = _whole(call, "offset", 0)
        limit = min(_whole(call, "limit", MAX_PAGE) or MAX_PAGE, MAX_PAGE)
        pagination = {"offset": offset, "limit": limit, "total": len(found)}
        return {"data": found[offset : offset + limit], "pagination": pagination}

    def retired(self, call: Call) -> object:
        """Refuse an endpoint that is gone for new customers."""
        raise Retired

    def _connection(self, call: Call) -> Connection:
        return self._world.connection(call.path["connection_id"], user_id=call.user_id)

    def _account(self, call: Call) -> Account:
        return self._world.account(call.path["account_id"], user_id=call.user_id)

    def _account_read(self, call: Call) -> Account:
        account = self._account(call)
        connection = self._world.connections[account.connection_id]
        self._syncing.read_through(account, connection)
        return account


def _user_id_in(body: bytes) -> str:
    document = loads(body) if body else None
    user_id = document.get("userId") if isinstance(document, dict) else None
    if not isinstance(user_id, str) or not user_id:
        raise InvalidInput
    return user_id


def _day(call: Call, name: str, default: str) -> str:
    try:
        return date.fromisoformat(call.query.get(name, default)).isoformat()
    except ValueError as error:
        raise InvalidInput from error


def _whole(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, str(default))
    if not text.isdecimal():
        raise InvalidInput
    return int(text)
