"""The checks before money, cheapest first, and when a refresh may be asked for."""

from collections.abc import Callable
from datetime import datetime, timedelta

from msgspec import Struct

from freshet.domain.budgets import Spent
from freshet.domain.connection import Connection
from freshet.domain.errors import (
    BudgetExhausted,
    ConnectionInDoubt,
    PurchasesStopped,
    RefreshRefused,
    RefreshTooSoon,
)
from freshet.domain.money import Money
from freshet.domain.provider_limits import ProviderLimits
from freshet.domain.purchase import PurchasePolicy
from freshet.domain.refresh import Kind, Method
from freshet.domain.removal_rules import demand_linked


class PurchaseTerms(Struct, frozen=True, kw_only=True):
    """What a purchase for a connection is judged by, beside the connection and what is spent."""

    price: Money
    policy: PurchasePolicy
    limits: ProviderLimits

    @property
    def cooldown(self) -> timedelta:
        """How far apart two purchases for one connection are."""
        return self.policy.cooldown_at(self.limits)


class RefreshOffer(Struct, frozen=True, kw_only=True):
    """What asking for a refresh would come to now, without asking."""

    method: Method
    refusal: RefreshRefused | None
    available_at: datetime | None
    """From when on it is not refused; None where waiting alone does not help."""


def check_again(connection: Connection, *, is_stopped: bool) -> None:
    """Raise what has come up since the reservation; cooldown and budgets were judged then."""
    demand_linked(connection)
    if connection.link.suspicion is not None:
        raise ConnectionInDoubt(connection.link.suspicion.next_look_at)
    if is_stopped:
        raise PurchasesStopped


def check_before_money(
    connection: Connection, *, spent: Callable[[], Spent], terms: PurchaseTerms, now: datetime
) -> None:
    """Raise why nothing is bought.

    What is spent is looked at only where the answer is no: the reservation itself demands room in
    every budget, and that purchases are not stopped.
    """
    check_again(connection, is_stopped=False)
    until = not_before(connection, Kind.HOLDINGS, cooldown=terms.cooldown)
    if until is not None and now < until:
        raise refusal_of(connection, spent(), terms=terms, now=now) or RefreshTooSoon(until)


def refusal_of(
    connection: Connection, spent: Spent, *, terms: PurchaseTerms, now: datetime
) -> RefreshRefused | None:
    """Give what a purchase would be refused for, and of two pauses the longer one."""
    try:
        check_again(connection, is_stopped=spent.of_deployment.is_stopped)
    except RefreshRefused as refusal:
        return refusal
    until = not_before(connection, Kind.HOLDINGS, cooldown=terms.cooldown)
    used_up = spent.refusal_of(connection.id, terms.price, policy=terms.policy, now=now)
    if until is None or until <= now or (used_up is not None and used_up.resets_at >= until):
        return used_up
    return RefreshTooSoon(until)


def not_before(connection: Connection, kind: Kind, *, cooldown: timedelta) -> datetime | None:
    """Say before when no call of a kind is made: for the cooldown, or the provider's own word."""
    last = connection.purchases.last_purchase_at if kind is Kind.HOLDINGS else None
    pauses = (last and last + cooldown, connection.slots.of(kind).not_before)
    return max((at for at in pauses if at is not None), default=None)


def check_before_sync(connection: Connection, *, now: datetime) -> None:
    """Raise RefreshTooSoon where the provider has asked for a pause between syncs."""
    until = connection.slots.transactions.not_before
    if until is not None and now < until:
        raise RefreshTooSoon(until)


def check_before_live_read(
    connection: Connection, *, limits: ProviderLimits, now: datetime
) -> None:
    """Raise RefreshTooSoon where a person would read live more often than is polite."""
    last, gap = connection.purchases.last_live_read_at, limits.gap_between_live_reads
    if last is not None and now < last + gap:
        raise RefreshTooSoon(last + gap)


def refresh_offer(
    connection: Connection, spent: Spent, *, terms: PurchaseTerms, now: datetime
) -> RefreshOffer:
    """Say what a request for newer holdings would come to; an open refresh is left aside."""
    method = Method.PURCHASE if connection.can_refresh else Method.READ
    refusal: RefreshRefused | None = None
    if method is Method.PURCHASE:
        refusal = refusal_of(connection, spent, terms=terms, now=now)
    else:
        try:
            demand_linked(connection)
            check_before_live_read(connection, limits=terms.limits, now=now)
        except RefreshRefused as refused:
            refusal = refused
    at = _opens_at(refusal) if refusal else _opened_at(connection, method, terms)
    return RefreshOffer(method=method, refusal=refusal, available_at=at)


def _opens_at(refusal: RefreshRefused) -> datetime | None:
    if isinstance(refusal, BudgetExhausted):
        return refusal.resets_at
    return refusal.retry_at if isinstance(refusal, RefreshTooSoon | ConnectionInDoubt) else None


def _opened_at(connection: Connection, method: Method, terms: PurchaseTerms) -> datetime:
    """Say since when a refresh has been possible: a time that stays while nothing happens."""
    last = connection.purchases.last_live_read_at
    if method is Method.PURCHASE:
        until = not_before(connection, Kind.HOLDINGS, cooldown=terms.cooldown)
    else:
        until = last and last + terms.limits.gap_between_live_reads
    return until or connection.created_at
