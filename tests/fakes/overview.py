"""What a user has, from the other twins."""

from collections.abc import Mapping, Sequence
from itertools import accumulate

from freshet.domain.account import Account
from freshet.domain.connection import Connection
from freshet.domain.snapshot import HoldingsSnapshot, SnapshotSummary
from tests.fakes.accounts import FakeAccounts
from tests.fakes.connections import FakeConnections
from tests.fakes.snapshots import FakeSnapshots


class FakeOverview:
    """The port Overview in memory."""

    def __init__(
        self, connections: FakeConnections, accounts: FakeAccounts, snapshots: FakeSnapshots
    ) -> None:
        self._connections = connections
        self._accounts = accounts
        self._snapshots = snapshots

    def of_user(self, user_id: str) -> tuple[Sequence[Connection], Sequence[Account]]:
        return self._connections.of_user(user_id), self._accounts.of_user(user_id)

    def page_of_user(
        self, user_id: str, *, start: str | None, limit: int
    ) -> tuple[Mapping[str, Connection], Sequence[Account], str | None]:
        rest = [each for each in self._accounts.of_user(user_id) if each.id >= (start or "")]
        shown = rest[:limit]
        wanted = {each.connection_id for each in shown}
        connections = {each.id: each for each in self._connections.of_user(user_id)}
        known = {each: connections[each] for each in wanted if each in connections}
        return known, shown, rest[limit].id if len(rest) > limit else None

    def holdings_that_fit(
        self, user_id: str, account_ids: Sequence[str], *, most_lines: int
    ) -> Sequence[HoldingsSnapshot | None]:
        newest = [self._snapshots.latest(user_id, each) for each in account_ids]
        sizes = accumulate(len(each.holdings.positions) if each else 0 for each in newest)
        return newest[: max(1, sum(size <= most_lines for size in sizes))]

    def of_account(self, user_id: str, account_id: str) -> tuple[Account, HoldingsSnapshot | None]:
        account = self._accounts.get(user_id, account_id)
        return account, self._snapshots.latest(user_id, account_id)

    def of_connection(
        self, connection: Connection
    ) -> Sequence[tuple[Account, SnapshotSummary | None]]:
        accounts = self._accounts.of_connection(connection)
        summaries = self._snapshots.summaries_of(connection.user_id, [each.id for each in accounts])
        return [(each, summaries.get(each.id)) for each in accounts]
