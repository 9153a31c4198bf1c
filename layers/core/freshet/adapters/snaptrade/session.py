"""A read at SnapTrade of one connection."""

from collections.abc import Callable, Sequence
from copy import replace
from datetime import date, datetime

from msgspec import Struct

from freshet.adapters.integration import Opener
from freshet.adapters.integration_dependencies import IntegrationDependencies
from freshet.adapters.rate_guard import QuotaLease
from freshet.adapters.snaptrade.client import SnapTradeClient
from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient
from freshet.adapters.snaptrade.mapping import (
    to_account_report,
    to_connection_report,
    to_holdings,
    to_transaction,
)
from freshet.adapters.snaptrade.settings import SnapTradeSettings
from freshet.adapters.snaptrade.sources import current_source
from freshet.domain.account import AccountReport
from freshet.domain.call_errors import MissingUpstream, ProviderUnavailable
from freshet.domain.connection import Connection
from freshet.domain.connection_report import ConnectionReport
from freshet.domain.credential import Credential
from freshet.domain.days import DayRange
from freshet.domain.holdings import Holdings, Statement
from freshet.domain.provider import Provider
from freshet.domain.quota import EAGER
from freshet.domain.snapshot import HoldingsReading
from freshet.domain.transaction_windows import EDGE, WindowRead, window_read
from freshet.ports import ProviderSession

ReadHoldings = Callable[[SnapTradeClient, Credential, str], tuple[Holdings, datetime | None]]
"""Reads an account's holdings and, where SnapTrade tells it, the broker's own date of them."""


def read_current(
    client: SnapTradeClient, user: Credential, account_id: str
) -> tuple[Holdings, datetime | None]:
    """Read positions, then balances, as SnapTrade serves them now."""
    positions, served_positions = client.positions(user, account_id)
    balances, served_balances = client.balances(user, account_id)
    source = current_source(positions=served_positions, balances=served_balances)
    as_of = positions.data_freshness.as_of if positions.data_freshness else None
    return to_holdings(positions, balances, source=source), as_of


class SnapTradeSession(Struct, frozen=True):
    """The port ProviderSession for a SnapTrade connection."""

    client: SnapTradeClient
    user: Credential
    connection_id: str
    quota_lease: QuotaLease
    read_holdings: ReadHoldings = read_current

    def expect(self, calls: int, *, is_awaited: bool) -> None:
        """Say how many calls are to come, and whether a user waits for them."""
        self.quota_lease.expected, self.quota_lease.is_awaited = calls, is_awaited

    @property
    def calls(self) -> int:
        """How many calls it has made."""
        return self.quota_lease.taken

    def connection(self) -> ConnectionReport:
        """Ask how the connection is; raises MissingUpstream where the user's list lacks it, too."""
        try:
            found = self.client.connection(self.user, self.connection_id)
        except MissingUpstream as missing:
            self.client.connection_in_list(self.user, self.connection_id)
            raise ProviderUnavailable(missing.answer) from None  # it says both
        return to_connection_report(*found)

    def look(self) -> ConnectionReport:
        """Ask how it is by its user's list, which one call tells of a connection that is gone."""
        found = self.client.connection_in_list(self.user, self.connection_id)
        return to_connection_report(*found)

    def accounts(self) -> Sequence[AccountReport]:
        """List its accounts."""
        listed = self.client.accounts(self.user, self.connection_id)
        return [to_account_report(model, document) for model, document in listed]

    def holdings(self, account: AccountReport) -> HoldingsReading:
        """Read positions and balances: together one reading, or none at all."""
        started_at = self.client.http_client.clock()
        holdings, as_of = self.read_holdings(self.client, self.user, account.provider_account_id)
        value = account.value
        statement = Statement(
            total=value.amount if value else None,
            currency=value.currency if value else None,
            as_of=account.synced_at,
        )
        return HoldingsReading(
            holdings=replace(holdings, statement=statement),
            broker_as_of=as_of,
            provider_synced_at=account.synced_at,
            started_at=started_at,
            fetched_at=self.client.http_client.clock(),
        )

    @property
    def reads_transactions(self) -> bool:
        """Reading activities costs nothing here."""
        return True

    def transactions(self, account: AccountReport, *, since: date | None) -> WindowRead:
        """Read what happened since a day, or ever: every page."""
        asked_from = None if since is None else since - EDGE
        rows, is_whole = self.client.activities(
            self.user, account.provider_account_id, since=asked_from
        )
        read = (to_transaction(model, document) for model, document in rows)
        return window_read(DayRange(first=since), read, is_whole=is_whole)


def opener(
    deps: IntegrationDependencies, settings: SnapTradeSettings, http_client: SnapTradeHttpClient
) -> Opener[ProviderSession]:
    """Build what opens sessions; each takes its calls from a quota of its own."""
    limit = settings.snaptrade_requests_per_minute
    rate_guard, eager = http_client.rate_guard, deps.waiting(EAGER).quota(Provider.SNAPTRADE, limit)
    read_holdings: ReadHoldings = read_current
    if settings.snaptrade_retired_holdings:
        # Loaded only where it is used: its models cost a cold start.
        from freshet.adapters.snaptrade.legacy import read_legacy

        read_holdings = read_legacy

    def open_session(connection: Connection, user: Credential) -> SnapTradeSession:
        quota_lease = QuotaLease(rate_guard.quota, eager, connection.link.institution.id or "")
        client = SnapTradeClient(
            replace(http_client, rate_guard=replace(rate_guard, quota=quota_lease))
        )
        return SnapTradeSession(
            client, user, connection.link.provider_connection_id, quota_lease, read_holdings
        )

    return open_session
