"""ETags: what was answered before is not sent again, and nothing else is kept back."""

import hashlib
import json
from typing import Any

from freshet.domain.freshness import Freshness
from freshet.domain.snapshot import HoldingsSnapshot
from freshet.http.operation import Parameter
from freshet.http.shapes.freshness import freshness_shape

IF_NONE_MATCH = Parameter(
    name="If-None-Match",
    description="The ETag of the answer at hand: 304 where it still holds",
    schema={"type": "string"},
)


def etag_of(snapshot: HoldingsSnapshot | None, freshness: Freshness, *page: Any) -> str:
    """Name an answer by what it is made of: the state, how fresh it is shown, and the page."""
    revision = None if snapshot is None else [snapshot.version, snapshot.revision]
    text = json.dumps([revision, freshness_shape(freshness), *page])
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'


def is_known(etag: str, if_none_match: str | None) -> bool:
    """Tell whether the caller has the answer already (RFC 9110, 13.1.2)."""
    if if_none_match is None:
        return False
    known = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return etag in known or "*" in known
