"""A provider's JSON, digit for digit."""

import json
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from typing import Any

import simplejson

from freshet.domain.call_errors import ProviderAnswer, UnreadableAnswer
from freshet.domain.money import decimal_to_text

_MOST_ZEROS = 60


def _refused(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


DECODER = json.JSONDecoder(parse_float=Decimal, parse_constant=_refused)
"""Reads every number exactly, and refuses NaN and Infinity."""


def parsed(body: bytes, told: ProviderAnswer) -> Any:
    """Parse with every number exact; raises UnreadableAnswer for what is no JSON."""
    return parsed_by(parsed_text, body, told)


def parsed_by[Parsed](parse: Callable[[str], Parsed], body: bytes, told: ProviderAnswer) -> Parsed:
    """Parse a body as text in a way of one's own; raises UnreadableAnswer."""
    # Raised outside of any handler: a decoding error carries the whole document with it.
    with suppress(ValueError, RecursionError):
        return parse(body.decode("utf-8-sig"))
    raise UnreadableAnswer(told)


def rendered(document: Any, *, in_order: bool = False) -> str:
    """Render as ASCII without blanks, every number with the digits it came with.

    `in_order` sorts the members: then equal documents are equal texts.
    """
    return str(
        simplejson.dumps(document, use_decimal=True, separators=(",", ":"), sort_keys=in_order)
    )


def parsed_text(text: str) -> Any:
    """Parse with every number exact; raises ValueError, RecursionError."""
    return DECODER.decode(text)


def written_out(content: Any) -> str:
    """Render as ASCII, numbers digit for digit and without an exponent that was not sent."""
    return simplejson.dumps(_written_out(content), separators=(",", ":"))


def _written_out(content: Any) -> Any:
    match content:
        case Decimal() if abs(content.adjusted()) <= _MOST_ZEROS:
            return simplejson.RawJSON(decimal_to_text(content))
        case dict():
            return {name: _written_out(each) for name, each in content.items()}
        case list():
            return [_written_out(each) for each in content]
    return content


def parsed_object(body: bytes) -> dict[str, Any]:
    """Parse an object; {} for HTML, emptiness and everything else."""
    with suppress(ValueError, RecursionError):
        document = simplejson.loads(body)
        return document if isinstance(document, dict) else {}
    return {}
