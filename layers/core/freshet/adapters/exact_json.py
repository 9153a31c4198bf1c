"""A provider's JSON, digit for digit."""

from contextlib import suppress
from typing import Any

import simplejson

from freshet.domain.call_errors import ProviderAnswer, UnreadableAnswer


def parsed(body: bytes, told: ProviderAnswer) -> Any:
    """Parse with every number exact; raises UnreadableAnswer for what is no JSON."""
    # Raised outside of any handler: a decoding error carries the whole document with it.
    with suppress(ValueError, RecursionError):
        return simplejson.loads(body.decode(), use_decimal=True)
    raise UnreadableAnswer(told)


def rendered(document: Any, *, in_order: bool = False) -> str:
    """Render without blanks, every number with the digits it came with.

    `in_order` sorts the members: then equal documents are equal texts.
    """
    return str(
        simplejson.dumps(
            document,
            use_decimal=True,
            separators=(",", ":"),
            ensure_ascii=False,
            sort_keys=in_order,
        )
    )


def parsed_object(body: bytes) -> dict[str, Any]:
    """Parse an object; {} for HTML, emptiness and everything else."""
    with suppress(ValueError, RecursionError):
        document = simplejson.loads(body)
        return document if isinstance(document, dict) else {}
    return {}
