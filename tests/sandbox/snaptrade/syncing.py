"""Refreshes and transaction syncs: accepted at once, done a little later."""

from datetime import timedelta
from typing import Any

from tests.sandbox.simulation.timers import Timers
from tests.sandbox.snaptrade.activities import dividend
from tests.sandbox.snaptrade.events import connection_event, holdings_details
from tests.sandbox.snaptrade.knobs import PARTS
from tests.sandbox.snaptrade.market import move_market
from tests.sandbox.snaptrade.models import Account, Balance, Connection, Mode
from tests.sandbox.snaptrade.refusals import (
    ConnectionDisabled,
    FeatureOff,
    NotFound,
    RefreshedTooRecently,
)
from tests.sandbox.snaptrade.webhooks import WebhookSender
from tests.sandbox.snaptrade.world import World


class Syncing:
    """Goes to the imaginary brokerage."""

    def __init__(self, *, world: World, timers: Timers, webhooks: WebhookSender) -> None:
        self._world = world
        self._timers = timers
        self._webhooks = webhooks

    def refresh(self, connection: Connection, *, request_id: str) -> None:
        """Accept a refresh and bill it, or refuse it unbilled."""
        world = self._world
        with world.changing():
            _check_syncable(connection)
            if connection.mode is Mode.REALTIME:
                raise FeatureOff
            now, last = world.now(), connection.refreshed_at
            interval = timedelta(seconds=world.knobs.refresh_interval_seconds)
            if last is not None and now < last + interval:
                raise RefreshedTooRecently
            connection.refreshed_at = now
            world.charge(connection.id, request_id=request_id)
        delay_seconds = world.knobs.refresh_delay_seconds
        self._timers.after(delay_seconds, lambda: self._finish_refresh(connection))

    def sync_transactions(self, connection: Connection) -> None:
        """Accept a transactions sync; it costs nothing."""
        _check_syncable(connection)
        delay_seconds = self._world.knobs.transactions_delay_seconds
        self._timers.after(delay_seconds, lambda: self._finish_transactions(connection))

    def read_through(self, account: Account, connection: Connection) -> None:
        """Note that a read of a real-time connection asked the brokerage just now."""
        if connection.is_live and account.is_initialised and not account.holdings_unavailable:
            account.as_of = self._world.now()

    def replace_holdings(self, account_id: str, changes: dict[str, Any]) -> None:
        """Put other positions or balances in an account, with `advance` moving its dates."""
        world = self._world
        with world.changing():
            if account_id not in world.accounts:
                raise NotFound
            account = world.accounts[account_id]
            if "positions" in changes:
                account.positions = [dict(line) for line in changes["positions"]]
            if "balances" in changes:
                account.balances = [Balance.from_document(item) for item in changes["balances"]]
            if changes.get("advance", True):
                account.as_of = account.synced_at = world.now()

    def _finish_refresh(self, connection: Connection) -> None:
        world = self._world
        with world.changing():
            if connection.id not in world.connections:
                return
            broken = connection.disabled_at is not None
            failed = set(PARTS) if broken else set(world.knobs.refresh_failed_parts)
            for account in world.accounts_of(connection.id):
                self._renew(account, failed)
                self._announce_holdings(connection, account, failed)
            if world.knobs.refresh_syncs_transactions:
                self._finish_transactions(connection)

    def _renew(self, account: Account, failed: set[str]) -> None:
        outcome = self._world.knobs.refresh_outcome
        if outcome == "stalled" or account.holdings_unavailable or not account.is_initialised:
            return
        now = self._world.now()
        if "positions" not in failed:
            account.as_of = now
            if outcome == "changed":
                move_market(account)
        if not failed:
            account.synced_at = now

    def _announce_holdings(
        self, connection: Connection, account: Account, failed: set[str]
    ) -> None:
        world = self._world
        if world.knobs.refresh_sends_webhooks:
            kind = "ACCOUNT_HOLDINGS_UPDATED"
            body = connection_event(world, kind, connection, account_id=account.id)
            self._webhooks.send(body | {"details": holdings_details(failed_parts=failed)})

    def _finish_transactions(self, connection: Connection) -> None:
        world = self._world
        with world.changing():
            if connection.disabled_at is not None or connection.id not in world.connections:
                return
            yesterday = world.now().date() - timedelta(days=1)
            for account in world.accounts_of(connection.id):
                synced_on = account.transactions_synced_on
                if synced_on is None or synced_on >= yesterday:
                    continue
                name = connection.institution.name
                account.activities.append(dividend(account, paid_on=yesterday, institution=name))
                account.transactions_synced_on = yesterday
                kind = "ACCOUNT_TRANSACTIONS_UPDATED"
                body = connection_event(world, kind, connection, account_id=account.id)
                self._webhooks.send(body)


def _check_syncable(connection: Connection) -> None:
    if connection.is_shared:
        raise NotFound
    if connection.disabled_at is not None:
        raise ConnectionDisabled
