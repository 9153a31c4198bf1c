"""What the API shows of an account's past: versions, changes, and the worth of each day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from freshet.domain.closes import Close, Day, day_of, days_between
from freshet.domain.days import DayRange
from freshet.domain.snapshot import RecordedChange, SnapshotSummary
from freshet.domain.spans import Span
from freshet.services.show_holdings import Showing

_DAY = timedelta(days=1)


def account_versions(
    user_id: str, account_id: str, span: Span, *, limit: int, after: str | None, parts: Showing
) -> tuple[Sequence[SnapshotSummary], str | None]:
    """Show a page of versions, newest first, and the mark of the next one; raises NotFound."""
    account = parts.accounts.get(user_id, account_id)
    return parts.history.versions(user_id, account.id, span, limit=limit, after=after)


def account_changes(
    user_id: str, account_id: str, span: Span, *, limit: int, after: str | None, parts: Showing
) -> tuple[Sequence[RecordedChange], str | None]:
    """Show a page of changes, newest first, and the mark of the next one; raises NotFound."""
    account = parts.accounts.get(user_id, account_id)
    return parts.history.changes(user_id, account.id, span, limit=limit, after=after)


def account_days(
    user_id: str, account_id: str, wanted: DayRange, *, limit: int, parts: Showing, now: datetime
) -> tuple[list[Day], date | None]:
    """Show days, newest first, and the end of the next page; raises NotFound.

    The newest state stands for its day and is not closed yet; there are no days after today.
    """
    account = parts.accounts.get(user_id, account_id)
    today = now.astimezone(parts.zone).date()
    last = min(wanted.before - _DAY, today) if wanted.before else today
    # One more than there are days: the first of them may carry what was before.
    closes, has_more = parts.history.closes(user_id, account.id, until=last, limit=limit + 1)
    known = [*_open_day(user_id, account.id, last, parts), *closes]
    first = max(wanted.first or date.min, last - (limit - 1) * _DAY)
    if has_more and closes:
        first = max(first, closes[-1].day)  # nothing is known yet of what lies before
    days = list(days_between(known, first, last))
    is_more_wanted = wanted.first is None or first > wanted.first
    is_more_known = has_more or (bool(known) and known[-1].day < first)
    return days, first if is_more_wanted and is_more_known else None


def _open_day(user_id: str, account_id: str, last: date, parts: Showing) -> list[Close]:
    latest = parts.snapshots.summaries_of(user_id, [account_id]).get(account_id)
    if latest is None or day_of(latest, parts.zone) > last:
        return []
    return [
        Close(
            day=day_of(latest, parts.zone),
            seen_on=latest.fetched_at.astimezone(parts.zone).date(),
            data_as_of=latest.data_as_of,
            totals=latest.totals,
        )
    ]
