"""Holdings as one compact document: our lines, and the provider's own documents whole.

Most of what our lines say is a column of the provider's document, too: then it is only named.
"""

from contextlib import suppress
from typing import Any

from freshet.adapters.dynamodb.columns import (
    from_columns,
    from_short,
    sheets_of,
    to_columns,
    to_short,
)
from freshet.adapters.dynamodb.compression import PRESET, pack, unpack
from freshet.adapters.dynamodb.position_lines import (
    balance_from_line,
    balance_to_line,
    position_from_line,
    position_to_line,
)
from freshet.adapters.exact_json import parsed_text, rendered
from freshet.domain.holdings import Holdings, Position


def to_document(holdings: Holdings) -> bytes:
    """Pack holdings with their source."""
    return pack(rendered(_source_parts(holdings.source) | _lines(holdings, holdings.source)))


def from_document(packed: bytes) -> Holdings:
    """Unpack holdings with their source."""
    parts = parsed_text(unpack(packed))
    source = parts["text"] if "text" in parts else rendered(from_columns(parts["source"]))
    return _holdings(parts, source)


def to_close_document(holdings: Holdings, *, base: Holdings | None) -> bytes:
    """Pack our own lines alone; against those of a base, what stayed costs next to nothing."""
    return pack(_close_text(holdings), against=_preset_for(base))


def from_close_document(packed: bytes, *, base: Holdings | None) -> Holdings:
    """Unpack lines; the source is not kept that long."""
    return _holdings(parsed_text(unpack(packed, against=_preset_for(base))), "")


def _close_text(holdings: Holdings) -> str:
    return rendered(_lines(holdings, ""))


def _preset_for(base: Holdings | None) -> bytes:
    return PRESET if base is None else _close_text(base).encode()


def _source_parts(source: str) -> dict[str, Any]:
    with suppress(ValueError, RecursionError):
        columns = to_columns(parsed_text(source))
        if rendered(from_columns(columns)) == source:
            return {"source": columns}
    # Written in another way than ours, or no JSON at all: kept as it is.
    return {"text": source}


def _lines(holdings: Holdings, source: str) -> dict[str, Any]:
    lines = [position_to_line(each) for each in holdings.positions]
    sheets = _sheets(source, len(lines))
    names = lines[0] if lines else ()
    return {
        "lines": {name: to_short([line[name] for line in lines], sheets) for name in names},
        "count": len(lines),
        "balances": [balance_to_line(each) for each in holdings.balances],
    }


def _holdings(parts: dict[str, Any], source: str) -> Holdings:
    return Holdings(
        positions=_positions(parts, source),
        balances=tuple(balance_from_line(each) for each in parts["balances"]),
        source=source,
    )


def _positions(parts: dict[str, Any], source: str) -> tuple[Position, ...]:
    count = parts["count"]
    sheets = _sheets(source, count)
    full = {
        name: from_short(short, sheets, row_count=count) for name, short in parts["lines"].items()
    }
    rows = zip(*full.values(), strict=True)
    return tuple(position_from_line(dict(zip(full, row, strict=True))) for row in rows)


def _sheets(source: str, row_count: int) -> dict[str, list[Any]]:
    with suppress(ValueError, RecursionError):
        return sheets_of(parsed_text(source), row_count=row_count)
    return {}
