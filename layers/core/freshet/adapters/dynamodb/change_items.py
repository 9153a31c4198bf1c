"""The shape of changes as rows: many changes of one version in each, compressed."""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.compression import pack, unpack
from freshet.adapters.dynamodb.stored_forms import StoredForm
from freshet.adapters.dynamodb.table import Item
from freshet.adapters.exact_json import parsed_text, rendered
from freshet.domain.holdings import Balance, Debt, Line
from freshet.domain.holdings_changes import ChangeKind, HoldingsChange
from freshet.domain.instants import from_text, to_text
from freshet.domain.plain_values import from_plain, to_plain
from freshet.domain.positions import Position
from freshet.domain.snapshot import HoldingsSnapshot, RecordedChange

_IN_A_ROW = 250
# A transaction takes 100 actions, some of which are for the version itself.
_MOST_ROWS = 80


def changes_to_items(
    user_id: str, account_id: str, snapshot: HoldingsSnapshot, changes: Sequence[HoldingsChange]
) -> Iterator[Item]:
    """Give what a version makes different the shape of rows."""
    in_a_row = max(_IN_A_ROW, -(-len(changes) // _MOST_ROWS))
    for number, some in enumerate(batched(changes, in_a_row, strict=False)):
        lines = [[each.kind, to_plain(each.before), to_plain(each.after)] for each in some]
        yield {
            **keys.change(user_id, account_id, snapshot.version, number),
            "version": snapshot.version,
            "changed_at": to_text(snapshot.changed_at),
            "format": _FORM.newest,
            "changes": pack(rendered(lines)),
        }


def changes_from_item(item: Item) -> list[RecordedChange]:
    """Read the changes of a row."""
    return _FORM.reader_of(item)(item)


def _from_format_1(item: Item) -> list[RecordedChange]:
    changed_at = from_text(item["changed_at"])
    (lines,) = unpack(item["changes"])
    return [
        RecordedChange(item["version"], changed_at, _change(*line)) for line in parsed_text(lines)
    ]


_FORM = StoredForm("changes", _from_format_1)


def _change(kind: str, before: Any, after: Any) -> HoldingsChange:
    return HoldingsChange(kind=ChangeKind(kind), before=_from_line(before), after=_from_line(after))


def _from_line(line: Any) -> Line | None:
    if line is None:
        return None
    kind = Position if "instrument" in line else Debt if "amount" in line else Balance
    read: Line = from_plain(kind, line)
    return read
