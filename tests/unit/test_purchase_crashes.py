"""Purchases under every crash: at most one bill, books never below it, nothing stuck."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain.call_errors import AnswerLost, CallFailed, NotReached, ProviderUnavailable
from tests.builders import a_refresh_command, an_answer
from tests.unit.crashing import Crashes, MortalStage

PRICE = Decimal("0.05")
MOST_CALLS = 14
ENDED = {"complete", "partial", "no_change", "timed_out", "refused"}
FAILURES = st.sampled_from(
    [NotReached(an_answer()), ProviderUnavailable(an_answer()), AnswerLost(an_answer())]
)


def _deliver(stage: MortalStage) -> bool:
    return stage.survive(stage.work)


def _recover(stage: MortalStage) -> None:
    """Redeliver until the message is done, then let twenty minutes of planner turns pass."""
    is_done = False
    for minute in range(25):
        stage.later(minutes=1)
        # Visibility timeouts are minutes long: the next delivery comes well after the fence.
        if not is_done and minute % 4 == 0:
            is_done = _deliver(stage)
        stage.survive(stage.plan)
        stage.survive(stage.drain)


def _demand_promises(stage: MortalStage) -> None:
    assert stage.provider.billed <= 1
    assert stage.refreshes.total() >= PRICE * stage.provider.billed
    assert stage.connection.slots.holdings.refresh_id is None
    assert stage.refresh().status in ENDED
    booked = sum(stage.refreshes.calls.values())
    assert booked == (0 if stage.refresh().status == "refused" else 3)


def _stage(planned: dict[int, bool], failures: list[CallFailed]) -> MortalStage:
    stage = MortalStage(Crashes(planned))
    stage.provider.refresh_failures = list(failures)

    def refreshed() -> None:
        stage.provider.as_of = stage.clock() + timedelta(seconds=2)

    stage.provider.during_refresh = refreshed
    return stage


@pytest.mark.parametrize("number", range(MOST_CALLS))
@pytest.mark.parametrize("is_after_effect", [False, True])
def test_one_refresh_is_paid_at_most_once_when_the_worker_dies_anywhere(
    number: int, is_after_effect: bool
) -> None:
    stage = _stage({number: is_after_effect}, [])
    _deliver(stage)
    _recover(stage)
    _demand_promises(stage)


def test_every_step_of_a_purchase_is_covered_when_it_runs_through() -> None:
    stage = _stage({}, [])
    assert _deliver(stage)
    assert 8 <= stage.crashes.calls <= MOST_CALLS
    _recover(stage)
    _demand_promises(stage)
    assert stage.refresh().status == "complete"


@given(
    st.dictionaries(st.integers(0, 40), st.booleans(), max_size=4),
    st.lists(FAILURES, max_size=3),
)
def test_one_refresh_is_paid_at_most_once_when_crashes_and_failures_mix(
    planned: dict[int, bool], failures: list[CallFailed]
) -> None:
    stage = _stage(planned, failures)
    _deliver(stage)
    _recover(stage)
    _demand_promises(stage)


@pytest.mark.parametrize("copies", [2, 3])
def test_nothing_is_bought_twice_when_a_message_is_delivered_in_copies(copies: int) -> None:
    stage = _stage({}, [])
    for _ in range(copies):
        _deliver(stage)
    assert stage.provider.billed == 1
    assert stage.refresh(a_refresh_command().refresh_id).status == "accepted"
