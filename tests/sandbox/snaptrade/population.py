"""How users and connections come, break, recover and go."""

from datetime import timedelta

from tests.sandbox.simulation.identifiers import fixed_id
from tests.sandbox.simulation.timers import Timers
from tests.sandbox.snaptrade.activities import history
from tests.sandbox.snaptrade.events import connection_event, user_event
from tests.sandbox.snaptrade.models import Account, Connection, Institution, Mode, User
from tests.sandbox.snaptrade.portfolios import Portfolio
from tests.sandbox.snaptrade.refusals import NotFound, UserExists
from tests.sandbox.snaptrade.webhooks import WebhookSender
from tests.sandbox.snaptrade.world import World

CONNECTION_MODES = ("delayed", "realtime", "disabled", "shared")


def institution_named(slug: str, name: str | None = None) -> Institution:
    """Return an invented brokerage; the same slug always has the same id."""
    return Institution(fixed_id("institution", slug), slug, name or f"{slug.title()} Brokerage")


class Population:
    """Registers and removes, and announces each change by webhook."""

    def __init__(self, *, world: World, timers: Timers, webhooks: WebhookSender) -> None:
        self._world = world
        self._timers = timers
        self._webhooks = webhooks

    def register_user(self, user_id: str) -> User:
        """Create a user; its secret is never shown again by the provider."""
        world = self._world
        with world.changing():
            if user_id in world.users:
                raise UserExists
            user = world.users[user_id] = User(user_id, world.ids.new_id())
            self._webhooks.send(user_event(world, "USER_REGISTERED", user_id=user_id))
        return user

    def delete_user(self, user_id: str) -> None:
        """Queue a user for deletion."""
        if user_id not in self._world.users:
            raise NotFound
        delay_seconds = self._world.knobs.deletion_delay_seconds
        self._timers.after(delay_seconds, lambda: self._remove_user(user_id))

    def add_connection(
        self,
        user_id: str,
        *,
        mode: str,
        institution: Institution,
        portfolios: list[Portfolio],
        is_announced: bool = True,
    ) -> Connection:
        """Connect a user to an institution, as the portal would."""
        world = self._world
        with world.changing():
            if user_id not in world.users:
                raise NotFound
            now = world.now()
            connection = Connection(
                id=world.ids.new_id(),
                user_id=user_id,
                institution=institution,
                mode=Mode.REALTIME if mode == "realtime" else Mode.DELAYED,
                is_shared=mode == "shared",
                created_at=now,
                disabled_at=now if mode == "disabled" else None,
            )
            world.connections[connection.id] = connection
            for portfolio in portfolios:
                self._add_account(connection, portfolio)
            self._start_initial_sync(connection, is_announced=is_announced)
        return connection

    def disable(self, connection_id: str, *, is_announced: bool = True) -> None:
        """Break a connection: reads keep answering frozen data."""
        world = self._world
        with world.changing():
            connection = self._existing(connection_id)
            connection.disabled_at = world.now()
            if is_announced:
                self._webhooks.send(connection_event(world, "CONNECTION_BROKEN", connection))

    def enable(self, connection_id: str, *, is_announced: bool = True) -> None:
        """Repair a connection, as a reconnect in the portal would."""
        world = self._world
        with world.changing():
            connection = self._existing(connection_id)
            connection.disabled_at = None
            if is_announced:
                self._webhooks.send(connection_event(world, "CONNECTION_FIXED", connection))

    def delete_connection(self, connection_id: str) -> None:
        """Queue a connection for deletion."""
        delay_seconds = self._world.knobs.deletion_delay_seconds
        self._timers.after(delay_seconds, lambda: self._remove_connection(connection_id))

    def _existing(self, connection_id: str) -> Connection:
        if connection_id not in self._world.connections:
            raise NotFound
        return self._world.connections[connection_id]

    def _add_account(self, connection: Connection, portfolio: Portfolio) -> Account:
        world = self._world
        account_id = world.ids.new_id()
        account = world.accounts[account_id] = Account(
            id=account_id,
            connection_id=connection.id,
            kind=portfolio.kind,
            name=portfolio.name,
            number=str(int(account_id[:8], 16)).zfill(10),
            raw_type=portfolio.raw_type,
            currency=portfolio.currency,
            cash_or_margin=portfolio.cash_or_margin,
            created_at=connection.created_at,
            as_of=connection.created_at,
            holdings_unavailable=portfolio.holdings_unavailable,
            stated_total=portfolio.stated_total,
            positions=[dict(line) for line in portfolio.positions],
            balances=list(portfolio.balances),
        )
        return account

    def _start_initial_sync(self, connection: Connection, *, is_announced: bool) -> None:
        world = self._world
        delay_seconds = world.knobs.initial_sync_delay_seconds
        accounts = world.accounts_of(connection.id)
        if is_announced:
            self._webhooks.send(connection_event(world, "CONNECTION_ADDED", connection))
            self._announce(connection, accounts, "NEW_ACCOUNT_AVAILABLE")
        if delay_seconds:
            later = self._finish_initial_sync
            self._timers.after(delay_seconds, lambda: later(connection, is_announced=is_announced))
        else:
            self._finish_initial_sync(connection, is_announced=is_announced)

    def _finish_initial_sync(self, connection: Connection, *, is_announced: bool) -> None:
        world = self._world
        with world.changing():
            now = world.now()
            accounts = world.accounts_of(connection.id)
            for account in accounts:
                account.as_of = account.synced_at = now
                # One day short of complete, so that the first transactions sync has work to do.
                account.transactions_synced_on = now.date() - timedelta(days=2)
                account.activities = history(
                    account,
                    until=account.transactions_synced_on,
                    institution=connection.institution.name,
                )
            if is_announced:
                self._announce(connection, accounts, "ACCOUNT_TRANSACTIONS_INITIAL_UPDATE")
            if is_announced and world.knobs.initial_holdings_event:
                self._announce(connection, accounts, "ACCOUNT_HOLDINGS_UPDATED")

    def _announce(self, connection: Connection, accounts: list[Account], event_type: str) -> None:
        for account in accounts:
            body = connection_event(self._world, event_type, connection, account_id=account.id)
            self._webhooks.send(body)

    def _remove_user(self, user_id: str) -> None:
        world = self._world
        with world.changing():
            if world.users.pop(user_id, None) is None:
                return
            for connection in list(world.connections.values()):
                if connection.user_id == user_id:
                    self._forget(connection)
            self._webhooks.send(user_event(world, "USER_DELETED", user_id=user_id))

    def _remove_connection(self, connection_id: str) -> None:
        world = self._world
        with world.changing():
            connection = world.connections.get(connection_id)
            if connection is None:
                return
            self._forget(connection)
            self._webhooks.send(connection_event(world, "CONNECTION_DELETED", connection))

    def _forget(self, connection: Connection) -> None:
        for account in self._world.accounts_of(connection.id):
            del self._world.accounts[account.id]
        del self._world.connections[connection.id]
