"""Whoever reads or removes dies at every step in turn: each account always has one owner."""

from collections.abc import Callable

import pytest

from tests.unit.relink_stage import NEWER, UNREAD, Relinking

PROOFS = ("P", "Q")
FEWEST_STEPS = 40
MOST_STEPS = 150
BUSY_MINUTES, MINUTES = 3, 90

Ready = Callable[[], Relinking]


def _broken() -> Relinking:
    """The old link was read once and needs its user, who links anew."""
    stage = Relinking(*PROOFS, new=PROOFS)
    stage.read()
    stage.later(hours=1)
    stage.link_anew()
    return stage


def _both_new() -> Relinking:
    """Two tabs have linked at once; nothing is read yet."""
    stage = Relinking(*PROOFS, new=PROOFS, **UNREAD)
    stage.later(seconds=1)
    stage.link_anew()
    return stage


def _live(stage: Relinking, planned: dict[int, bool]) -> int:
    """Read both links until all is quiet; at no time is an account there twice.

    Says how many steps it took until it was.
    """
    stage.let_die(planned)
    steps = 0
    for step in (stage.read_newer, stage.read, stage.read_newer):
        stage.survive(step)
        assert len(set(stage.counted())) == len(stage.counted())
    for minute in range(MINUTES):
        if minute == BUSY_MINUTES:
            steps = stage.crashes.calls
        stage.settle(1)
        assert len(set(stage.counted())) == len(stage.counted())
    return steps


def _demand_promises(stage: Relinking) -> None:
    assert stage.linked() == [NEWER]
    assert stage.is_old_removed
    assert stage.counted() == list(PROOFS)
    assert set(stage.owners().values()) == {NEWER}
    assert {account_id for _, account_id in stage.snapshots.rows} == stage.owners().keys()
    assert stage.snapshots.erased == set()
    (receipt,) = stage.erasures.rows.values()
    assert (receipt.status, receipt.superseded_by) == ("removed", NEWER)


@pytest.mark.parametrize("ready", [_broken, _both_new])
def test_every_step_is_covered_when_nobody_dies(ready: Ready) -> None:
    stage = ready()
    assert FEWEST_STEPS <= _live(stage, {}) <= MOST_STEPS
    _demand_promises(stage)


@pytest.mark.sampled(40, by="ready")
@pytest.mark.parametrize("number", range(MOST_STEPS))
@pytest.mark.parametrize("is_after_effect", [False, True])
@pytest.mark.parametrize("ready", [_broken, _both_new])
def test_accounts_live_on_once_when_somebody_dies_at_any_step(
    ready: Ready, is_after_effect: bool, number: int
) -> None:
    stage = ready()
    before = stage.owners().keys()
    _live(stage, {number: is_after_effect})
    _demand_promises(stage)
    assert before <= stage.owners().keys()


@pytest.mark.sampled(10, by="ready")
@pytest.mark.parametrize("first", range(0, MOST_STEPS, 5))
@pytest.mark.parametrize("is_after_effect", [False, True])
@pytest.mark.parametrize("ready", [_broken, _both_new])
def test_accounts_live_on_once_when_many_die_in_a_row(
    ready: Ready, is_after_effect: bool, first: int
) -> None:
    stage = ready()
    _live(stage, dict.fromkeys(range(first, first + 12, 2), is_after_effect))
    _demand_promises(stage)
