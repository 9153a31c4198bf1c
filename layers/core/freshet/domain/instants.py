"""Instants as text: aware UTC, microseconds, `Z`; fixed width, so that text sorts like time."""

import re
from datetime import UTC, datetime, timedelta

from freshet.domain.days import CALENDAR


def to_text(instant: datetime) -> str:
    """Render an aware datetime as `2026-11-20T15:00:00.123456Z`."""
    if instant.tzinfo is None:
        raise ValueError("an instant without a time zone has no place here")
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def to_words(instant: datetime) -> str:
    """Render an aware datetime for a person, to the second: `2026-11-20 15:00:00 UTC`."""
    return f"{instant.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


def from_text(text: str) -> datetime:
    """Parse ISO 8601, with `T` or a blank between date and time; a missing offset means UTC."""
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def stated_from_text(text: str) -> datetime:
    """Parse an instant from outside; raises ValueError for none, or for one beyond CALENDAR."""
    try:
        instant = from_text(text)
    except OverflowError as error:  # year 1 with an offset lies before all time
        raise ValueError("not an instant") from error
    if instant.date() not in CALENDAR:
        raise ValueError("not an instant of our time")
    return instant


def optional_to_text(instant: datetime | None) -> str | None:
    """Render an instant that may be missing."""
    return None if instant is None else to_text(instant)


def optional_from_text(text: str | None) -> datetime | None:
    """Parse an instant that may be missing."""
    return None if text is None else from_text(text)


_DURATION = re.compile(
    r"P(?=.*[0-9])(?:(?P<days>[0-9]{1,5})D)?"
    r"(?:T(?=[0-9])(?:(?P<hours>[0-9]{1,6})H)?(?:(?P<minutes>[0-9]{1,6})M)?"
    r"(?:(?P<seconds>[0-9]{1,8})S)?)?"
)


def duration_from_text(text: str) -> timedelta:
    """Parse an ISO 8601 duration of whole days, hours, minutes and seconds; raises ValueError."""
    parts = _DURATION.fullmatch(text)
    if parts is None:
        raise ValueError("not a duration")
    return timedelta(**{unit: int(number) for unit, number in parts.groupdict("0").items()})


def duration_to_text(duration: timedelta) -> str:
    """Render a duration as ISO 8601: whole hours as `PT24H`, else minutes, else seconds."""
    seconds = duration // timedelta(seconds=1)
    for size, unit in ((3600, "H"), (60, "M")):
        if seconds % size == 0:
            return f"PT{seconds // size}{unit}"
    return f"PT{seconds}S"
