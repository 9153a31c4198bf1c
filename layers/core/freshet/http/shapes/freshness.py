"""How old holdings are, as JSON."""

from freshet.domain.freshness import Freshness, FreshnessReason, FreshnessStatus
from freshet.domain.instants import optional_to_text
from freshet.http.shapes.records import shape_of
from freshet.http.shapes.vocabulary import DayText, Instant, Shape


class PriceDaysShape(Shape):
    """The days of an account's prices, without those of cash."""

    oldest: DayText
    newest: DayText


class FreshnessShape(Shape):
    """Every date that is known, the verdict and its reason."""

    status: FreshnessStatus
    reason: FreshnessReason | None
    broker_as_of: Instant | None
    """As of when the broker says it is."""
    provider_synced_at: Instant | None
    """When the provider had it from the broker."""
    fetched_at: Instant | None
    """When we had it from the provider."""
    prices_as_of: PriceDaysShape | None
    """Null where the provider gives prices no day."""
    changed_at: Instant | None
    """When units, cost, cash or instruments were last found different."""
    ageing_at: Instant | None
    """When `fresh` turns into `ageing`, should nothing newer come: a page can flip by itself."""
    stale_at: Instant | None
    next_attempt_at: Instant | None


def freshness_shape(freshness: Freshness) -> FreshnessShape:
    """Show every date, the verdict and its reason."""
    prices = freshness.prices
    return {
        "status": freshness.status,
        "reason": freshness.reason,
        "broker_as_of": optional_to_text(freshness.broker_as_of),
        "provider_synced_at": optional_to_text(freshness.provider_synced_at),
        "fetched_at": optional_to_text(freshness.fetched_at),
        "prices_as_of": None if prices is None else shape_of(PriceDaysShape, prices),
        "changed_at": optional_to_text(freshness.changed_at),
        "ageing_at": optional_to_text(freshness.ageing_at),
        "stale_at": optional_to_text(freshness.stale_at),
        "next_attempt_at": optional_to_text(freshness.next_attempt_at),
    }
