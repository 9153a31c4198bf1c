"""Writes that lose a race are made again, and give up when they always lose."""

from datetime import timedelta

import pytest

from freshet.domain import errors
from freshet.domain.refresh import Refresh
from freshet.domain.snapshot import HoldingsSnapshot, Outcome
from tests.builders import NOON, USER, a_refresh_command, a_snapshot, an_account_report, an_answer
from tests.replacing import InPlaceOf
from tests.unit.stage import ACCOUNT_ID, Stage

READ = an_answer(operation="positions", status=500, code=None)
SOON = NOON + timedelta(minutes=5)


def _two_accounts() -> Stage:
    stage = Stage()
    stage.provider.accounts.append(an_account_report(provider_account_id="account-2"))
    return stage


def test_reading_is_judged_again_when_somebody_stored_meanwhile() -> None:
    stage = Stage()
    usual = stage.snapshots.store
    storing, newer = InPlaceOf(usual), a_snapshot(dates_token="9")

    def lose_once(
        user_id: str, account_id: str, outcome: Outcome, *, before: HoldingsSnapshot | None
    ) -> bool:
        storing.put_back()
        stage.snapshots.rows[user_id, account_id] = newer
        return usual(user_id, account_id, outcome, before=before)

    storing.put(lose_once)
    stage.read()
    assert stage.snapshots.latest(USER, ACCOUNT_ID) is newer


def test_message_comes_again_when_storing_never_wins() -> None:
    stage = Stage()
    InPlaceOf(stage.snapshots.store).put(lambda *_, **__: False)
    with pytest.raises(errors.ConcurrentChange):
        stage.read()


@pytest.mark.parametrize(("losses", "is_lost"), [(1, False), (99, True)])
def test_proof_is_written_again_when_the_refresh_changed_meanwhile(
    losses: int, is_lost: bool
) -> None:
    stage = Stage()
    stage.buy()
    stage.later(minutes=1)
    stage.provider.as_of = stage.clock()
    usual, left = stage.refreshes.save, [None] * losses

    def lose(refresh: Refresh) -> Refresh:
        if left:
            left.pop()
            raise errors.ConcurrentChange("lost")
        return usual(refresh)

    InPlaceOf(usual).put(lose)
    if is_lost:
        with pytest.raises(errors.ConcurrentChange):
            stage.read()
        return
    stage.read()
    assert stage.refresh(a_refresh_command().refresh_id).status == "complete"


def test_purchase_gives_up_when_its_outcome_never_gets_written() -> None:
    stage = Stage()
    usual = stage.refreshes.book
    seen: list[Refresh] = []

    def lose(refresh: Refresh) -> Refresh:
        seen.append(refresh)
        if len(seen) > 1:
            raise errors.ConcurrentChange("lost")
        return usual(refresh)

    InPlaceOf(usual).put(lose)
    with pytest.raises(errors.ConcurrentChange):
        stage.buy()
    assert stage.provider.billed == 1


def test_only_one_worker_calls_when_two_take_up_the_same_refresh() -> None:
    stage = Stage()

    def lose(refresh: Refresh) -> Refresh:
        raise errors.ConcurrentChange("lost")

    InPlaceOf(stage.refreshes.book).put(lose)
    assert stage.buy().refresh.status == "reserved"
    assert stage.provider.billed == 0


def test_purchase_comes_again_when_a_race_left_nothing_to_join() -> None:
    stage = Stage()

    def lose(*_: object, **__: object) -> Refresh:
        raise errors.ConcurrentChange("lost")

    InPlaceOf(stage.refreshes.reserve).put(lose)
    with pytest.raises(errors.ConcurrentChange):
        stage.buy()
