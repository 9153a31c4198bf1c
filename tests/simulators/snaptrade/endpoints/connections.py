"""Endpoints of connections."""

from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.answers import (
    account_document,
    connection_account_document,
    connection_document,
)
from tests.simulators.snaptrade.calls import Call
from tests.simulators.snaptrade.features import check_feature, return_rates_document
from tests.simulators.snaptrade.models import Connection
from tests.simulators.snaptrade.population import Population
from tests.simulators.snaptrade.refusals import AlreadyDisabled, NotFound
from tests.simulators.snaptrade.syncing import Syncing
from tests.simulators.snaptrade.world import World


class ConnectionEndpoints:
    """One method per endpoint."""

    def __init__(self, *, world: World, population: Population, syncing: Syncing) -> None:
        self._world = world
        self._population = population
        self._syncing = syncing

    def list_connections(self, call: Call) -> list[Document]:
        """List the user's connections."""
        mine = self._world.connections_of(call.user_id)
        return [connection_document(item, knobs=self._world.knobs) for item in mine]

    def get(self, call: Call) -> Document:
        """Return one connection."""
        return connection_document(self._connection(call), knobs=self._world.knobs)

    def accounts(self, call: Call) -> list[Document]:
        """List the accounts of a connection in the older shape."""
        connection, world = self._connection(call), self._world
        accounts = world.accounts_of(connection.id)
        return [account_document(item, connection, knobs=world.knobs) for item in accounts]

    def newer_accounts(self, call: Call) -> Document:
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

    def disable(self, call: Call) -> Document:
        """Disable a connection by hand, to rehearse its repair."""
        connection = self._connection(call)
        if connection.is_shared:
            raise NotFound
        check_feature(self._world.knobs, "disable")
        if connection.disabled_at is not None:
            raise AlreadyDisabled
        self._population.disable(connection.id)
        return {"detail": f"Connection {connection.id} has been disabled"}

    def return_rates(self, call: Call) -> Document:
        """Return the rates of return of a connection, for customers that have them."""
        self._connection(call)
        check_feature(self._world.knobs, "return_rates")
        return return_rates_document(call, now=self._world.now())

    def delete(self, call: Call) -> Document:
        """Queue a connection for deletion."""
        connection = self._connection(call)
        self._population.delete_connection(connection.id)
        detail = "Connection queued for deletion; please wait for webhook for confirmation."
        return {"detail": detail, "connection_id": connection.id}

    def _connection(self, call: Call) -> Connection:
        return self._world.connection(call.path["connection_id"], user_id=call.user_id)
