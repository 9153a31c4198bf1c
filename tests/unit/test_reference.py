"""How long what was learned of a thing holds."""

from datetime import timedelta

import pytest

from freshet.domain.reference import ReferenceEntry, ReferenceKind, ReferenceName
from tests.builders import NOON

DOLLAR = ReferenceName(ReferenceKind.CURRENCY, "USD")
DAY, HOUR, SECOND = timedelta(days=1), timedelta(hours=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("document", "age", "is_current"),
    [
        ("{}", 7 * DAY - SECOND, True),
        ("{}", 7 * DAY, False),
        (None, HOUR - SECOND, True),
        (None, HOUR, False),
    ],
)
def test_entry_is_current_when_it_is_young_enough_for_what_it_says(
    document: str | None, age: timedelta, is_current: bool
) -> None:
    entry = ReferenceEntry(name=DOLLAR, document=document, learned_at=NOON - age)
    assert entry.is_current(now=NOON) is is_current
