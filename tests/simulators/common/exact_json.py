"""JSON whose numbers keep every digit: Decimal in, the same digits out."""

import json
from decimal import Decimal
from typing import Any

type Document = dict[str, Any]


def loads(text: bytes | str) -> Any:
    """Parse JSON with fractions as Decimal."""
    return json.loads(text, parse_float=Decimal)


def dumps(value: object) -> str:
    """Render JSON with Decimals as plain numbers, never with an exponent."""
    try:
        # The C encoder is many times faster and most documents hold no Decimal.
        return json.dumps(value)
    except TypeError:
        return _render(value)


def _render(value: object) -> str:
    match value:
        case Decimal():
            return format(value, "f")
        case dict():
            pairs = (f"{json.dumps(str(key))}: {_render(item)}" for key, item in value.items())
            return "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            return "[" + ", ".join(_render(item) for item in value) + "]"
        case _:
            return json.dumps(value)
