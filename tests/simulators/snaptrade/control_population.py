"""Control over users, connections, accounts and what they hold."""

from dataclasses import asdict
from typing import Any

from tests.simulators.common.control import ControlHandler
from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.brokerages import institution_named
from tests.simulators.snaptrade.holdings_changes import replace_holdings
from tests.simulators.snaptrade.market import move_market
from tests.simulators.snaptrade.models import Institution
from tests.simulators.snaptrade.population import CONNECTION_MODES, Population
from tests.simulators.snaptrade.portfolios import portfolios_in
from tests.simulators.snaptrade.refusals import InvalidInput
from tests.simulators.snaptrade.users import Users
from tests.simulators.snaptrade.world import World


class PopulationControl:
    """Makes and unmakes what the provider knows."""

    def __init__(self, *, world: World, users: Users, population: Population) -> None:
        self._world = world
        self._users = users
        self._population = population

    def entries(self) -> list[tuple[str, str, ControlHandler]]:
        """Return the routes of this subject."""
        connection, account = "/connections/{connection_id}", "/accounts/{account_id}"
        return [
            ("POST", "/users", self._register_user),
            ("POST", "/connections", self._add_connection),
            ("POST", f"{connection}/disable", self._disable),
            ("POST", f"{connection}/enable", self._enable),
            ("POST", f"{connection}/accounts", self._open_account),
            ("POST", f"{account}/close", self._close_account),
            ("POST", f"{account}/holdings", self._replace_holdings),
            ("POST", f"{account}/trade", self._trade),
            ("GET", "/seeded/{index}", self._seeded),
        ]

    def _register_user(self, path: dict[str, str], body: Any) -> Document:
        user = self._users.register(body["user_id"])
        return {"user_id": user.id, "user_secret": user.secret}

    def _add_connection(self, path: dict[str, str], body: Any) -> Document:
        mode = body.get("mode", "delayed")
        if mode not in CONNECTION_MODES:
            raise InvalidInput
        connection = self._population.add_connection(
            body["user_id"],
            mode=mode,
            institution=_institution_in(body.get("institution", "ACME")),
            portfolios=portfolios_in(body.get("portfolio", "starter")),
            is_announced=body.get("announce", True),
            login=body.get("login"),
            holder=body.get("holder"),
        )
        return {"connection_id": connection.id, "account_ids": connection.account_ids}

    def _disable(self, path: dict[str, str], body: Any) -> Document:
        self._population.disable(path["connection_id"], is_announced=body.get("announce", True))
        return {}

    def _enable(self, path: dict[str, str], body: Any) -> Document:
        self._population.enable(path["connection_id"], is_announced=body.get("announce", True))
        return {}

    def _open_account(self, path: dict[str, str], body: Any) -> Document:
        accounts = self._population.open_accounts(
            self._world.connection(path["connection_id"]),
            portfolios_in(body.get("portfolio", "savings")),
            is_announced=body.get("announce", True),
        )
        return {"account_ids": [account.id for account in accounts]}

    def _close_account(self, path: dict[str, str], body: Any) -> Document:
        is_announced = body.get("announce", True)
        self._population.close_account(path["account_id"], is_announced=is_announced)
        return {}

    def _replace_holdings(self, path: dict[str, str], body: Any) -> Document:
        replace_holdings(self._world, path["account_id"], body)
        return {}

    def _trade(self, path: dict[str, str], body: Any) -> Document:
        account = self._world.account(path["account_id"])
        move_market(account)
        account.as_of = account.synced_at = self._world.now()
        return {}

    def _seeded(self, path: dict[str, str], body: Any) -> Document:
        return asdict(self._world.seeded.identity(int(path["index"])))


def _institution_in(value: Any) -> Institution:
    if isinstance(value, str):
        return institution_named(value)
    return institution_named(value["slug"], value.get("name"))
