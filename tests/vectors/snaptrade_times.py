"""SnapTrade's deliveries: when the event happened, how that is written, and how old it is."""

from typing import Any

from tests.vectors.hmac_signing import OCCURRED, an_event, delivery, refused
from tests.vectors.vector import Vector

_LATE, _DAY, _AHEAD = 300, 24 * 3600, 300


def all_vectors() -> list[Vector]:
    """Give them in order."""
    return [*_ages(), *_spellings(), *_unreadable()]


def _ages() -> list[Vector]:
    return [
        *(_aged(f"age {age} s", age) for age in (0, _LATE - 1, _LATE)),
        *(_aged(f"age {age} s", age, "accept_late") for age in (_LATE + 1, _DAY - 1, _DAY)),
        refused(f"age {_DAY + 1} s", "too_old", now=OCCURRED + _DAY + 1),
        refused("age of a year", "too_old", now=OCCURRED + 365 * _DAY),
        *(_aged(f"{ahead} s ahead", -ahead) for ahead in (1, _AHEAD - 1, _AHEAD)),
        refused(f"{_AHEAD + 1} s ahead", "from_the_future", now=OCCURRED - _AHEAD - 1),
        refused("a year ahead", "from_the_future", now=OCCURRED - 365 * _DAY),
        _at("microsecond late", "2026-11-20T14:59:59.999999Z", "accept_late", _LATE),
        _at("microsecond in time", "2026-11-20T15:00:00.000001Z", "accept", _LATE),
        refused("microsecond too old", "too_old", **_from("2026-11-20T14:59:59.999999Z", _DAY)),
        refused(
            "microsecond too far ahead",
            "from_the_future",
            **_from("2026-11-20T15:00:00.000001Z", -_AHEAD),
        ),
    ]


def _aged(name: str, age: int, verdict: str = "accept") -> Vector:
    return delivery(name, verdict, now=OCCURRED + age)


def _from(text: Any, age: int) -> dict[str, Any]:
    return {"document": an_event(eventTimestamp=text), "now": OCCURRED + age}


def _at(name: str, text: str, verdict: str, age: int) -> Vector:
    return delivery(name, verdict, **_from(text, age))


def _spellings() -> list[Vector]:
    spellings = {
        "blank between date and time": "2026-11-20 15:00:00.000000+00:00",
        "Z as offset": "2026-11-20T15:00:00Z",
        "offset to the east": "2026-11-20T20:30:00+05:30",
        "offset to the west": "2026-11-20T07:00:00-08:00",
        "other day by its offset": "2026-11-21T05:00:00+14:00",
        "no offset": "2026-11-20T15:00:00.000000",
        "no fraction": "2026-11-20T15:00:00+00:00",
        "milliseconds": "2026-11-20T15:00:00.000+00:00",
    }
    return [
        *(_at(f"time with {name}", text, "accept", _LATE) for name, text in spellings.items()),
        *(
            _at(f"time with {name}, late", text, "accept_late", _LATE + 1)
            for name, text in spellings.items()
        ),
    ]


def _unreadable() -> list[Vector]:
    texts: dict[str, Any] = {
        "missing": None,
        "empty": "",
        "in words": "yesterday",
        "without a date": "15:00:00",
        "before all time": "0001-01-01T00:00:00+14:00",
        "after all time": "9999-12-31T23:59:59-14:00",
        "on no day": "2026-02-30T15:00:00Z",
        "with digits of another script": "２０２６-11-20T15:00:00Z",
        "in epoch seconds": OCCURRED,
        "in an object": {"at": "2026-11-20T15:00:00Z"},
        "in a list": ["2026-11-20T15:00:00Z"],
    }
    null = dict(an_event(), eventTimestamp=None)
    return [
        *(
            refused(f"time {name}", "no_event_timestamp", **_from(text, 10))
            for name, text in texts.items()
        ),
        refused("time null", "no_event_timestamp", document=null),
        refused("time under another name", "no_event_timestamp", document=_renamed()),
    ]


def _renamed() -> dict[str, Any]:
    return an_event(eventTimestamp=None, event_timestamp="2026-11-20T15:00:00Z")
