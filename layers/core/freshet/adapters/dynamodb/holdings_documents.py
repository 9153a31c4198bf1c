"""Holdings as one compact document: the provider's own text as it came, and our lines."""

from freshet.adapters.dynamodb.compression import pack, unpack
from freshet.adapters.exact_json import parsed_text, rendered
from freshet.domain.holdings import Holdings
from freshet.domain.plain_values import from_plain, to_plain


def to_document(holdings: Holdings) -> bytes:
    """Pack holdings with their source: much of our lines is a column of it."""
    return pack(holdings.source, _lines(holdings))


def from_document(packed: bytes) -> Holdings:
    """Unpack holdings with their source."""
    source, lines = unpack(packed)
    return _holdings(lines, source)


def to_close_document(holdings: Holdings, *, base: Holdings | None) -> bytes:
    """Pack our own lines alone; against those of a base, what stayed costs next to nothing."""
    return pack(_lines(holdings), known=_known(base))


def from_close_document(packed: bytes, *, base: Holdings | None) -> Holdings:
    """Unpack lines; the source is not kept that long."""
    (lines,) = unpack(packed, known=_known(base))
    return _holdings(lines, "")


def _known(base: Holdings | None) -> str:
    return "" if base is None else _lines(base)


def _lines(holdings: Holdings) -> str:
    plain = to_plain(holdings)
    del plain["source"]
    return rendered(plain)


def _holdings(lines: str, source: str) -> Holdings:
    holdings: Holdings = from_plain(Holdings, {**parsed_text(lines), "source": source})
    return holdings
