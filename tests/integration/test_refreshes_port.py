"""Refreshes and their money: one contract for the table and its twin."""

from copy import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain.connection_status import ASLEEP, ConnectionStatus
from freshet.domain.errors import BudgetExhausted, ConcurrentChange, NotFound, PurchasesStopped
from freshet.domain.refresh import (
    AccountProgress,
    Kind,
    Method,
    RefreshStatus,
    accept,
    refuse,
    start_call,
)
from freshet.domain.verdicts import Suspicion, VerdictKind
from tests.builders import (
    CONNECTION_ID,
    FENCE,
    NOON,
    USER,
    a_connection,
    a_policy,
    an_answer,
    changed,
)
from tests.integration.budgets import LATER, NOTHING, ONE, free_connection, reserve, wanted_refresh
from tests.integration.stores import Stores


def test_reservation_takes_every_budget_and_the_connection_when_there_is_room(
    money: Stores,
) -> None:
    reserved = reserve(money)
    assert reserved.status is RefreshStatus.RESERVED
    assert reserved.budget_buckets == ("2026-11-20", "2026-11")
    assert money.refreshes.get(USER, reserved.id) == reserved
    assert money.spent() == dict.fromkeys(("connection", "user", "deployment"), ONE)
    connection = money.connections.get(USER, CONNECTION_ID)
    assert (connection.slots.holdings.refresh_id, connection.slots.holdings.is_called) == (
        reserved.id,
        False,
    )
    assert connection.due_at == NOON + timedelta(minutes=2)


@pytest.mark.parametrize("key", ["first", "second"])
def test_nothing_is_spent_when_another_refresh_is_open_or_this_one_exists(
    money: Stores, key: str
) -> None:
    reserve(money)
    with pytest.raises(ConcurrentChange):
        reserve(money, key)
    assert money.spent()["deployment"] == ONE


def test_nothing_is_spent_when_this_refresh_ended_before(money: Stores) -> None:
    reserve(money)
    free_connection(money)
    with pytest.raises(ConcurrentChange):
        reserve(money)
    assert money.spent()["user"] == ONE


@pytest.mark.parametrize(
    ("policy", "scope", "resets_at"),
    [
        ({"connection_daily_refreshes": 1}, "connection", NOON + timedelta(hours=12)),
        ({"user_daily_refreshes": 1}, "user", NOON + timedelta(hours=12)),
        ({"monthly_budget": Decimal("0.05")}, "deployment", NOON + timedelta(days=10, hours=12)),
        ({"monthly_budget": Decimal("0.09")}, "deployment", NOON + timedelta(days=10, hours=12)),
    ],
)
def test_nothing_at_all_is_written_when_one_budget_is_used_up(
    money: Stores, policy: dict[str, Any], scope: str, resets_at: object
) -> None:
    reserve(money, **policy)
    free_connection(money)
    with pytest.raises(BudgetExhausted) as refused:
        reserve(money, "second", **policy)
    assert (refused.value.scope, refused.value.resets_at) == (scope, resets_at)
    assert set(money.spent().values()) == {ONE}
    assert money.connections.get(USER, CONNECTION_ID).slots.holdings.refresh_id is None
    with pytest.raises(NotFound):
        money.refreshes.get(USER, wanted_refresh("second").id)


def test_first_purchase_is_refused_when_its_price_is_above_the_budget(money: Stores) -> None:
    with pytest.raises(BudgetExhausted):
        reserve(money, monthly_budget=Decimal("0.04"))
    assert set(money.spent().values()) == {NOTHING}


def test_budget_is_open_again_when_the_next_day_begins(money: Stores) -> None:
    policy = a_policy(user_daily_refreshes=1)
    reserve(money)
    free_connection(money)
    tomorrow = NOON + timedelta(hours=12)
    again = money.refreshes.reserve(
        wanted_refresh("second"),
        judged=money.connections.get(USER, CONNECTION_ID),
        policy=policy,
        now=tomorrow,
    )
    assert again.budget_buckets == ("2026-11-21", "2026-11")
    assert money.spent("2026-11-21")["deployment"] == (1, Decimal("0.10"))


@pytest.mark.parametrize("write", ["book", "save"])
def test_write_is_refused_when_somebody_stored_another_in_between(
    money: Stores, write: str
) -> None:
    calling = money.refreshes.book(
        start_call(reserve(money), accounts=("acc_1",), fence=FENCE, now=NOON)
    )
    noted = replace(calling, accounts={"acc_1": AccountProgress.DONE})
    saved = money.refreshes.save(noted)
    with pytest.raises(ConcurrentChange):
        getattr(money.refreshes, write)(accept(calling, an_answer(status=200), now=LATER))
    assert money.refreshes.get(USER, calling.id) == saved


def test_unpaid_refresh_spends_nothing_and_is_open_when_it_is_put_on_record(
    money: Stores,
) -> None:
    live = wanted_refresh(status=RefreshStatus.ACCEPTED, started_at=NOON)
    assert money.refreshes.open(live) == live
    connection = money.connections.get(USER, CONNECTION_ID)
    assert (connection.slots.holdings.refresh_id, connection.slots.holdings.is_called) == (
        live.id,
        True,
    )
    assert set(money.spent().values()) == {NOTHING}
    with pytest.raises(ConcurrentChange):
        money.refreshes.open(wanted_refresh("second", status=RefreshStatus.ACCEPTED))


@pytest.mark.parametrize("opened", Kind)
def test_refresh_opens_beside_one_of_the_other_kind_and_never_twice(
    money: Stores, opened: Kind
) -> None:
    money.refreshes.open(wanted_refresh("first", status=RefreshStatus.ACCEPTED, kind=opened))
    for kind in Kind:
        again = wanted_refresh(f"again-{kind}", status=RefreshStatus.ACCEPTED, kind=kind)
        if kind is opened:
            with pytest.raises(ConcurrentChange):
                money.refreshes.open(again)
        else:
            money.refreshes.open(again)
    assert len(money.connections.get(USER, CONNECTION_ID).slots.open_ids) == 2


def test_unpaid_call_is_still_to_be_made_when_it_is_put_on_record_first(money: Stores) -> None:
    wanted = wanted_refresh(
        status=RefreshStatus.RESERVED, method=Method.SYNC, kind=Kind.TRANSACTIONS
    )
    money.refreshes.open(wanted)
    connection = money.connections.get(USER, CONNECTION_ID)
    slot = connection.slots.transactions
    assert (slot.refresh_id, slot.is_called, slot.check_at) == (wanted.id, False, connection.due_at)
    assert connection.slots.holdings.refresh_id is None
    assert connection.purchases.last_live_read_at is None
    assert money.refreshes.get(USER, wanted.id) == wanted


def test_time_of_a_live_read_is_kept_when_it_is_put_on_record(money: Stores) -> None:
    money.refreshes.open(wanted_refresh(status=RefreshStatus.ACCEPTED, method=Method.READ))
    assert money.connections.get(USER, CONNECTION_ID).purchases.last_live_read_at == NOON


def test_connection_stays_free_when_an_ended_refresh_is_put_on_record(money: Stores) -> None:
    ended = wanted_refresh(status=RefreshStatus.NO_CHANGE, finished_at=NOON)
    assert money.refreshes.add(ended) == ended
    assert money.refreshes.get(USER, ended.id) == ended
    assert money.connections.get(USER, CONNECTION_ID) == a_connection()
    with pytest.raises(ConcurrentChange):
        money.refreshes.add(ended)


def test_no_budget_grows_when_an_unpaid_call_is_refused(money: Stores) -> None:
    wanted = wanted_refresh(status=RefreshStatus.RESERVED, method=Method.SYNC)
    calling = money.refreshes.book(
        start_call(money.refreshes.open(wanted), accounts=(), fence=FENCE, now=NOON)
    )
    money.refreshes.book(refuse(calling, "provider_rejected_us", answer=None, now=LATER))
    assert set(money.spent().values()) == {NOTHING}


def test_budget_is_given_back_without_a_line_when_no_call_was_made(money: Stores) -> None:
    refused = refuse(reserve(money), "connection_needs_user", answer=None, now=LATER)
    money.refreshes.book(refused)
    assert {calls for calls, _ in money.spent().values()} == {0}
    assert {amount for _, amount in money.spent().values()} == {Decimal(0)}
    assert money.ledger() == []


@pytest.mark.parametrize("refresh_id", ["", "ref_nonsense", wanted_refresh("unknown").id])
def test_refresh_is_not_found_when_nobody_made_it(money: Stores, refresh_id: str) -> None:
    with pytest.raises(NotFound):
        money.refreshes.get(USER, refresh_id)


def test_refresh_is_not_found_when_it_is_another_users(money: Stores) -> None:
    with pytest.raises(NotFound):
        money.refreshes.get("user-2", reserve(money).id)


def test_kill_switch_is_seen_when_the_operator_turns_it(money: Stores) -> None:
    assert not money.refreshes.is_stopped()
    money.stop_purchases()
    assert money.refreshes.is_stopped()


def test_nothing_is_reserved_when_the_kill_switch_was_turned_meanwhile(money: Stores) -> None:
    money.stop_purchases()
    with pytest.raises(PurchasesStopped):
        reserve(money)
    assert set(money.spent().values()) == {NOTHING}
    assert money.connections.get(USER, CONNECTION_ID).slots.holdings.refresh_id is None


def test_money_is_reserved_when_purchases_go_on_after_a_stop(money: Stores) -> None:
    money.stop_purchases()
    money.budgets.stop_purchases(is_stopped=False)
    reserve(money)
    assert set(money.spent().values()) == {ONE}


@pytest.mark.parametrize("status", ConnectionStatus)
def test_refresh_is_opened_when_the_link_works_and_only_then(
    money: Stores, status: ConnectionStatus
) -> None:
    money.connections.change(USER, CONNECTION_ID, lambda row: changed(row, status=status))
    unpaid = wanted_refresh("unpaid", status=RefreshStatus.ACCEPTED, method=Method.READ)
    if status not in ASLEEP:
        assert reserve(money).status is RefreshStatus.RESERVED
        free_connection(money)
        assert money.refreshes.open(unpaid) == unpaid
        return
    with pytest.raises(ConcurrentChange):
        reserve(money)
    with pytest.raises(ConcurrentChange):
        money.refreshes.open(unpaid)
    assert set(money.spent().values()) == {NOTHING}


def test_refreshes_are_listed_newest_first_when_asked(money: Stores) -> None:
    first = reserve(money)
    free_connection(money)
    second = wanted_refresh("second", created_at=LATER, status=RefreshStatus.ACCEPTED)
    money.refreshes.open(second)
    assert money.refreshes.of_connection(USER, CONNECTION_ID) == [second, first]
    assert money.refreshes.of_connection("user-2", CONNECTION_ID) == []


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("method", Method)
def test_opened_refresh_leaves_the_connection_as_the_rules_say(
    money: Stores, method: Method, kind: Kind
) -> None:
    before = money.connections.get(USER, CONNECTION_ID)
    if method is Method.PURCHASE:
        opened = reserve(money)
    else:
        status = RefreshStatus.RESERVED if method is Method.SYNC else RefreshStatus.ACCEPTED
        wanted = replace(wanted_refresh(), method=method, kind=kind, status=status)
        opened = money.refreshes.open(wanted)
    assert money.connections.get(USER, CONNECTION_ID) == before.opening(opened)


@pytest.mark.parametrize(
    "change",
    [
        {"last_purchase_at": NOON},
        {"refresh_not_before": NOON},
        {"suspicion": Suspicion(kind=VerdictKind.STATED, since=NOON, looked_at=NOON)},
    ],
)
def test_nothing_is_reserved_by_what_is_no_longer_so(money: Stores, change: Any) -> None:
    judged = money.connections.get(USER, CONNECTION_ID)
    money.connections.change(USER, CONNECTION_ID, lambda row: changed(row, **change))
    with pytest.raises(ConcurrentChange):
        money.refreshes.reserve(wanted_refresh(), judged=judged, policy=a_policy(), now=NOON)
    assert money.spent()["deployment"] == NOTHING
    again = money.connections.get(USER, CONNECTION_ID)
    if "suspicion" not in change:
        money.refreshes.reserve(wanted_refresh(), judged=again, policy=a_policy(), now=NOON)


def test_several_refreshes_are_read_at_once(money: Stores) -> None:
    reserved = reserve(money)
    missing = wanted_refresh("never").id
    assert money.refreshes.some(USER, [reserved.id, missing, "junk"]) == {reserved.id: reserved}
    assert money.refreshes.some("user-2", [reserved.id]) == {}
