"""Rows outlive the code that wrote them: each carries a format number, and each number its reader.

Formats count from 1. A new one gets the next number and its own reader; the older readers stay,
and fill in what their rows lack. Until a first release every form stays at 1.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

from freshet import metrics
from freshet.adapters.dynamodb.table import Item
from freshet.observability import count, logger


class StoredForm[Reader]:
    """The readers of one kind of row, by format number."""

    def __init__(self, name: str, *readers: Reader) -> None:
        """Take the readers of format 1, 2, and so on."""
        self._name = name
        self._readers: Sequence[Reader] = readers

    @property
    def newest(self) -> int:
        """The format that is written."""
        return len(self._readers)

    def reader_of(self, item: Item) -> Reader:
        """Give the reader of a row; raises ValueError for a format of other code than this."""
        number = int(item["format"])
        if not 1 <= number <= self.newest:
            raise ValueError(
                f"{self._name} of unknown format {number}: this code reads 1 to {self.newest}"
            )
        return self._readers[number - 1]


def readable[Row, Read](read: Callable[[Row], Read], rows: Iterable[Row]) -> Iterator[Read]:
    """Read rows that are shown; one that cannot be read is a gap, and takes no answer down."""
    for row in rows:
        try:
            shown = read(row)
        except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            # The row's own words stay outside: they are a person's holdings.
            count(metrics.ROW_UNREADABLE)
            logger.error("A stored row cannot be read", error=type(error).__name__)
        else:
            yield shown
