"""Purchases in races: dead callers, late answers, readers that are faster."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from freshet.domain.commands import RefreshCommand
from freshet.domain.identifiers import refresh_id_for
from freshet.domain.refresh import RefreshStatus, accept
from tests.builders import CONNECTION_ID, NOON, an_answer, an_order
from tests.unit.stage import Stage


def _another(key: str = "another") -> RefreshCommand:
    return an_order(refresh_id=refresh_id_for(CONNECTION_ID, key))


def _dead_caller(stage: Stage) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    stage.provider.during_refresh = die
    with pytest.raises(KeyboardInterrupt):
        stage.buy()
    stage.provider.during_refresh = None


def test_redelivery_keeps_its_hands_off_when_a_caller_may_be_at_work() -> None:
    stage = Stage()
    seen = []
    stage.provider.during_refresh = lambda: seen.append(stage.buy().refresh.status)
    stage.buy()
    assert seen == [RefreshStatus.CALLING]
    assert stage.provider.billed == 1


def test_outcome_is_unknown_and_still_on_the_books_when_the_caller_died() -> None:
    stage = Stage()
    _dead_caller(stage)
    stage.later(minutes=2)
    assert stage.buy().refresh.status is RefreshStatus.UNKNOWN
    (entry,) = stage.refreshes.ledger.values()
    assert (entry.assumed, entry.cost.amount) == (True, Decimal("0.05"))
    assert stage.connection.last_purchase_at == NOON


def test_read_resolves_the_unknown_without_paying_when_newer_data_is_there() -> None:
    stage = Stage()
    _dead_caller(stage)
    stage.later(minutes=2)
    stage.buy()
    stage.provider.as_of = NOON + timedelta(minutes=1)
    stage.read()
    assert stage.refresh().status is RefreshStatus.COMPLETE
    assert (stage.provider.billed, stage.connection.open_refresh_id) == (1, None)


def test_late_yes_is_taken_when_somebody_already_called_it_unknown() -> None:
    stage = Stage()

    def outlast_the_fence() -> None:
        stage.provider.during_refresh = None
        stage.later(minutes=1)
        assert stage.buy().refresh.status is RefreshStatus.UNKNOWN

    stage.provider.during_refresh = outlast_the_fence
    assert stage.buy().refresh.status is RefreshStatus.ACCEPTED
    assert stage.provider.billed == 1


def test_proof_noted_during_the_call_counts_when_the_answer_comes() -> None:
    stage = Stage()

    def read_meanwhile() -> None:
        stage.provider.as_of = NOON + timedelta(seconds=1)
        stage.read()

    stage.provider.during_refresh = read_meanwhile
    assert stage.buy().refresh.status is RefreshStatus.COMPLETE
    assert stage.connection.open_refresh_id is None


def test_answer_is_not_written_over_an_end_when_a_read_was_faster() -> None:
    stage = Stage()

    def finish_meanwhile() -> None:
        stage.provider.during_refresh = None
        refresh = accept(stage.refresh(), an_answer(status=200), now=stage.clock())
        done = replace(refresh, status=RefreshStatus.COMPLETE)
        stage.refreshes.save(done)

    stage.provider.during_refresh = finish_meanwhile
    assert stage.buy().refresh.status is RefreshStatus.COMPLETE
