"""One reading against what is stored: new, older, price-only, changed, empty."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain.snapshot import HoldingsReading, first_snapshot, judge
from tests.builders import (
    EMPTY,
    NEW_YORK,
    NOON,
    a_position,
    a_reading,
    a_snapshot,
    some_holdings,
)

LATER = NOON + timedelta(hours=1)
DAY = NOON + timedelta(days=1)
SECOND = timedelta(seconds=1)
CHANGED = some_holdings(positions=(a_position(units=Decimal(13)),))
REPRICED = some_holdings(positions=(a_position(price=Decimal(999)),))


def _dated(as_of: datetime | None, **changes: Any) -> HoldingsReading:
    return a_reading(broker_as_of=as_of, provider_synced_at=as_of, **changes)


def test_first_reading_is_the_first_version_even_when_it_is_empty() -> None:
    outcome = judge(None, a_reading(holdings=EMPTY), zone=NEW_YORK)
    assert outcome.is_new_version
    assert outcome.latest is not None
    assert outcome.latest.holdings == EMPTY


def test_new_version_appears_when_newer_content_differs() -> None:
    reading = _dated(NOON, holdings=CHANGED)
    outcome = judge(a_snapshot(), reading, zone=NEW_YORK)
    assert outcome.is_new_version
    assert outcome.latest == first_snapshot(reading, zone=NEW_YORK)


def test_version_and_its_date_stay_when_only_prices_moved() -> None:
    before = a_snapshot()
    outcome = judge(before, _dated(NOON, holdings=REPRICED, fetched_at=LATER), zone=NEW_YORK)
    assert not outcome.is_new_version
    assert outcome.latest is not None
    assert outcome.latest.version == before.version
    assert outcome.latest.changed_at == before.changed_at
    assert outcome.latest.holdings == REPRICED
    assert outcome.latest.broker_as_of == NOON
    assert outcome.latest.fetched_at == LATER


@pytest.mark.parametrize("age", [timedelta(0), timedelta(seconds=1), timedelta(days=3)])
def test_nothing_moves_when_the_reading_is_equal_or_older(age: timedelta) -> None:
    reading = _dated(NOON - timedelta(hours=1) - age, holdings=CHANGED)
    assert judge(a_snapshot(), reading, zone=NEW_YORK).latest is None


def test_later_read_of_data_of_the_same_age_counts_when_it_began_later() -> None:
    reading = a_reading(started_at=LATER, fetched_at=LATER, holdings=CHANGED)
    assert judge(a_snapshot(), reading, zone=NEW_YORK).is_new_version


def test_empty_answer_is_noted_and_not_believed_when_there_were_holdings() -> None:
    before = a_snapshot()
    outcome = judge(before, _dated(NOON, holdings=EMPTY), zone=NEW_YORK)
    assert outcome.is_unconfirmed
    assert outcome.latest is not None
    assert outcome.latest.holdings is before.holdings
    assert outcome.latest.data_as_of == before.data_as_of
    assert outcome.latest.fetched_at == before.fetched_at
    assert outcome.latest.empty_seen_as_of == NOON
    assert outcome.latest.revision != before.revision


def test_empty_answer_stays_unconfirmed_when_the_same_data_says_so_again() -> None:
    marked = a_snapshot(empty_seen_as_of=NOON)
    outcome = judge(marked, _dated(NOON, holdings=EMPTY, started_at=LATER), zone=NEW_YORK)
    assert (outcome.latest, outcome.is_unconfirmed) == (None, True)


def test_empty_answer_is_believed_when_newer_data_repeats_it() -> None:
    marked = a_snapshot(empty_seen_as_of=NOON)
    outcome = judge(marked, _dated(LATER, holdings=EMPTY), zone=NEW_YORK)
    assert outcome.is_new_version
    assert outcome.latest is not None
    assert outcome.latest.holdings.is_empty
    assert outcome.latest.empty_seen_as_of is None


def test_suspicion_ends_when_holdings_are_there_again() -> None:
    marked = a_snapshot(empty_seen_as_of=NOON)
    outcome = judge(marked, _dated(LATER), zone=NEW_YORK)
    assert outcome.latest is not None
    assert outcome.latest.empty_seen_as_of is None
    assert not outcome.is_new_version


def test_empty_stays_empty_when_it_was_before() -> None:
    before = first_snapshot(a_reading(holdings=EMPTY), zone=NEW_YORK)
    outcome = judge(before, _dated(NOON, holdings=EMPTY), zone=NEW_YORK)
    assert not outcome.is_unconfirmed
    assert not outcome.is_new_version
    assert outcome.latest is not None


@pytest.mark.parametrize(
    ("broker", "provider", "expected"),
    [(NOON, LATER, NOON), (None, LATER, LATER), (None, None, NOON)],
)
def test_age_is_the_brokers_else_the_providers_else_our_own_when_dates_are_missing(
    broker: datetime | None, provider: datetime | None, expected: datetime
) -> None:
    dates = {"broker_as_of": broker, "provider_synced_at": provider}
    assert a_reading(**dates, fetched_at=LATER).data_as_of == expected
    stored = a_snapshot(**dates, fetched_at=LATER).data_as_of
    assert stored == (LATER if broker is None and provider is None else expected)


@pytest.mark.parametrize("field", ["broker_as_of", "provider_synced_at"])
def test_date_outranks_nothing_when_it_lies_in_the_future(field: str) -> None:
    dates = {"broker_as_of": None, "provider_synced_at": None, field: NOON + timedelta(days=365)}
    reading = a_reading(**dates, fetched_at=LATER)
    assert reading.data_as_of == LATER
    after = judge(
        first_snapshot(reading, zone=NEW_YORK),
        _dated(LATER + SECOND, holdings=CHANGED, fetched_at=DAY),
        zone=NEW_YORK,
    )
    assert after.is_new_version


def test_data_is_as_old_as_the_last_when_it_has_no_date_of_its_own() -> None:
    before = a_snapshot()
    outcome = judge(
        before, _dated(None, started_at=LATER, fetched_at=LATER, holdings=CHANGED), zone=NEW_YORK
    )
    assert outcome.is_new_version
    assert outcome.latest is not None
    assert outcome.latest.data_as_of == before.data_as_of
    assert outcome.latest.fetched_at == LATER


def test_nothing_is_stored_when_the_first_answer_lacks_the_lines() -> None:
    outcome = judge(None, a_reading(holdings=EMPTY, is_partial=True), zone=NEW_YORK)
    assert (outcome.latest, outcome.is_unconfirmed) == (None, True)


def test_answer_without_its_lines_is_no_sign_of_an_empty_account() -> None:
    before = a_snapshot()
    outcome = judge(before, _dated(NOON, holdings=EMPTY, is_partial=True), zone=NEW_YORK)
    assert (outcome.latest, outcome.is_unconfirmed) == (None, True)


def test_change_is_dated_by_our_own_read_when_a_part_is_missing() -> None:
    before = a_snapshot()
    reading = _dated(LATER, holdings=CHANGED, started_at=LATER, fetched_at=LATER, is_partial=True)
    outcome = judge(before, reading, zone=NEW_YORK)
    assert outcome.latest is not None
    assert outcome.latest.changed_at == LATER
    assert outcome.latest.fetched_at == before.fetched_at
    assert outcome.latest.data_as_of == before.data_as_of
