"""A verdict that is not believed yet, in a connection's row."""

from typing import Any

from freshet.adapters.dynamodb.table import Item
from freshet.domain.instants import from_text, optional_from_text, optional_to_text, to_text
from freshet.domain.verdicts import Suspicion, VerdictKind


def suspicion_to_item(suspicion: Suspicion | None) -> Item | None:
    """Give a suspicion the shape in which it is stored."""
    if suspicion is None:
        return None
    return {
        "kind": str(suspicion.kind),
        "since": to_text(suspicion.since),
        "held_at": optional_to_text(suspicion.held_at),
        "looked_at": to_text(suspicion.looked_at),
        "looks": suspicion.looks,
    }


def suspicion_from_item(item: Any) -> Suspicion | None:
    """Read a suspicion from its row."""
    if item is None:
        return None
    return Suspicion(
        kind=VerdictKind(item["kind"]),
        since=from_text(item["since"]),
        held_at=optional_from_text(item.get("held_at")),
        looked_at=from_text(item["looked_at"]),
        looks=int(item["looks"]),
    )
