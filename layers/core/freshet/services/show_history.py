"""What the API shows of an account's past: versions, changes, and the worth of each day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from freshet.domain.daily_valuations import DailyValuation, Day, days_between
from freshet.domain.days import DayRange
from freshet.domain.price_days import market_day
from freshet.domain.snapshot import RecordedChange, SnapshotSummary
from freshet.domain.spans import Span
from freshet.services.show_holdings import ShowHoldingsDependencies

_DAY = timedelta(days=1)


def account_versions(
    user_id: str,
    account_id: str,
    span: Span,
    *,
    limit: int,
    after: str | None,
    deps: ShowHoldingsDependencies,
) -> tuple[Sequence[SnapshotSummary], str | None]:
    """Show a page of versions, newest first, and the mark of the next one; raises NotFound."""
    account = deps.accounts.get(user_id, account_id)
    return deps.history.versions(user_id, account.id, span, limit=limit, after=after)


def account_changes(
    user_id: str,
    account_id: str,
    span: Span,
    *,
    limit: int,
    after: str | None,
    deps: ShowHoldingsDependencies,
) -> tuple[Sequence[RecordedChange], str | None]:
    """Show a page of changes, newest first, and the mark of the next one; raises NotFound."""
    account = deps.accounts.get(user_id, account_id)
    return deps.history.changes(user_id, account.id, span, limit=limit, after=after)


def account_days(
    user_id: str,
    account_id: str,
    wanted: DayRange,
    *,
    limit: int,
    deps: ShowHoldingsDependencies,
    now: datetime,
) -> tuple[list[Day], date | None]:
    """Show days, newest first, and the end of the next page; raises NotFound.

    The newest state stands for its day and is not closed yet; there are no days after today.
    """
    account = deps.accounts.get(user_id, account_id)
    today = market_day(now, deps.zone)  # before the markets open, no day has begun
    last = min(wanted.before - _DAY, today) if wanted.before else today
    # One more than there are days: the first of them may carry what was before.
    closes, has_more = deps.history.closes(user_id, account.id, until=last, limit=limit + 1)
    known = [*_open_day(user_id, account.id, last, deps), *closes]
    first = max(wanted.first or date.min, last - (limit - 1) * _DAY)
    if has_more and closes:
        first = max(first, closes[-1].day)  # nothing is known yet of what lies before
    days = list(days_between(known, first, last))
    is_more_wanted = wanted.first is None or first > wanted.first
    is_more_known = has_more or (bool(known) and known[-1].day < first)
    return days, first if is_more_wanted and is_more_known else None


def _open_day(
    user_id: str, account_id: str, last: date, deps: ShowHoldingsDependencies
) -> list[DailyValuation]:
    latest = deps.snapshots.summaries_of(user_id, [account_id]).get(account_id)
    if latest is None or latest.day > last:
        return []
    return [
        DailyValuation(
            day=latest.day,
            seen_from=latest.seen_from,
            seen_on=market_day(latest.fetched_at, deps.zone),
            data_as_of=latest.data_as_of,
            totals=latest.totals,
            is_partly_unreadable=latest.is_partial,
        )
    ]
