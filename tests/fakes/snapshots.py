"""Snapshots of holdings in memory."""

from collections.abc import Collection, Sequence
from copy import replace
from datetime import date, datetime

from freshet.domain.daily_valuations import DailyValuation, closing_day
from freshet.domain.errors import Erased
from freshet.domain.instants import to_text
from freshet.domain.price_days import market_day
from freshet.domain.snapshot import (
    HoldingsSnapshot,
    Outcome,
    RecordedChange,
    SnapshotSummary,
)
from freshet.domain.spans import Span
from freshet.domain.totals import totals_of
from tests.builders import (
    NEW_YORK,
)


class FakeSnapshots:
    """The ports Snapshots and SnapshotHistory in memory: `latest` moves only from what was read."""

    def __init__(self) -> None:
        self.rows: dict[tuple[str, str], HoldingsSnapshot] = {}
        self.kept: dict[tuple[str, str, str], HoldingsSnapshot] = {}
        self.closed: dict[tuple[str, str, date], HoldingsSnapshot] = {}
        self.recorded: dict[tuple[str, str, str], list[RecordedChange]] = {}
        self.erased: set[tuple[str, str]] = set()

    def latest(self, user_id: str, account_id: str) -> HoldingsSnapshot | None:
        return self.rows.get((user_id, account_id))

    def latest_of(self, user_id: str, account_ids: Collection[str]) -> dict[str, HoldingsSnapshot]:
        found = {each: self.latest(user_id, each) for each in account_ids}
        return {account_id: row for account_id, row in found.items() if row is not None}

    def newest_of(
        self, user_id: str, account_ids: Collection[str]
    ) -> dict[str, HoldingsSnapshot | None]:
        return {each: self.latest(user_id, each) for each in account_ids}

    def summaries_of(
        self, user_id: str, account_ids: Collection[str]
    ) -> dict[str, SnapshotSummary]:
        found = self.latest_of(user_id, account_ids)
        return {each: _summary(row) for each, row in found.items()}

    def store(
        self, user_id: str, account_id: str, outcome: Outcome, *, before: HoldingsSnapshot | None
    ) -> bool:
        latest = outcome.latest
        if latest is None:
            return True
        if (user_id, account_id) in self.erased and outcome.is_new_version:
            raise Erased(account_id)
        current = self.latest(user_id, account_id)
        if (current and current.revision) != (before and before.revision):
            return False
        if outcome.is_new_version:
            key = user_id, account_id, latest.version
            if key in self.kept:
                return False
            self.kept[key] = latest
            self.recorded[key] = [
                RecordedChange(latest.version, latest.changed_at, each) for each in outcome.changes
            ]
        day = closing_day(before, latest)
        if before is not None and day is not None:
            holdings = replace(before.holdings, source="")
            self.closed[user_id, account_id, day] = replace(
                before, holdings=holdings, empty_seen_as_of=None, empty_seen_at=None
            )
        self.rows[user_id, account_id] = latest
        return True

    def version_at(
        self, user_id: str, account_id: str, instant: datetime
    ) -> HoldingsSnapshot | None:
        kept = _of(self.kept, user_id, account_id)
        until = [each for each in kept.values() if each.data_as_of <= instant]
        return max(until, key=lambda each: each.version, default=None)

    def close_on(self, user_id: str, account_id: str, day: date) -> HoldingsSnapshot | None:
        closed = _of(self.closed, user_id, account_id)
        newest = max((each for each in closed if each <= day), default=None)
        return None if newest is None else closed[newest]

    def versions(
        self, user_id: str, account_id: str, span: Span, *, limit: int, after: str | None
    ) -> tuple[Sequence[SnapshotSummary], str | None]:
        kept = _of(self.kept, user_id, account_id)
        tokens = _within(kept, span, "VERSION#", after)
        rest = f"VERSION#{tokens[limit]}" if len(tokens) > limit else None
        return [_summary(kept[token]) for token in tokens[:limit]], rest

    def changes(
        self, user_id: str, account_id: str, span: Span, *, limit: int, after: str | None
    ) -> tuple[Sequence[RecordedChange], str | None]:
        recorded = _of(self.recorded, user_id, account_id)
        start, _, skipped = (after or "@0").rpartition("@")
        tokens = _within(recorded, span, "CHANGE#", start or None)
        every = [
            (f"CHANGE#{token}@{place}", change)
            for token in tokens
            for place, change in enumerate(recorded[token])
        ][int(skipped) :]
        rest = every[limit][0] if len(every) > limit else None
        return [change for _, change in every[:limit]], rest

    def closes(
        self, user_id: str, account_id: str, *, until: date, limit: int
    ) -> tuple[Sequence[DailyValuation], bool]:
        closed = _of(self.closed, user_id, account_id)
        days = sorted((each for each in closed if each <= until), reverse=True)
        return [_close(day, closed[day]) for day in days[:limit]], len(days) > limit


def _of[K, V](rows: dict[tuple[str, str, K], V], user_id: str, account_id: str) -> dict[K, V]:
    return {
        key: row
        for (user, account, key), row in rows.items()
        if (user, account) == (user_id, account_id)
    }


def _within(tokens: Collection[str], span: Span, prefix: str, last: str | None) -> list[str]:
    first = to_text(span.start) if span.start else ""
    before = to_text(span.end) if span.end else "~~"
    until = "~~" if last is None else last.removeprefix(prefix)
    found = (each for each in tokens if first <= each < before and each <= until)
    return sorted(found, reverse=True)


def _summary(snapshot: HoldingsSnapshot) -> SnapshotSummary:
    return SnapshotSummary(
        version=snapshot.version,
        dates_token=snapshot.dates_token,
        broker_as_of=snapshot.broker_as_of,
        provider_synced_at=snapshot.provider_synced_at,
        fetched_at=snapshot.fetched_at,
        changed_at=snapshot.changed_at,
        day=snapshot.day,
        seen_from=snapshot.seen_from,
        is_partial=snapshot.is_partial,
        prices=snapshot.prices,
        empty_seen_as_of=snapshot.empty_seen_as_of,
        empty_seen_at=snapshot.empty_seen_at,
        totals=totals_of(snapshot.holdings),
        line_count=len(snapshot.holdings.positions),
        reconciliation=snapshot.reconciliation,
        has_unreadable_lines=snapshot.is_partly_unreadable,
    )


def _close(day: date, last: HoldingsSnapshot) -> DailyValuation:
    return DailyValuation(
        day=day,
        seen_from=last.seen_from,
        seen_on=market_day(last.fetched_at, NEW_YORK),
        data_as_of=last.data_as_of,
        totals=totals_of(last.holdings),
        is_partly_unreadable=last.is_partial,
    )
