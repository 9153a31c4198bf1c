"""The checks before money, in their order, and the buckets behind them."""

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest

from freshet.domain.budgets import (
    Buckets,
    DeploymentSpending,
    Spent,
    UserSpending,
    day_ends,
    month_ends,
)
from freshet.domain.connection_status import ASLEEP, GONE, ConnectionStatus
from freshet.domain.errors import (
    ConnectionNeedsUser,
    ConnectionRemoving,
    PurchasesStopped,
    RefreshTooSoon,
)
from freshet.domain.ledger import LedgerEntry, Standing
from freshet.domain.money import Money
from freshet.domain.provider import Provider
from freshet.domain.purchase_checks import PurchaseTerms, check_before_money
from freshet.domain.refresh import RefreshStatus
from freshet.registry import TRAITS
from tests.builders import NOON, a_connection, a_policy, a_refresh

COOLDOWN = timedelta(minutes=15)
SECOND = timedelta(seconds=1)
PRICE = Money(Decimal("0.05"), "USD")


def _check(*, is_stopped: bool = False, **connection: object) -> None:
    spent = Spent(of_user=UserSpending(), of_deployment=DeploymentSpending(is_stopped=is_stopped))
    check_before_money(a_connection(**connection), spent=lambda: spent, terms=_terms(), now=NOON)


def _terms(provider: Provider = Provider.SNAPTRADE, **policy: object) -> PurchaseTerms:
    return PurchaseTerms(price=PRICE, policy=a_policy(**policy), limits=TRAITS[provider].limits)


def _nothing() -> Spent:
    return Spent(of_user=UserSpending(), of_deployment=DeploymentSpending())


@pytest.mark.parametrize("status", ConnectionStatus)
def test_only_the_user_can_help_when_the_connection_is_asleep(status: ConnectionStatus) -> None:
    if status not in ASLEEP:
        _check(status=status)
        return
    if status in GONE:
        with pytest.raises(ConnectionRemoving):
            _check(status=status)
        return
    with pytest.raises(ConnectionNeedsUser) as refused:
        _check(status=status, status_reason="disabled_at_provider")
    assert refused.value.reason == "disabled_at_provider"


def test_status_is_named_first_when_everything_is_against_it() -> None:
    with pytest.raises(ConnectionNeedsUser):
        _check(is_stopped=True, status=ConnectionStatus.NEEDS_USER, last_purchase_at=NOON)


def test_kill_switch_is_named_before_the_cooldown_when_both_hold() -> None:
    with pytest.raises(PurchasesStopped):
        _check(is_stopped=True, last_purchase_at=NOON)


@pytest.mark.parametrize("ago", [timedelta(0), COOLDOWN - SECOND])
def test_purchase_is_too_soon_when_the_cooldown_is_not_over(ago: timedelta) -> None:
    with pytest.raises(RefreshTooSoon) as refused:
        _check(last_purchase_at=NOON - ago)
    assert refused.value.retry_at == NOON - ago + COOLDOWN


@pytest.mark.parametrize("ago", [COOLDOWN, COOLDOWN + SECOND])
def test_purchase_may_go_on_when_the_cooldown_is_over(ago: timedelta) -> None:
    _check(last_purchase_at=NOON - ago)


@pytest.mark.parametrize("provider", Provider)
@pytest.mark.parametrize("cooldown", [timedelta(0), timedelta(seconds=-5), SECOND])
def test_providers_limit_holds_when_the_setting_asks_for_less(
    provider: Provider, cooldown: timedelta
) -> None:
    gap, terms = TRAITS[provider].limits.gap_between_purchases, _terms(provider, cooldown=cooldown)
    bought = a_connection(provider=provider, last_purchase_at=NOON)
    with pytest.raises(RefreshTooSoon) as refused:
        check_before_money(bought, spent=_nothing, terms=terms, now=NOON + gap - SECOND)
    assert refused.value.retry_at == NOON + gap
    check_before_money(bought, spent=_nothing, terms=terms, now=NOON + gap)


@pytest.mark.parametrize(
    "changes",
    [
        {"monthly_budget": Decimal(0)},
        {"monthly_budget": Decimal(-1)},
        {"user_daily_refreshes": 0},
        {"connection_daily_refreshes": 0},
    ],
)
def test_policy_cannot_exist_when_it_could_not_hold_a_purchase(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="must"):
        a_policy(**changes)


EAST = timezone(timedelta(hours=9))


@pytest.mark.parametrize(
    ("now", "day", "month"),
    [
        (datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC), "2026-11-30", "2026-11"),
        (datetime(2026, 12, 1, tzinfo=UTC), "2026-12-01", "2026-12"),
        (datetime(2026, 12, 1, 8, 59, tzinfo=EAST), "2026-11-30", "2026-11"),
    ],
)
def test_purchase_counts_in_its_utc_day_and_month_when_reserved(
    now: datetime, day: str, month: str
) -> None:
    assert Buckets.at(now) == Buckets(day, month)


@pytest.mark.parametrize(
    ("now", "day", "month"),
    [
        (datetime(2026, 1, 31, 12, tzinfo=UTC), (2026, 2, 1), (2026, 2, 1)),
        (datetime(2026, 12, 31, 23, 59, tzinfo=UTC), (2027, 1, 1), (2027, 1, 1)),
        (datetime(2026, 2, 1, tzinfo=UTC), (2026, 2, 2), (2026, 3, 1)),
        (datetime(2028, 2, 28, tzinfo=UTC), (2028, 2, 29), (2028, 3, 1)),
    ],
)
def test_budget_opens_again_at_midnight_utc_when_used_up(
    now: datetime, day: tuple[int, int, int], month: tuple[int, int, int]
) -> None:
    assert day_ends(now) == datetime(*day, tzinfo=UTC)
    assert month_ends(now) == datetime(*month, tzinfo=UTC)


@pytest.mark.parametrize("status", RefreshStatus)
def test_ledger_is_on_the_safe_side_when_an_outcome_is_open(status: RefreshStatus) -> None:
    entry = LedgerEntry.of(a_refresh(status=status, started_at=NOON))
    is_free = status in {RefreshStatus.RESERVED, RefreshStatus.REFUSED}
    assert entry.cost.amount == (0 if is_free else Decimal("0.05"))
    is_open = status in {RefreshStatus.CALLING, RefreshStatus.UNKNOWN}
    is_without_answer = status in {RefreshStatus.NO_CHANGE, RefreshStatus.TIMED_OUT}
    assert (entry.standing is Standing.ASSUMED) is (is_open or is_without_answer)
    assert entry.called_at == NOON
    assert entry.outcome == status


def test_ledger_refuses_a_line_when_the_call_was_never_made() -> None:
    with pytest.raises(ValueError, match="never called"):
        LedgerEntry.of(a_refresh(status=RefreshStatus.RESERVED))
