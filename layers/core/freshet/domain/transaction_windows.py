"""Which days of an account's transactions are read, and what an answer changes in the store."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from freshet.domain.account import Account
from freshet.domain.days import EVERY_DAY, DayRange
from freshet.domain.pending_reads import ReadSubject
from freshet.domain.transactions import Transaction, identified

CORRECTED_FOR = timedelta(days=7)
"""Brokers correct and complete what they said of the last days."""

EDGE = timedelta(days=1)
"""Asked for beyond the first day of a window: a provider may begin its days at another hour."""


class WindowRead(Struct, frozen=True, kw_only=True):
    """What a provider lists for whole days, as yet without our ids."""

    days: DayRange
    found: tuple[Transaction, ...]
    is_whole: bool
    """Every page was read, and together they are as many as the provider says there are."""


class StoredTransactions(Struct, frozen=True, kw_only=True):
    """What we have, and how often it was changed: the next change is conditional on it."""

    transactions: Sequence[Transaction] = ()
    revision: int = 0


class Changes(Struct, frozen=True, kw_only=True):
    """What has to be written and taken out, and nothing that is right already."""

    written: tuple[Transaction, ...] = ()
    removed: tuple[Transaction, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether there is anything to do."""
        return bool(self.written or self.removed)


def days_to_read(
    account: Account,
    *,
    announced: ReadSubject | None,
    is_awaited: bool,
    gap: timedelta | None,
    now: datetime,
) -> DayRange | None:
    """Say from which day on transactions are read now, or that they are not.

    What the provider announced is read whatever its list of accounts says, which may be a day
    old. Unasked, an account's transactions are read when there are new ones, once in a `gap`.
    """
    if announced is None:
        read_at = account.transactions_read_at
        is_early = gap is not None and read_at is not None and now - read_at < gap
        if not account.has_new_transactions or (is_early and not is_awaited):
            return None
    read_to = account.transactions_read_to
    if announced is ReadSubject.HISTORY or read_to is None or account.owes_history(now=now):
        return EVERY_DAY
    return DayRange(first=read_to - CORRECTED_FOR)


def window_read(
    days: DayRange, listed: Iterable[Transaction | None], *, is_whole: bool
) -> WindowRead:
    """Keep what lies within the days: at their edges a provider may give more than it was asked.

    None stands for a line without a day, which has no place in time yet.
    """
    within = (each for each in listed if each is not None and each.happened_on in days)
    return WindowRead(days=days, found=tuple(within), is_whole=is_whole)


def is_doubtful(read: WindowRead, stored: Sequence[Transaction]) -> bool:
    """Tell whether a provider that had something for these days has nothing at all any more."""
    return not read.found and any(each.happened_on in read.days for each in stored)


def changes_of(account_id: str, read: WindowRead, stored: Sequence[Transaction]) -> Changes:
    """Compare what is listed with what is stored for the same days; other days stay as they are.

    Nothing is ever removed by an empty or a partial answer. A partial one adds the days of which
    nothing is known: on any other it cannot tell a new transaction from a corrected one.
    """
    before = {each.id: each for each in stored if each.happened_on in read.days}
    found = tuple(identified(account_id, read.found))
    if not read.is_whole:
        known = {each.happened_on for each in before.values()}
        new = tuple(each for each in found if each.happened_on not in known)
        return Changes(written=new)
    if is_doubtful(read, stored):
        return Changes()
    listed = {each.id for each in found}
    return Changes(
        written=tuple(each for each in found if each != before.get(each.id)),
        removed=tuple(each for each in before.values() if each.id not in listed),
    )
