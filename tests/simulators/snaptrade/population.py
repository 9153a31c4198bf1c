"""How connections and their accounts come, break, recover and go."""

from tests.simulators.common.timers import Timers
from tests.simulators.snaptrade.accounts import complete_first_sync, opened_account
from tests.simulators.snaptrade.events import connection_event
from tests.simulators.snaptrade.models import Account, Connection, Institution, Mode, Portfolio
from tests.simulators.snaptrade.refusals import NotFound
from tests.simulators.snaptrade.webhooks import WebhookSender
from tests.simulators.snaptrade.world import World

CONNECTION_MODES = ("delayed", "realtime", "disabled", "shared")


class Population:
    """Connects and disconnects, and announces each change by webhook."""

    def __init__(self, *, world: World, timers: Timers, webhooks: WebhookSender) -> None:
        self._world = world
        self._timers = timers
        self._webhooks = webhooks

    def add_connection(
        self,
        user_id: str,
        *,
        mode: str,
        institution: Institution,
        portfolios: list[Portfolio],
        is_announced: bool = True,
        login: str | None = None,
        access: str = "read",
        holder: str | None = None,
    ) -> Connection:
        """Connect a user to an institution, as the portal would."""
        world = self._world
        with world.changing():
            user = world.find_user(user_id)
            if user is None:
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
                access=access,
                login=login,
                holder=holder,
            )
            world.connections[connection.id] = connection
            user.connection_ids.append(connection.id)
            if is_announced:
                self._webhooks.send(connection_event(world, "CONNECTION_ADDED", connection))
            self.open_accounts(connection, portfolios, is_announced=is_announced)
        return connection

    def open_accounts(
        self, connection: Connection, portfolios: list[Portfolio], *, is_announced: bool
    ) -> list[Account]:
        """Let the provider discover accounts of a connection, now or later in its life."""
        world = self._world
        with world.changing():
            accounts = [
                opened_account(world.ids.new_id(), connection, portfolio)
                for portfolio in portfolios
            ]
            for account in accounts:
                world.accounts[account.id] = account
                connection.account_ids.append(account.id)
            if is_announced:
                self._announce(connection, accounts, "NEW_ACCOUNT_AVAILABLE")
            delay_seconds = world.knobs.initial_sync_delay_seconds
            sync = self._first_sync
            if delay_seconds:
                self._timers.after(delay_seconds, lambda: sync(connection, accounts, is_announced))
            else:
                sync(connection, accounts, is_announced)
        return accounts

    def close_account(self, account_id: str, *, is_announced: bool = True) -> None:
        """Let an account vanish from its connection."""
        world = self._world
        with world.changing():
            account = world.account(account_id)
            connection = world.connection(account.connection_id)
            connection.account_ids.remove(account_id)
            del world.accounts[account_id]
            if is_announced:
                self._announce(connection, [account], "ACCOUNT_REMOVED")

    def disable(self, connection_id: str, *, is_announced: bool = True) -> None:
        """Break a connection: reads keep answering frozen data."""
        world = self._world
        with world.changing():
            connection = world.connection(connection_id)
            connection.disabled_at = world.now()
            if is_announced:
                self._webhooks.send(connection_event(world, "CONNECTION_BROKEN", connection))

    def enable(self, connection_id: str, *, is_announced: bool = True) -> None:
        """Repair a connection, as a reconnect in the portal would."""
        world = self._world
        with world.changing():
            connection = world.connection(connection_id)
            connection.disabled_at = None
            if is_announced:
                self._webhooks.send(connection_event(world, "CONNECTION_FIXED", connection))

    def delete_connection(self, connection_id: str) -> None:
        """Queue a connection for deletion."""
        delay_seconds = self._world.knobs.deletion_delay_seconds
        self._timers.after(delay_seconds, lambda: self.remove_connection(connection_id))

    def remove_connection(self, connection_id: str) -> None:
        """Delete a connection now."""
        world = self._world
        with world.changing():
            connection = world.find_connection(connection_id)
            if connection is None:
                return
            self.forget(connection)
            self._webhooks.send(connection_event(world, "CONNECTION_DELETED", connection))

    def forget(self, connection: Connection) -> None:
        """Delete a connection without a word."""
        world = self._world
        for account_id in connection.account_ids:
            del world.accounts[account_id]
        del world.connections[connection.id]
        world.users[connection.user_id].connection_ids.remove(connection.id)

    def _first_sync(
        self, connection: Connection, accounts: list[Account], is_announced: bool
    ) -> None:
        world = self._world
        with world.changing():
            present = [account for account in accounts if account.id in world.accounts]
            for account in present:
                complete_first_sync(account, now=world.now())
            if is_announced:
                self._announce(connection, present, "ACCOUNT_TRANSACTIONS_INITIAL_UPDATE")
            if is_announced and world.knobs.initial_holdings_event:
                self._announce(connection, present, "ACCOUNT_HOLDINGS_UPDATED")

    def _announce(self, connection: Connection, accounts: list[Account], event_type: str) -> None:
        for account in accounts:
            body = connection_event(self._world, event_type, connection, account_id=account.id)
            self._webhooks.send(body)
