"""Refreshes of holdings and of transactions are open at once; only the same kind joins."""

from datetime import timedelta
from typing import Any

import pytest

from freshet.domain.cadence import Cadence
from freshet.domain.refresh import TERMINAL, Kind, Refresh, RefreshStatus, Trigger
from freshet.domain.schedule import Turn, turn_for
from freshet.services.begin_removal import remove_connection
from freshet.services.preview_refresh import preview_refresh
from freshet.services.refresh_records import Purchase
from freshet.services.request_refresh import request_transactions_sync
from tests.builders import CONNECTION_ID, NOON, USER, a_connection, an_account, an_event
from tests.unit.stage import Stage, a_request

HOLDINGS, TRANSACTIONS = Kind.HOLDINGS, Kind.TRANSACTIONS
MINUTE = timedelta(minutes=1)


def _stage(**connection: Any) -> Stage:
    stage = Stage(**connection)
    stage.accounts.save(an_account())
    return stage


def _ask(stage: Stage, kind: Kind, key: str) -> Purchase:
    if kind is HOLDINGS:
        return stage.press(key)
    return request_transactions_sync(a_request(idempotency_key=key), deps=stage.requesting)


def _asked_for(stage: Stage) -> dict[Kind, int]:
    return {HOLDINGS: stage.provider.billed, TRANSACTIONS: stage.provider.syncs}


def _drained(stage: Stage) -> dict[Kind, Refresh]:
    stage.drain()
    return {each.kind: each for each in stage.refreshes.of_connection(USER, CONNECTION_ID)}


@pytest.mark.parametrize("wanted", Kind)
@pytest.mark.parametrize(
    "opened", [(), (HOLDINGS,), (TRANSACTIONS,), (HOLDINGS, TRANSACTIONS), (TRANSACTIONS, HOLDINGS)]
)
def test_request_joins_the_open_refresh_of_its_kind_and_no_other(
    opened: tuple[Kind, ...], wanted: Kind
) -> None:
    stage = _stage()
    ids = {kind: _ask(stage, kind, f"first-{kind}").refresh.id for kind in opened}
    joins = preview_refresh(a_request(), deps=stage.requesting).joins
    purchase = _ask(stage, wanted, "second")
    assert (purchase.refresh.kind, purchase.joined) == (wanted, wanted in opened)
    assert joins == ids.get(HOLDINGS)
    if wanted in opened:
        assert purchase.refresh.id == ids[wanted]
    _drained(stage)
    assert _asked_for(stage) == {kind: int(kind in {*opened, wanted}) for kind in Kind}


def test_both_end_and_leave_the_connection_free_when_their_proof_is_there() -> None:
    stage = _stage()
    for kind in (TRANSACTIONS, HOLDINGS):
        _ask(stage, kind, kind)
    stage.later(seconds=30)
    stage.provider.as_of = stage.clock()
    stage.hear(an_event(received_at=stage.clock()))
    stage.later(seconds=1)
    found = _drained(stage)
    assert found[HOLDINGS].status is RefreshStatus.COMPLETE
    assert not found[TRANSACTIONS].is_terminal
    assert list(stage.connection.slots.open_ids) == [found[TRANSACTIONS].id]
    assert stage.connection.due_at == found[TRANSACTIONS].next_check_at
    for _ in range(15):
        stage.later(minutes=1)
        stage.plan()
        found = _drained(stage)
    assert {each.status for each in found.values()} <= TERMINAL
    assert not stage.connection.slots.open_ids
    assert _asked_for(stage) == {HOLDINGS: 1, TRANSACTIONS: 1}


def test_both_are_ended_when_the_connection_is_removed() -> None:
    stage = _stage()
    for kind in Kind:
        _ask(stage, kind, kind)
    remove_connection(USER, CONNECTION_ID, actor="user-1", deps=stage.removing)
    stage.drain()
    found = stage.refreshes.of_connection(USER, CONNECTION_ID)
    assert [each.reason for each in found] == ["connection_removed", "connection_removed"]
    assert not stage.connection.slots.open_ids


def test_purchase_of_the_schedule_is_made_when_a_sync_is_open() -> None:
    stage = _stage(cadence=Cadence(refresh_every=timedelta(hours=24)), next_refresh_at=NOON)
    sync = _ask(stage, TRANSACTIONS, "key-1").refresh
    stage.plan()
    found = _drained(stage)
    assert (found[TRANSACTIONS].id, found[HOLDINGS].trigger) == (sync.id, Trigger.SCHEDULE)
    assert _asked_for(stage) == {HOLDINGS: 1, TRANSACTIONS: 1}


@pytest.mark.parametrize(
    ("slots", "expected"),
    [
        ({"open_sync_id": "ref_s", "open_sync_called": True}, Turn.READ),
        ({"open_sync_id": "ref_s"}, Turn.BUY),
        ({"open_sync_id": "ref_s", "sync_check_at": NOON + MINUTE}, Turn.READ),
        ({"open_sync_id": "ref_s", "open_refresh_id": "ref_h"}, Turn.BUY),
        (
            {"open_sync_id": "ref_s", "open_refresh_id": "ref_h", "open_refresh_called": True},
            Turn.BUY,
        ),
    ],
)
def test_turn_calls_the_refresh_whose_call_is_due(slots: dict[str, object], expected: Turn) -> None:
    assert turn_for(a_connection(**slots), now=NOON) is expected
