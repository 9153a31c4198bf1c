"""Refreshes and transaction syncs: accepted at once, done a little later."""

from datetime import timedelta

from tests.simulators.common.timers import Timers
from tests.simulators.snaptrade.activities import dividend
from tests.simulators.snaptrade.events import connection_event, holdings_details
from tests.simulators.snaptrade.knobs import PARTS
from tests.simulators.snaptrade.market import move_market
from tests.simulators.snaptrade.models import Account, Connection, Mode
from tests.simulators.snaptrade.refresh_plans import RefreshEnd
from tests.simulators.snaptrade.refusals import (
    ConnectionDisabled,
    FeatureOff,
    NotFound,
    RefreshedTooRecently,
)
from tests.simulators.snaptrade.webhooks import WebhookSender
from tests.simulators.snaptrade.world import World


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

    def _finish_refresh(self, connection: Connection) -> None:
        world = self._world
        with world.changing():
            if connection.id not in world.connections:
                return
            for account in world.accounts_of(connection.id):
                end = self._end_for(connection, account)
                self._renew(account, end)
                self._announce_holdings(connection, account, end.failed_parts)
            if world.knobs.refresh_syncs_transactions:
                self._finish_transactions(connection)

    def _end_for(self, connection: Connection, account: Account) -> RefreshEnd:
        world = self._world
        if connection.disabled_at is not None:
            return RefreshEnd("stalled", frozenset(PARTS))
        plans = world.refresh_plans
        planned = plans.take(connection_id=connection.id, account_id=account.id)
        return planned or RefreshEnd.by_knobs(world.knobs)

    def _renew(self, account: Account, end: RefreshEnd) -> None:
        if end.outcome == "stalled" or account.holdings_unavailable or not account.is_initialised:
            return
        now, is_dated = self._world.now(), end.outcome != "undated"
        if "positions" not in end.failed_parts:
            if is_dated:
                account.as_of = now
            if end.outcome in {"changed", "undated"}:
                move_market(account)
        if is_dated and not end.failed_parts:
            account.synced_at = now

    def _announce_holdings(
        self, connection: Connection, account: Account, failed: frozenset[str]
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
                account.transactions_synced_on = yesterday
                if not account.has_transactions:
                    continue
                name = connection.institution.name
                account.activities.append(dividend(account, paid_on=yesterday, institution=name))
                kind = "ACCOUNT_TRANSACTIONS_UPDATED"
                body = connection_event(world, kind, connection, account_id=account.id)
                self._webhooks.send(body)


def _check_syncable(connection: Connection) -> None:
    if connection.is_shared:
        raise NotFound
    if connection.disabled_at is not None:
        raise ConnectionDisabled
