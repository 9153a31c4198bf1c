"""A read at Plaid of one Item: two calls answer every question."""

from collections.abc import Sequence
from copy import replace
from datetime import date, datetime, timedelta

from msgspec import Struct

from freshet.adapters.integration import Opener
from freshet.adapters.integration_dependencies import IntegrationDependencies
from freshet.adapters.json_rows import RowTexts
from freshet.adapters.plaid import endpoints, models
from freshet.adapters.plaid.client import PlaidClient
from freshet.adapters.plaid.http_client import PlaidHttpClient
from freshet.adapters.plaid.mapping import (
    refusal_in,
    to_account_report,
    to_connection_report,
    to_holdings,
    to_transaction,
)
from freshet.adapters.plaid.settings import PlaidSettings
from freshet.adapters.rate_guard import QuotaLease, RateGuard
from freshet.domain.account import AccountReport
from freshet.domain.call_errors import ConsentWithdrawn, RefusedUnclearly
from freshet.domain.connection import Connection
from freshet.domain.connection_report import ConnectionReport
from freshet.domain.credential import Credential
from freshet.domain.days import DayRange
from freshet.domain.provider import Provider
from freshet.domain.quota import EAGER
from freshet.domain.snapshot import HoldingsReading
from freshet.domain.transaction_windows import WindowRead, window_read
from freshet.ports import ProviderSession

_HISTORY = timedelta(days=730)


class _Portfolio(Struct, frozen=True):
    """The one answer that holds all accounts, and when it was asked for."""

    answer: models.HoldingsAnswer
    texts: RowTexts
    started_at: datetime
    fetched_at: datetime

    def lines_of(self, account_id: str) -> list[models.Holding]:
        """List the lines of one account."""
        return [each for each in self.answer.holdings if each.account_id == account_id]

    def source_of(self, account_id: str) -> str:
        """Keep the account's part of the answer as it came: its lines and the securities named."""
        rows = zip(self.answer.holdings, self.texts["holdings"], strict=True)
        lines = [(line, text) for line, text in rows if line.account_id == account_id]
        known = dict(zip(self._security_ids, self.texts["securities"], strict=True))
        # In the order of the lines: what stands beside each other is stored for less.
        named = dict.fromkeys(line.security_id for line, _ in lines)
        securities = [known[each] for each in named if each is not None and each in known]
        holdings = [text for _, text in lines]
        return f'{{"holdings":[{",".join(holdings)}],"securities":[{",".join(securities)}]}}'

    @property
    def _security_ids(self) -> list[str | None]:
        return [each.security_id for each in self.answer.securities]


class PlaidSession(Struct):
    """The port ProviderSession for an Item; what one call brought is not asked for again."""

    client: PlaidClient
    item: Credential
    reads_transactions: bool
    quota_lease: QuotaLease
    _item_answer: models.ItemAnswer | None = None
    _portfolio: _Portfolio | None = None

    def expect(self, calls: int, *, is_awaited: bool) -> None:
        """Say how many calls are to come, and whether a user waits for them."""
        self.quota_lease.expected, self.quota_lease.is_awaited = calls, is_awaited

    @property
    def calls(self) -> int:
        """How many reads it has made."""
        return self.quota_lease.taken

    def connection(self) -> ConnectionReport:
        """Ask how the Item is; raises ConsentWithdrawn and RefusedUnclearly by its error."""
        answer = self._read_item()
        kind = refusal_in(answer)
        if kind is ConsentWithdrawn or kind is RefusedUnclearly:
            raise kind(endpoints.ITEM.told(status=200))
        return to_connection_report(answer)

    def look(self) -> ConnectionReport:
        """Ask how the Item is: one call in any case."""
        return self.connection()

    def accounts(self) -> Sequence[AccountReport]:
        """List its accounts, investment or not."""
        synced_at = self._synced_at()
        portfolio = self._read_portfolio()
        holding = {each.account_id for each in portfolio.answer.holdings}
        return [
            to_account_report(
                account, source, synced_at=synced_at, is_holding=account.account_id in holding
            )
            for account, source in zip(
                portfolio.answer.accounts, portfolio.texts["accounts"], strict=True
            )
        ]

    def holdings(self, account: AccountReport) -> HoldingsReading:
        """Give one account's lines out of the common answer."""
        portfolio = self._read_portfolio()
        account_id = account.provider_account_id
        securities = {each.security_id: each for each in portfolio.answer.securities}
        balances = {each.account_id: each.balances for each in portfolio.answer.accounts}
        return HoldingsReading(
            holdings=to_holdings(
                portfolio.lines_of(account_id),
                securities,
                balances[account_id],
                synced_at=account.synced_at,
                source=portfolio.source_of(account_id),
            ),
            broker_as_of=None,
            provider_synced_at=account.synced_at,
            started_at=portfolio.started_at,
            fetched_at=portfolio.fetched_at,
        )

    def transactions(self, account: AccountReport, *, since: date | None) -> WindowRead:
        """Read what happened since a day, or in the two years that Plaid keeps: every page."""
        today = self.client.clock().date()
        days = DayRange(first=since or today - _HISTORY, before=today + timedelta(days=1))
        found = self.client.transactions(
            self.item, account.provider_account_id, since=days.first or today, until=today
        )
        read = (to_transaction(model, row, found.tickers) for model, row in found.rows)
        return window_read(days, read, is_whole=found.is_whole)

    def _synced_at(self) -> datetime | None:
        status = self._read_item().status
        investments = status.investments if status else None
        return investments.last_successful_update if investments else None

    def _read_item(self) -> models.ItemAnswer:
        if self._item_answer is None:
            self._item_answer = self.client.item(self.item)
        return self._item_answer

    def _read_portfolio(self) -> _Portfolio:
        if self._portfolio is None:
            started_at = self.client.clock()
            answer, texts = self.client.holdings(self.item)
            self._portfolio = _Portfolio(answer, texts, started_at, self.client.clock())
        return self._portfolio


def opener(
    deps: IntegrationDependencies,
    settings: PlaidSettings,
    http_client: PlaidHttpClient,
    rate_guard: RateGuard,
) -> Opener[ProviderSession]:
    """Build what opens sessions; each takes its calls from a quota of its own."""
    eager = deps.waiting(EAGER).quota(Provider.PLAID, settings.plaid_requests_per_minute)

    def open_session(connection: Connection, item: Credential) -> PlaidSession:
        quota_lease = QuotaLease(rate_guard.quota, eager, connection.link.institution.id or "")
        client = PlaidClient(
            http_client=replace(http_client, rate_guard=replace(rate_guard, quota=quota_lease)),
            clock=deps.clock,
        )
        return PlaidSession(client, item, settings.plaid_transactions, quota_lease)

    return open_session
