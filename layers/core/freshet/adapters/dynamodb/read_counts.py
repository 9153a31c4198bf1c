"""How many reads began lately at each institution: numbers on the quota's row, without a request.

Every read takes its tokens by an update of that row, which counts it, too. A number is named by
five minutes and by an institution; numbers that no window reaches any more go with a later update.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from freshet.domain.verdicts import WINDOW

_SPAN = timedelta(minutes=5)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PREFIX = "reads_"
_MOST_AT_ONCE = 50


def spans(now: datetime) -> range:
    """Number the spans that hold the last minutes whole, the running one included."""
    latest = (now - _EPOCH) // _SPAN
    return range(latest - WINDOW // _SPAN, latest + 1)


def name_of(institution: str, now: datetime) -> str:
    """Name the number that counts a read that begins now."""
    return f"{_PREFIX}{spans(now)[-1]}_{_short(institution)}"


def outdated(row: Iterable[str], now: datetime) -> list[str]:
    """Name the numbers of a row that no window reaches any more, some of them."""
    earliest = spans(now)[0]
    return [name for name in row if name.startswith(_PREFIX) and _span(name) < earliest][
        :_MOST_AT_ONCE
    ]


def counted(row: Mapping[str, Any], now: datetime, *, institution: str | None = None) -> int:
    """Count the reads of the last minutes, at one institution or at all."""
    end = "" if institution is None else f"_{_short(institution)}"
    known = {str(span) for span in spans(now)}
    return sum(
        int(number)
        for name, number in row.items()
        if name.startswith(_PREFIX) and name.split("_")[1] in known and name.endswith(end)
    )


def _span(name: str) -> int:
    return int(name.split("_")[1])


def _short(institution: str) -> str:
    return hashlib.sha256(institution.encode()).hexdigest()[:8]
