"""Endpoints that only customers of before the summer of 2026 still have."""

from http import HTTPStatus

from tests.simulators.common.exact_json import Document
from tests.simulators.common.wire import Reply
from tests.simulators.snaptrade.activities import all_activities
from tests.simulators.snaptrade.calls import Call
from tests.simulators.snaptrade.legacy import (
    account_holdings_document,
    account_summary,
    legacy_options,
    legacy_positions,
    user_holdings_document,
)
from tests.simulators.snaptrade.models import Account, Connection
from tests.simulators.snaptrade.population import Population
from tests.simulators.snaptrade.refusals import Retired, StillPopulating
from tests.simulators.snaptrade.syncing import Syncing
from tests.simulators.snaptrade.world import World


class RetiredEndpoints:
    """One method per endpoint; each refuses newer customers before it looks at anything."""

    def __init__(self, *, world: World, population: Population, syncing: Syncing) -> None:
        self._world = world
        self._population = population
        self._syncing = syncing

    def all_holdings(self, call: Call) -> list[Document]:
        """Return the holdings of all accounts of a user, or of some connections."""
        self._check_signup()
        world = self._world
        wanted = set(filter(None, call.query.get("brokerage_authorizations", "").split(",")))
        found = [
            item for item in world.connections_of(call.user_id) if item.id in wanted or not wanted
        ]
        pairs = [(account, item) for item in found for account in world.accounts_of(item.id)]
        for account, connection in pairs:
            self._syncing.read_through(account, connection)
        return [user_holdings_document(*pair, knobs=world.knobs) for pair in pairs]

    def holdings(self, call: Call) -> Document:
        """Return everything about one account."""
        account, connection = self._read(call)
        if not account.is_initialised:
            raise StillPopulating
        return account_holdings_document(account, connection, knobs=self._world.knobs)

    def positions(self, call: Call) -> list[Document]:
        """Return the positions of one account without its options."""
        return legacy_positions(self._read(call)[0], knobs=self._world.knobs)

    def options(self, call: Call) -> list[Document]:
        """Return the options of one account."""
        return legacy_options(self._read(call)[0])

    def activities(self, call: Call) -> list[Document]:
        """Return the activities of all accounts of a user."""
        self._check_signup()
        world = self._world
        return [
            activity | {"account": account_summary(account, connection, knobs=world.knobs)}
            for connection in world.connections_of(call.user_id)
            for account in world.accounts_of(connection.id)
            for activity in all_activities(account, institution=connection.institution.name)
        ]

    def delete_connection(self, call: Call) -> Reply:
        """Delete a connection at once."""
        self._check_signup()
        connection = self._world.connection(call.path["connection_id"], user_id=call.user_id)
        self._population.remove_connection(connection.id)
        return Reply(HTTPStatus.NO_CONTENT, b"")

    def option_quotes(self, call: Call) -> object:
        """Refuse what no customer has any more."""
        raise Retired

    def _check_signup(self) -> None:
        if not self._world.knobs.legacy_endpoints:
            raise Retired

    def _read(self, call: Call) -> tuple[Account, Connection]:
        self._check_signup()
        account = self._world.account(call.path["account_id"], user_id=call.user_id)
        connection = self._world.connections[account.connection_id]
        self._syncing.read_through(account, connection)
        return account, connection
