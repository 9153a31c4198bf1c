"""Purchases in races: dead callers, late answers, readers that are faster."""

from collections import Counter
from collections.abc import Callable
from copy import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain import errors
from freshet.domain.commands import RefreshCommand
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.identifiers import refresh_id_for
from freshet.domain.purchase import PurchasePolicy
from freshet.domain.refresh import Refresh, RefreshStatus, accept
from freshet.domain.removal_rules import leaving
from freshet.services.refresh_records import Purchase
from tests.builders import CONNECTION_ID, NOON, USER, a_refresh_command, an_answer, changed
from tests.replacing import InPlaceOf
from tests.unit.crashing import Crashes, MortalStage
from tests.unit.stage import Stage


def _another(key: str = "another") -> RefreshCommand:
    return a_refresh_command(refresh_id=refresh_id_for(CONNECTION_ID, key))


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
    assert (entry.standing, entry.cost.amount) == ("assumed", Decimal("0.05"))
    assert stage.connection.purchases.last_purchase_at == NOON


def test_read_resolves_the_unknown_without_paying_when_newer_data_is_there() -> None:
    stage = Stage()
    _dead_caller(stage)
    stage.later(minutes=2)
    stage.buy()
    stage.provider.as_of = NOON + timedelta(minutes=1)
    stage.read()
    assert stage.refresh().status is RefreshStatus.COMPLETE
    assert (stage.provider.billed, stage.connection.slots.holdings.refresh_id) == (1, None)


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
    assert stage.connection.slots.holdings.refresh_id is None


def test_answer_is_not_written_over_an_end_when_a_read_was_faster() -> None:
    stage = Stage()

    def finish_meanwhile() -> None:
        stage.provider.during_refresh = None
        refresh = accept(stage.refresh(), an_answer(status=200), now=stage.clock())
        done = replace(refresh, status=RefreshStatus.COMPLETE)
        stage.refreshes.save(done)

    stage.provider.during_refresh = finish_meanwhile
    assert stage.buy().refresh.status is RefreshStatus.COMPLETE


def _stop_purchases(stage: Stage) -> None:
    stage.refreshes.stopped = True


def _remove(stage: Stage) -> None:
    stage.connections.change(USER, CONNECTION_ID, leaving)


def _break_link(stage: Stage) -> None:
    stage.connections.change(
        USER, CONNECTION_ID, lambda row: changed(row, status=ConnectionStatus.NEEDS_USER)
    )


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (_stop_purchases, errors.PurchasesStopped),
        (_remove, errors.ConnectionRemoving),
        (_break_link, errors.ConnectionNeedsUser),
    ],
)
@pytest.mark.parametrize("is_pressed", [True, False])
def test_nothing_is_bought_when_something_comes_up_between_check_and_reservation(
    change: Callable[[Stage], None], error: type[Exception], is_pressed: bool
) -> None:
    stage = Stage()
    usual = stage.refreshes.reserve

    def reserve_later(
        refresh: Refresh, *, judged: Connection, policy: PurchasePolicy, now: datetime
    ) -> Refresh:
        change(stage)
        return usual(refresh, judged=judged, policy=policy, now=now)

    with InPlaceOf(usual).holding(reserve_later), pytest.raises(error):
        stage.press() if is_pressed else stage.buy()
    assert (stage.provider.billed, stage.refreshes.rows, stage.refreshes.ledger) == (0, {}, {})
    assert set(stage.refreshes.calls.values()) <= {0}


class _Asked(Crashes):
    """Notes what is asked of the ports, and lets nothing die."""

    def __init__(self) -> None:
        super().__init__()
        self.names = Counter[str]()

    def around(self, call: Any, *arguments: Any, **keywords: Any) -> Any:
        self.names[call.__qualname__] += 1
        return super().around(call, *arguments, **keywords)


@pytest.mark.parametrize(
    ("buy", "lookups"),
    [
        (lambda stage: stage.press(), 0),
        (lambda stage: stage.press("key-1"), 1),
        (lambda stage: stage.buy(), 1),
    ],
    ids=["pressed", "pressed with a key", "by command"],
)
def test_each_question_is_asked_once_when_a_refresh_is_bought(
    buy: Callable[[Stage], Purchase], lookups: int
) -> None:
    asked = _Asked()
    stage = MortalStage(asked)
    assert buy(stage).refresh.status is RefreshStatus.ACCEPTED
    once = ("FakeConnections.get", "FakeProviders.open", "FakeRefreshes.reserve")
    assert {name: asked.names[name] for name in once} == dict.fromkeys(once, 1)
    assert not asked.names["FakeRefreshes.is_stopped"]  # the reservation demands it
    assert asked.names["FakeRefreshes.get"] == lookups


def test_reservation_is_judged_again_when_a_worker_takes_it_up() -> None:
    stage = Stage()
    stage.press(is_one_of_all=True)
    _stop_purchases(stage)
    stage.drain()
    (refresh,) = stage.refreshes.rows.values()
    assert (refresh.status, refresh.reason) == (RefreshStatus.REFUSED, "purchases_stopped")
    assert (stage.provider.billed, set(stage.refreshes.calls.values())) == (0, {0})
