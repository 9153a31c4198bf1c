"""Reading JSON of a request: an unknown field is refused by name."""

import json
from collections.abc import Mapping, Set
from typing import Any

from freshet.domain.errors import InvalidField, InvalidJson, PayloadTooLarge

_LONGEST = 16_384  # characters; the longest body that makes sense has a tenth of that


def json_object(text: str | None) -> dict[str, Any]:
    """Parse a JSON object, {} for no text; raises PayloadTooLarge, InvalidJson, InvalidField."""
    if not text:
        return {}
    if len(text) > _LONGEST:
        raise PayloadTooLarge
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InvalidJson from error
    if not isinstance(document, dict):
        raise InvalidField("body", "must be a JSON object")
    return document


def demand_known(document: Mapping[str, Any], fields: Set[str], *, within: str = "") -> None:
    """Raise InvalidField for an unknown field."""
    for name in document:
        if name not in fields:
            raise InvalidField(f"{within}{name[:64]}", "is not a known field")
