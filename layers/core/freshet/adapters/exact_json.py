"""A provider's JSON, digit for digit."""

from contextlib import suppress
from decimal import Decimal
from typing import Any

import simplejson

from freshet.domain.call_errors import ProviderAnswer, UnreadableAnswer
from freshet.domain.money import decimal_to_text

_MOST_ZEROS = 60


def parsed(body: bytes, told: ProviderAnswer) -> Any:
    """Parse with every number exact; raises UnreadableAnswer for what is no JSON."""
    # Raised outside of any handler: a decoding error carries the whole document with it.
    with suppress(ValueError, RecursionError):
        return simplejson.loads(body.decode(), use_decimal=True)
    raise UnreadableAnswer(told)


def rendered(document: Any, *, in_order: bool = False) -> str:
    """Render as ASCII without blanks, every number with the digits it came with.

    `in_order` sorts the members: then equal documents are equal texts.
    """
    return str(
        simplejson.dumps(document, use_decimal=True, separators=(",", ":"), sort_keys=in_order)
    )


def parsed_text(text: str) -> Any:
    """Parse what was parsed before, with every number exact."""
    return simplejson.loads(text, use_decimal=True)


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
