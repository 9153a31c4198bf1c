"""What the deployment allows of purchases, and what one leaves behind at its connection."""

from collections.abc import Mapping
from copy import replace
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from freshet.domain.call_errors import (
    ERRORS_BY_REASON,
    CallFailed,
    ProviderError,
    ProviderThrottled,
    QuotaExhausted,
    RateLimited,
    RefreshNotAllowed,
)
from freshet.domain.connection import REFUSAL_REMEMBERED, Connection
from freshet.domain.money import Money
from freshet.domain.prices import PriceList
from freshet.domain.provider import Provider
from freshet.domain.provider_limits import ProviderLimits
from freshet.domain.refresh import (
    LONGEST_WAIT,
    PATIENCE,
    Method,
    Refresh,
    RefreshStatus,
)
from freshet.domain.verdicts import Verdict, verdict_of


class PurchasePolicy(Struct, frozen=True, kw_only=True):
    """What the deployment allows: prices, budgets (UTC days and months), cooldown."""

    prices: Mapping[Provider, PriceList]
    monthly_budget: Decimal
    user_daily_refreshes: int
    connection_daily_refreshes: int
    cooldown: timedelta

    def __post_init__(self) -> None:
        """Refuse budgets that could not hold a single purchase."""
        if self.monthly_budget <= 0:
            raise ValueError("monthly_budget must be greater than zero")
        for name in ("user_daily_refreshes", "connection_daily_refreshes"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be 1 or more")

    def price(self, provider: Provider, *, now: datetime) -> Money:
        """Say what a refresh is booked at that is reserved at an instant.

        Its call may come later, on the day of a higher price: our ledger never lies below the bill.
        """
        prices = self.prices[provider]
        return max(prices.at(now), prices.at(now + LONGEST_WAIT), key=lambda each: each.amount)

    def cooldown_at(self, limits: ProviderLimits) -> timedelta:
        """Say how far apart two purchases for one connection are, at the provider's least."""
        return max(self.cooldown, limits.gap_between_purchases)


def connection_after(
    connection: Connection,
    refresh: Refresh,
    error: CallFailed | None,
    *,
    cooldown: timedelta,
    now: datetime,
    is_mass: bool = False,
) -> Connection:
    """Say what a purchase's outcome means for its connection and its place in the schedule.

    `is_mass` tells that many users' calls bring a verdict at the moment.
    """
    slot, every = connection.slots.of(refresh.kind), connection.cadence.refresh_every
    if slot.refresh_id != refresh.id:
        return connection
    if refresh.status not in (RefreshStatus.RESERVED, RefreshStatus.REFUSED):
        return connection.after_call(refresh, now=now).rescheduled(now=now)
    slot = replace(slot, not_before=_pause_after(refresh, cooldown=cooldown, now=now))
    paused = replace(connection, slots=connection.slots.with_slot(refresh.kind, slot))
    if refresh.status is RefreshStatus.RESERVED:
        slot = slot.awaiting_call(refresh.retry_at or now)
        waiting = replace(paused, slots=paused.slots.with_slot(refresh.kind, slot))
        if refresh.method is Method.PURCHASE:
            purchases = connection.purchases.after_refusal(
                refresh.reason or "waiting", now=now, retry_at=None, every=every
            )
            waiting = replace(waiting, purchases=purchases)
        return waiting.rescheduled(now=now)
    closed = paused.without_refresh(refresh, now=now)
    refused = _after_refusal(closed, refresh, error, now=now)
    verdict = verdict_of_purchase(refresh)
    if verdict is not None:
        link = refused.link.with_verdict(verdict, read_at=now, is_mass=is_mass, now=now)
        refused = replace(refused, link=link)
    return refused.announcing_status(closed, now=now).rescheduled(now=now)


def _pause_after(refresh: Refresh, *, cooldown: timedelta, now: datetime) -> datetime | None:
    """Say when the next call of this kind may be made, after one that surely cost nothing.

    By what is on record, so that a worker that takes over after a crash judges alike. What concerns
    our key alone the limiter knows.
    """
    kind = ERRORS_BY_REASON.get(refresh.reason or "", CallFailed)
    if kind is RateLimited or issubclass(kind, QuotaExhausted):
        return None
    if issubclass(kind, ProviderThrottled) and refresh.retry_at is None:
        # How long it wants us to wait is not known: as long as after a purchase.
        return now + cooldown
    return refresh.retry_at


def verdict_of_purchase(refresh: Refresh) -> Verdict | None:
    """Say what a refused purchase tells of its link, by the reason on record."""
    if refresh.status is not RefreshStatus.REFUSED or refresh.reason is None:
        return None
    kind = ERRORS_BY_REASON.get(refresh.reason)
    return None if kind is None else verdict_of(kind, refresh.reason)


def _after_refusal(
    connection: Connection, refresh: Refresh, error: CallFailed | None, *, now: datetime
) -> Connection:
    # Judged by the reason on record, so that a worker that takes over after a crash judges alike.
    reason = refresh.reason or "refused"
    kind = ERRORS_BY_REASON.get(reason, CallFailed)
    noted = connection
    if refresh.method is Method.PURCHASE:
        noted = _after_refused_purchase(connection, reason, error, now=now)
    if not issubclass(kind, RefreshNotAllowed):
        return noted
    # What a sync is refused for says nothing about purchases.
    slot = replace(noted.slots.of(refresh.kind), refused_until=now + REFUSAL_REMEMBERED)
    return replace(noted, slots=noted.slots.with_slot(refresh.kind, slot))


def _after_refused_purchase(
    connection: Connection,
    reason: str,
    error: CallFailed | None,
    *,
    now: datetime,
) -> Connection:
    # An outage of hours says when to come back; anything else waits for the usual cadence.
    wait = error.wait if isinstance(error, ProviderError) else None
    retry_at = now + wait if wait is not None and wait > PATIENCE else None
    every = connection.cadence.refresh_every
    purchases = connection.purchases.after_refusal(reason, now=now, retry_at=retry_at, every=every)
    return replace(connection, purchases=purchases)
