"""Any sequence of readings: `latest` never goes back, nothing unproven erases (promises 5, 6)."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.holdings import Holdings
from freshet.domain.snapshot import HoldingsReading, HoldingsSnapshot, Outcome, judge
from tests.builders import EMPTY, NOON, a_position, a_reading, some_holdings

KINDS = st.sampled_from(
    [EMPTY, some_holdings(), some_holdings(positions=(a_position(), a_position()))]
)
HOURS = st.integers(-48, 48)


@st.composite
def _readings(draw: st.DrawFn) -> HoldingsReading:
    started_at = NOON + timedelta(hours=draw(HOURS), seconds=draw(st.integers(0, 3)))
    dates = st.none() | HOURS.map(lambda hours: NOON + timedelta(hours=hours))
    return a_reading(
        holdings=draw(KINDS),
        broker_as_of=draw(dates),
        provider_synced_at=draw(dates),
        started_at=started_at,
        fetched_at=started_at + timedelta(seconds=1),
    )


def _play(readings: list[HoldingsReading]) -> list[tuple[HoldingsSnapshot | None, Outcome]]:
    steps, latest = [], None
    for reading in readings:
        outcome = judge(latest, reading)
        steps.append((latest, outcome))
        latest = outcome.latest or latest
    return steps


@given(st.lists(_readings(), max_size=8))
def test_latest_never_goes_back_when_readings_come_in_any_order(
    readings: list[HoldingsReading],
) -> None:
    for before, outcome in _play(readings):
        if before is not None and outcome.latest is not None:
            assert outcome.latest.dates_token >= before.dates_token
            assert outcome.latest.version >= before.version
            assert outcome.latest.revision != before.revision


@given(st.lists(_readings(), max_size=8))
def test_holdings_are_erased_only_when_two_readings_of_rising_age_agree(
    readings: list[HoldingsReading],
) -> None:
    seen_empty: list[HoldingsReading] = []
    for reading, (before, outcome) in zip(readings, _play(readings), strict=True):
        was_full = before is not None and not before.holdings.is_empty
        if was_full and outcome.latest is not None and outcome.latest.holdings.is_empty:
            assert any(reading.data_as_of > each.data_as_of for each in seen_empty)
        if reading.holdings.is_empty:
            seen_empty.append(reading)


@given(st.lists(_readings(), max_size=8))
def test_no_date_moves_when_a_reading_is_frozen_or_not_believed(
    readings: list[HoldingsReading],
) -> None:
    for reading, (before, outcome) in zip(readings, _play(readings), strict=True):
        assert judge(outcome.latest or before, reading).latest is None
        if before is not None and outcome.is_unconfirmed and outcome.latest is not None:
            assert outcome.latest.data_as_of == before.data_as_of
            assert outcome.latest.fetched_at == before.fetched_at


@given(st.lists(_readings(), max_size=5, unique_by=lambda each: each.token), st.randoms())
def test_same_holdings_are_stored_in_the_end_when_full_readings_are_shuffled(
    readings: list[HoldingsReading], random: object
) -> None:
    # Without a date a reading is dated like the last one, and so depends on the order.
    full = [each for each in readings if not each.holdings.is_empty and _is_dated(each)]
    shuffled = list(full)
    random.shuffle(shuffled)
    assert _last(full) == _last(shuffled)


def _is_dated(reading: HoldingsReading) -> bool:
    return reading.broker_as_of is not None or reading.provider_synced_at is not None


def _last(readings: list[HoldingsReading]) -> tuple[str, Holdings] | None:
    latest = None
    for reading in readings:
        latest = judge(latest, reading).latest or latest
    return None if latest is None else (latest.dates_token, latest.holdings)
