"""Accounts, what they hold, what they held and what happened in them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from freshet.domain.account import Account, Register
from freshet.domain.connection import Connection
from freshet.domain.daily_valuations import DailyValuation
from freshet.domain.snapshot import (
    HoldingsSnapshot,
    Outcome,
    RecordedChange,
    SnapshotSummary,
)
from freshet.domain.spans import Span


class Accounts(Protocol):
    """Accounts by their owner."""

    def get(self, user_id: str, account_id: str) -> Account:
        """Read one; raises NotFound."""

    def of_user(self, user_id: str) -> Sequence[Account]:
        """List a user's accounts, closed ones included, in the order of their ids."""

    def of_connection(self, connection: Connection) -> Sequence[Account]:
        """List the accounts of a connection as it was read, closed ones included, by their ids.

        The user's others are not read.
        """

    def save(self, account: Account) -> None:
        """Store an account as its connection lists it now.

        Raises Erased where the connection was removed, PassedOn where another one has the account.
        """


class AccountRegister(Protocol):
    """Which accounts a user has: they come, and pass to other connections, one after the other."""

    def read(self, user_id: str) -> Register:
        """List a user's accounts, and how often that has changed; consistently."""

    def add(self, account: Account, *, seen: int) -> None:
        """Store an account that is new; raises ConcurrentChange where `seen` is out of date.

        Raises Erased where its connection was removed.
        """

    def pass_on(self, account: Account, *, left: Connection, seen: int) -> Connection:
        """Store an account under another connection and what the one it left makes of it, at once.

        Raises ConcurrentChange where `seen` or the connection it left is out of date, and Erased
        where the other one was removed; then nothing was stored.
        """


class Snapshots(Protocol):
    """The newest holdings of accounts."""

    def latest(self, user_id: str, account_id: str) -> HoldingsSnapshot | None:
        """Read the newest, or None before the first load."""

    def latest_of(self, user_id: str, account_ids: Collection[str]) -> dict[str, HoldingsSnapshot]:
        """Read the newest of several accounts at once."""

    def summaries_of(
        self, user_id: str, account_ids: Collection[str]
    ) -> dict[str, SnapshotSummary]:
        """Read what the newest of several accounts are worth, without their lines."""


class Overview(Protocol):
    """What a user has, read with as few requests as there can be."""

    def of_user(self, user_id: str) -> tuple[Sequence[Connection], Sequence[Account]]:
        """List a user's connections, oldest first, and accounts in the order of their ids."""

    def page_of_user(
        self, user_id: str, *, start: str | None, limit: int
    ) -> tuple[Mapping[str, Connection], Sequence[Account], str | None]:
        """List some accounts from an id on, with their connections, and the id that follows.

        The user's other accounts are not read.
        """

    def holdings_that_fit(
        self, user_id: str, account_ids: Sequence[str], *, most_lines: int
    ) -> Sequence[HoldingsSnapshot | None]:
        """Read the newest of several accounts, in their order, None before the first load.

        It ends before the first account whose lines would be too many; one is always there.
        """

    def of_account(self, user_id: str, account_id: str) -> tuple[Account, HoldingsSnapshot | None]:
        """Read an account and its newest holdings, None before the first load; raises NotFound."""

    def of_connection(
        self, connection: Connection
    ) -> Sequence[tuple[Account, SnapshotSummary | None]]:
        """Read a connection's accounts, by their ids, and what their newest holdings are worth."""


class SnapshotStore(Protocol):
    """Where a reader keeps what it brings."""

    def latest(self, user_id: str, account_id: str) -> HoldingsSnapshot | None:
        """Read the newest, or None before the first load."""

    def newest_of(
        self, user_id: str, account_ids: Collection[str]
    ) -> dict[str, HoldingsSnapshot | None]:
        """Read the newest of several accounts at once; one that cannot be read is left out."""

    def store(
        self, user_id: str, account_id: str, outcome: Outcome, *, before: HoldingsSnapshot | None
    ) -> bool:
        """Write what a reading changed; False if another reader stored something newer meanwhile.

        A new version brings its changes along, the first state of another day the close of the
        last one. Raises SnapshotTooLarge or Erased, with nothing written that anybody sees.
        """


class SnapshotHistory(Protocol):
    """What holdings were; lists are newest first, a mark says where the next page begins."""

    def version_at(
        self, user_id: str, account_id: str, instant: datetime
    ) -> HoldingsSnapshot | None:
        """Read the version whose content was in force at an instant; None once it has expired."""

    def close_on(self, user_id: str, account_id: str, day: date) -> HoldingsSnapshot | None:
        """Read the close of a day, else the last one before it."""

    def versions(
        self, user_id: str, account_id: str, span: Span, *, limit: int, after: str | None
    ) -> tuple[Sequence[SnapshotSummary], str | None]:
        """Read a page of versions."""

    def changes(
        self, user_id: str, account_id: str, span: Span, *, limit: int, after: str | None
    ) -> tuple[Sequence[RecordedChange], str | None]:
        """Read a page of changes."""

    def closes(
        self, user_id: str, account_id: str, *, until: date, limit: int
    ) -> tuple[Sequence[DailyValuation], bool]:
        """Read closes from a day backwards, and whether there may be more."""
