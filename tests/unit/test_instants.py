"""Instants as text that sorts like time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.instants import (
    duration_from_text,
    duration_to_text,
    from_text,
    optional_from_text,
    optional_to_text,
    stated_from_text,
    to_text,
)

# Offsets move an instant by less than a day: the ends of the calendar stay out.
ZONES = [UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))]
AWARE = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.sampled_from(ZONES))


@given(AWARE, AWARE)
def test_text_sorts_like_time_when_two_instants_are_rendered(one: datetime, two: datetime) -> None:
    one, two = one.astimezone(UTC), two.astimezone(UTC)
    assert (to_text(one) < to_text(two)) == (one < two)


@given(AWARE)
def test_instant_comes_back_when_its_text_is_parsed(instant: datetime) -> None:
    assert from_text(to_text(instant)) == instant.astimezone(UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-28T18:42:46.561408+00:00",
        "2026-06-28 18:42:46.561408+00:00",
        "2026-06-28T18:42:46.561408Z",
        "2026-06-28 18:42:46.561408",
        "2026-06-28T20:42:46.561408+02:00",
    ],
)
def test_every_spelling_means_the_same_instant_when_parsed(text: str) -> None:
    assert from_text(text) == datetime(2026, 6, 28, 18, 42, 46, 561408, tzinfo=UTC)
    assert from_text(text).utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    "text",
    [
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "0001-01-01", "9999-12-31"),
        *("1899-12-31T23:59:59.999999Z", "2200-01-01T00:00:00Z", "1900-01-01T00:00:00+00:01", "no"),
    ],
)
def test_stated_instant_is_refused_when_it_is_of_no_year_that_people_mean(text: str) -> None:
    with pytest.raises(ValueError, match=r"instant|isoformat"):
        stated_from_text(text)


def test_stated_instant_is_taken_up_to_the_ends_of_these_years() -> None:
    first, last = "1900-01-01T00:00:00.000000Z", "2199-12-31T23:59:59.999999Z"
    assert [to_text(stated_from_text(each)) for each in (first, last)] == [first, last]


def test_instant_is_rendered_in_utc_when_it_has_another_offset() -> None:
    berlin = timezone(timedelta(hours=1))
    assert to_text(datetime(2026, 11, 20, 16, tzinfo=berlin)) == "2026-11-20T15:00:00.000000Z"


def test_instant_is_refused_when_it_has_no_time_zone() -> None:
    with pytest.raises(ValueError, match="time zone"):
        to_text(datetime(2026, 11, 20))


def test_missing_instants_stay_missing_when_converted() -> None:
    assert optional_to_text(None) is None
    assert optional_from_text(None) is None
    moment = datetime(2026, 11, 20, tzinfo=UTC)
    assert optional_from_text(optional_to_text(moment)) == moment


@pytest.mark.parametrize(
    ("duration", "text"),
    [
        (timedelta(hours=24), "PT24H"),
        (timedelta(minutes=90), "PT90M"),
        (timedelta(seconds=61), "PT61S"),
        (timedelta(0), "PT0H"),
    ],
)
def test_duration_takes_its_largest_whole_unit_when_rendered(
    duration: timedelta, text: str
) -> None:
    assert duration_to_text(duration) == text


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT24H", timedelta(hours=24)),
        ("P1D", timedelta(days=1)),
        ("P1DT6H", timedelta(hours=30)),
        ("PT1H30M", timedelta(minutes=90)),
        ("PT0S", timedelta(0)),
        ("P2DT3H4M5S", timedelta(days=2, hours=3, minutes=4, seconds=5)),
    ],
)
def test_duration_is_understood_when_its_units_are_whole(text: str, duration: timedelta) -> None:
    assert duration_from_text(text) == duration


@pytest.mark.parametrize(
    "text",
    [
        *("", "P", "PT", "P1DT", "24H", "PT24", "T24H", "pt24h", " PT24H", "PT24H ", "PT-1H"),
        *("-PT1H", "PT1.5H", "PT1H1H", "PT1M1H", "P1H", "PT1D", "P1M", "P1W", "P1Y", "PT٢H"),
        *("P" + "9" * 6 + "D", "PT" + "9" * 9 + "S", "PT24H\n"),
    ],
)
def test_duration_is_refused_when_it_is_spelled_otherwise(text: str) -> None:
    with pytest.raises(ValueError, match="not a duration"):
        duration_from_text(text)


@given(st.integers(0, 365 * 24 * 3600))
def test_duration_comes_back_when_its_text_is_parsed(seconds: int) -> None:
    duration = timedelta(seconds=seconds)
    assert duration_from_text(duration_to_text(duration)) == duration
