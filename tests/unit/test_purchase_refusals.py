"""What the provider's answers do to a purchase, its money and its connection."""

from datetime import timedelta
from decimal import Decimal

import pytest

from freshet import metrics, observability
from freshet.domain import call_errors, errors
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.ledger import Standing
from freshet.domain.refresh import MOST_ATTEMPTS, PATIENCE, RefreshStatus
from freshet.metric_kinds import Counter
from freshet.services import refresh_connection as purchases
from tests.builders import (
    CONNECTION_ID,
    NOON,
    USER,
    a_refresh_command,
    an_answer,
    changed,
)
from tests.replacing import InPlaceOf
from tests.unit.stage import Stage

ANSWER = an_answer()
SECOND = timedelta(seconds=1)
UNBILLED_AND_TRANSIENT = (
    call_errors.NotReached(ANSWER),
    call_errors.ProviderUnavailable(ANSWER),
    call_errors.RateLimited(ANSWER),
    call_errors.QuotaExhausted(NOON + timedelta(seconds=9)),
)
UNBILLED_FOR_GOOD = (
    call_errors.ProviderThrottled(ANSWER),
    call_errors.LoginRequired(ANSWER),
    call_errors.RefreshNotAllowed(ANSWER),
    call_errors.MissingUpstream(ANSWER),
    call_errors.ProviderRejectedUs(ANSWER),
)
PERHAPS_BILLED = (
    call_errors.AnswerLost(ANSWER),
    call_errors.UnreadableAnswer(ANSWER),
    call_errors.ProviderFailed(ANSWER),
)


def _failing(error: call_errors.CallFailed, times: int = 1) -> Stage:
    stage = Stage()
    stage.provider.refresh_failures = [error] * times
    return stage


def _spent(stage: Stage) -> tuple[int, Decimal]:
    return sum(stage.refreshes.calls.values()), sum(stage.refreshes.spent.values(), Decimal(0))


@pytest.mark.parametrize("error", UNBILLED_AND_TRANSIENT, ids=lambda each: each.reason)
def test_call_is_put_back_and_made_again_when_it_surely_cost_nothing(
    error: call_errors.CallFailed,
) -> None:
    stage = _failing(error)
    waiting = stage.buy().refresh
    assert (waiting.status, waiting.reason) == (RefreshStatus.RESERVED, error.reason)
    assert stage.refreshes.total() == 0
    retry_at = error.retry_at(NOON)
    assert stage.connection.due_at == retry_at

    stage.clock.now = retry_at
    assert stage.plan() == 1
    stage.drain()
    assert (stage.refresh().status, stage.refresh().attempt) == (RefreshStatus.ACCEPTED, 2)
    assert (stage.provider.billed, stage.refreshes.total()) == (1, Decimal("0.05"))


@pytest.mark.parametrize(
    ("wait", "status"),
    [
        (PATIENCE - SECOND, RefreshStatus.RESERVED),
        (PATIENCE, RefreshStatus.RESERVED),
        (PATIENCE + SECOND, RefreshStatus.REFUSED),
    ],
)
def test_refresh_is_refused_when_the_provider_asks_for_more_patience_than_we_have(
    wait: timedelta, status: RefreshStatus
) -> None:
    stage = _failing(call_errors.ProviderUnavailable(ANSWER, wait=wait))
    assert stage.buy().refresh.status is status
    assert _spent(stage)[0] == (0 if status is RefreshStatus.REFUSED else 3)


@pytest.mark.parametrize("error", UNBILLED_FOR_GOOD, ids=lambda each: each.reason)
def test_connection_learns_the_same_when_another_worker_judges_after_a_crash(
    error: call_errors.CallFailed,
) -> None:
    crashed, usual = _failing(error), _failing(error)
    usual.buy()
    changing = InPlaceOf(crashed.connections.change)

    def die(*_: object, **__: object) -> Connection:
        raise KeyboardInterrupt

    # Reserving changes the connection, too: death comes with the call.
    crashed.provider.during_refresh = lambda: changing.put(die)
    with pytest.raises(KeyboardInterrupt):
        crashed.buy()
    changing.put_back()
    crashed.buy()
    after, expected = crashed.connection, usual.connection
    assert (after.link.status, after.slots.holdings.refused_until) == (
        *(expected.link.status, expected.slots.holdings.refused_until),
    )
    assert after.purchases.last_purchase_at == expected.purchases.last_purchase_at
    assert after.slots.holdings.refresh_id is None


@pytest.mark.parametrize(
    "error", UNBILLED_AND_TRANSIENT + UNBILLED_FOR_GOOD, ids=lambda each: each.reason
)
def test_purchase_is_refused_at_once_when_somebody_waits_for_the_verdict(
    error: call_errors.CallFailed,
) -> None:
    stage = _failing(error)
    purchase = stage.buy(may_wait=False)
    assert purchase.failure is error
    assert (purchase.refresh.status, purchase.refresh.reason) == ("refused", error.reason)
    assert (stage.provider.billed, stage.refreshes.total()) == (0, Decimal(0))
    assert _spent(stage) == (0, Decimal(0))
    assert stage.connection.slots.holdings.refresh_id is None


@pytest.mark.parametrize("error", PERHAPS_BILLED, ids=lambda each: each.reason)
@pytest.mark.parametrize("may_wait", [True, False])
def test_money_stays_on_the_books_when_the_call_may_have_been_billed(
    error: call_errors.CallFailed, may_wait: bool
) -> None:
    stage = _failing(error)
    purchase = stage.buy(may_wait=may_wait)
    assert (purchase.refresh.status, purchase.refresh.reason) == ("unknown", error.reason)
    (entry,) = stage.refreshes.ledger.values()
    assert entry.standing is Standing.ASSUMED
    assert stage.refreshes.total() == Decimal("0.05")
    assert _spent(stage)[0] == 3
    stage.later(minutes=1)
    stage.buy()
    assert stage.provider.billed == 1


def test_purchase_is_given_up_when_every_attempt_failed() -> None:
    stage = _failing(call_errors.NotReached(ANSWER), times=MOST_ATTEMPTS)
    for _ in range(MOST_ATTEMPTS):
        stage.buy()
        stage.later(minutes=1)
    assert stage.refresh().status is RefreshStatus.REFUSED
    assert (stage.provider.billed, _spent(stage)) == (0, (0, Decimal(0)))
    assert stage.connection.purchases.last_refusal == "provider_not_reached"


def test_connection_needs_its_user_when_the_provider_says_so() -> None:
    stage = _failing(call_errors.LoginRequired(ANSWER))
    stage.buy()
    assert stage.connection.link.status is ConnectionStatus.NEEDS_USER
    with pytest.raises(errors.ConnectionNeedsUser):
        stage.buy(a_refresh_command(refresh_id="ref_next"))


def test_refund_hits_the_reserved_day_when_settled_after_midnight() -> None:
    stage = _failing(call_errors.NotReached(ANSWER))
    stage.provider.refresh_failures.append(call_errors.LoginRequired(ANSWER))
    stage.clock.now = NOON.replace(hour=23, minute=59)
    stage.buy()
    stage.later(minutes=2)
    stage.buy()
    assert set(stage.refreshes.calls) == {
        (scope, "2026-11-20")
        for scope in (f"connection {CONNECTION_ID}", f"user {USER}", "deployment")
    }
    assert set(stage.refreshes.calls.values()) == {0}


def test_refresh_is_finished_by_its_redelivery_when_the_connection_was_not_told() -> None:
    stage = _failing(call_errors.RefreshNotAllowed(ANSWER))
    before = stage.connection
    stage.buy()
    # As after a crash between the two writes.
    open_again = changed(before, open_refresh_id=a_refresh_command().refresh_id)
    stage.connections.rows[USER, CONNECTION_ID] = open_again
    stage.buy()
    assert stage.connection.slots.holdings.refresh_id is None


@pytest.mark.parametrize(
    ("error", "counter"),
    [
        (None, metrics.REFRESH_ACCEPTED),
        *((each, metrics.REFRESH_NOT_ACCEPTED) for each in UNBILLED_AND_TRANSIENT),
        *((each, metrics.REFRESH_NOT_ACCEPTED) for each in UNBILLED_FOR_GOOD),
        *((each, metrics.REFRESH_ANSWER_LOST) for each in PERHAPS_BILLED),
    ],
)
def test_call_is_counted_once_by_what_is_known_of_its_cost(
    error: call_errors.CallFailed | None, counter: Counter
) -> None:
    stage = Stage() if error is None else _failing(error)
    counted: list[Counter] = []
    with InPlaceOf(observability.count, within=purchases).holding(
        lambda counter, number=1: counted.append(counter)
    ):
        stage.work()
    assert counted == [counter]
