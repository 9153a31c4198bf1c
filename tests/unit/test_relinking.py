"""A new link to accounts already known, whatever else goes on with the old one at that time."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain import call_errors
from freshet.domain.account import AccountReport, AccountStatus, Register
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.erasure import Erasure
from freshet.domain.errors import ConcurrentChange
from freshet.domain.identifiers import erasure_id_for
from freshet.domain.removal_rules import leaving
from freshet.domain.webhooks import StatusHint, WebhookEffect
from freshet.services.begin_removal import remove_connection
from tests.builders import (
    CONNECTION_ID,
    NOON,
    USER,
    a_position,
    an_answer,
    an_event,
    changed,
    some_holdings,
)
from tests.fakes import FakeSession
from tests.replacing import InPlaceOf
from tests.unit.relink_stage import NEWER, UNREAD, Relinking, as_listed

REMOVAL = "removal_requested"
BROKEN = {"status": ConnectionStatus.NEEDS_USER, "status_reason": "disabled_at_provider"}


def _read(*old: str, new: tuple[str, ...], **changes: Any) -> Relinking:
    """Both are linked, the old one has been read."""
    stage = Relinking(*old, new=new)
    stage.read()
    stage.connections.change(USER, CONNECTION_ID, lambda row: changed(row, **changes))
    stage.later(hours=1)
    stage.link_anew()
    return stage


def _receipt(stage: Relinking) -> Erasure:
    return stage.erasures.get(USER, erasure_id_for(CONNECTION_ID))


@pytest.mark.parametrize("changes", [{}, BROKEN, {"paused": True}])
def test_accounts_pass_and_the_old_connection_goes_when_all_are_proven(
    changes: dict[str, Any],
) -> None:
    stage = _read("P", "Q", new=("Q", "P"), **changes)
    before = stage.owners()
    stage.read_newer()
    assert stage.owners() == dict.fromkeys(before, NEWER)
    assert stage.counted() == ["P", "Q"]
    stage.plan()
    stage.drain()
    assert stage.connection.link.status_reason == "superseded"
    # The removal need not wait for its reader.
    assert stage.connection.schedule.reading_until is None
    stage.settle()
    assert stage.is_old_removed
    assert stage.owners() == dict.fromkeys(before, NEWER)
    assert set(before) == {account_id for _, account_id in stage.snapshots.rows}
    assert stage.snapshots.erased == set()
    receipt = _receipt(stage)
    assert (receipt.status, receipt.superseded_by, receipt.actor) == (
        "removed",
        NEWER,
        "succession",
    )
    assert (receipt.accounts_erased, receipt.upstream.status) == (0, "removed")


def test_account_is_found_by_its_row_when_the_new_connection_is_read_again() -> None:
    stage = _read("P", new=("P",))
    stage.read_newer()
    (account,) = stage.accounts.of_connection(stage.connections.get(USER, NEWER))
    assert account.report.provider_account_id == "new-P"
    stage.later(hours=1)
    stage.newer.accounts = [as_listed("new", "P", name="Renamed")]
    stage.read_newer()
    (again,) = stage.accounts.of_connection(stage.connections.get(USER, NEWER))
    assert (again.id, again.report.name) == (account.id, "Renamed")


def test_proven_accounts_pass_and_the_rest_stays_when_some_are_not_in_the_new_link() -> None:
    stage = _read("P", "Q", new=("P", "R"))
    stage.read_newer()
    stage.settle()
    owners = {
        str(each.report.institution_account_id): each.connection_id
        for each in stage.accounts.of_user(USER)
    }
    assert owners == {"P": NEWER, "Q": CONNECTION_ID, "R": NEWER}
    assert stage.counted() == ["P", "Q", "R"]
    assert stage.provider.asked_to_remove == 0
    assert stage.connection.migration.migrated_at is None
    # However often it is read: what has passed on is not listed there any more.
    unproven = as_listed("old", "P", institution_account_id=None)
    stage.provider.accounts = [unproven, as_listed("old", "Q"), as_listed("old", "S")]
    stage.later(hours=24)
    stage.read()
    assert stage.counted() == ["P", "Q", "R", "S"]
    # The rest follows when it appears in the new link: they may lag behind.
    stage.newer.accounts += [as_listed("new", "Q"), as_listed("new", "S")]
    stage.read_newer()
    stage.settle()
    assert stage.is_old_removed
    assert stage.counted() == ["P", "Q", "R", "S"]


@pytest.mark.parametrize("changes", [BROKEN, {"paused": True}])
def test_link_that_is_asleep_is_not_read_when_it_stays_with_the_rest(
    changes: dict[str, Any],
) -> None:
    stage = _read("P", "Q", new=("P",), **changes)
    reads = stage.provider.reads
    stage.read_newer()
    stage.settle()
    assert stage.counted() == ["P", "Q"]
    assert stage.provider.reads == reads
    assert (stage.connection.schedule.reading_until, stage.connection.migration.migrated_at) == (
        None,
        None,
    )
    assert stage.connection.due_at is None


def test_nothing_is_merged_when_nothing_is_proven() -> None:
    stage = _read("P", new=("Q",))
    stage.read_newer()
    stage.settle()
    assert stage.counted() == ["P", "Q"]
    assert stage.provider.asked_to_remove == 0
    assert stage.erasures.rows == {}


def test_new_account_is_left_to_the_newer_link_when_that_has_it_already() -> None:
    stage = _read("P", new=("Q",))
    stage.read_newer()
    stage.later(hours=24)
    stage.provider.accounts.append(as_listed("old", "Q"))
    stage.read()
    stage.settle()
    assert stage.counted() == ["P", "Q"]
    assert stage.provider.asked_to_remove == 0


def test_older_link_goes_when_the_newer_one_was_read_first() -> None:
    stage = Relinking("P", new=("P",), **UNREAD)
    stage.later(seconds=1)
    stage.link_anew()
    stage.read_newer()
    stage.read()
    assert stage.counted() == ["P"]
    stage.settle()
    assert stage.is_old_removed
    assert stage.counted() == ["P"]


def test_closed_account_and_its_history_stay_when_the_old_connection_goes() -> None:
    stage = Relinking("P", "Q", new=("P",))
    stage.read()
    stage.provider.accounts = [as_listed("old", "P")]
    stage.later(hours=24)
    stage.read()
    (closed,) = (each for each in stage.accounts.of_user(USER) if each.id not in stage.owners())
    stage.link_anew()
    stage.read_newer()
    stage.settle()
    assert stage.is_old_removed
    kept = stage.accounts.get(USER, closed.id)
    assert (kept.connection_id, kept.report.status) == (NEWER, AccountStatus.CLOSED)
    assert stage.snapshots.latest(USER, closed.id) is not None
    stage.later(hours=24)
    stage.read_newer()
    assert stage.accounts.get(USER, closed.id).report.status is AccountStatus.CLOSED


def test_latest_stays_when_the_new_link_serves_older_data() -> None:
    stage = _read("P", new=("P",))
    (account_id,) = stage.owners()
    before = stage.snapshots.latest(USER, account_id)
    assert before is not None
    older = NOON - timedelta(days=1)
    stage.newer.as_of = older
    stage.newer.accounts = [as_listed("new", "P", synced_at=older)]
    stage.newer.holdings["new-P"] = some_holdings(positions=(a_position(units=Decimal(1)),))
    stage.read_newer()
    after = stage.snapshots.latest(USER, account_id)
    assert after is not None
    assert (after.dates_token, after.holdings) == (before.dates_token, before.holdings)
    stage.later(hours=1)
    stage.newer.as_of = stage.clock()
    stage.read_newer()
    latest = stage.snapshots.latest(USER, account_id)
    assert latest is not None
    assert latest.dates_token > before.dates_token


def test_holdings_stay_when_the_new_link_has_loaded_nothing_yet() -> None:
    stage = _read("P", new=("P",))
    (account_id,) = stage.owners()
    before = stage.snapshots.latest(USER, account_id)
    stage.newer.accounts = [as_listed("new", "P", is_loaded=False)]
    stage.newer.holdings["new-P"] = some_holdings(positions=(), balances=())
    stage.read_newer()
    assert stage.snapshots.latest(USER, account_id) == before


def test_reader_of_the_old_link_changes_nothing_when_its_account_passes_on_meanwhile() -> None:
    stage = _read("P", new=("P",))
    (account_id,) = stage.owners()
    stage.later(hours=24)
    usual = stage.providers.open

    def open_later(connection: Connection) -> FakeSession:
        session = usual(connection)
        if connection.id == CONNECTION_ID:
            InPlaceOf(usual).put_back()
            InPlaceOf(session.accounts).put(pass_on_meanwhile)
        return session

    def pass_on_meanwhile() -> list[AccountReport]:
        stage.read_newer()
        return [as_listed("old", "P", name="Late")]

    InPlaceOf(stage.providers.open).put(open_later)
    stage.read()
    account = stage.accounts.get(USER, account_id)
    assert (account.connection_id, account.report.name) == (NEWER, "Margin")
    assert stage.counted() == ["P"]
    stage.settle()
    assert stage.is_old_removed
    assert stage.owners() == {account_id: NEWER}


def test_old_connection_is_erased_as_a_whole_when_its_removal_came_first() -> None:
    stage = _read("P", new=("P",))
    (old_id,) = stage.owners()
    stage.provider.removes_at_once = False
    remove_connection(USER, CONNECTION_ID, actor=USER, deps=stage.removing)
    stage.read_newer()
    # The user has let it go: nothing of it counts while the provider takes its time.
    assert stage.counted() == ["P"]
    assert len(stage.owners()) == 2
    stage.provider.is_removed = True
    stage.settle(30)
    assert stage.linked() == [NEWER]
    (new_id,) = stage.owners()
    assert new_id != old_id
    assert stage.snapshots.latest(USER, old_id) is None
    assert _receipt(stage).superseded_by is None


def test_account_that_passed_on_is_not_erased_when_the_removal_comes_a_moment_later() -> None:
    stage = _read("P", new=("P",))
    (account_id,) = stage.owners()
    stage.read_newer()
    remove_connection(USER, CONNECTION_ID, actor=USER, deps=stage.removing)
    stage.settle()
    assert stage.is_old_removed
    assert stage.owners() == {account_id: NEWER}
    assert stage.snapshots.latest(USER, account_id) is not None


def test_removal_between_the_look_and_the_passing_wins() -> None:
    stage = _read("P", new=("P",))
    usual = stage.register.pass_on

    def remove_first(*given: Any, **named: Any) -> Connection:
        InPlaceOf(usual).put_back()
        remove_connection(USER, CONNECTION_ID, actor=USER, deps=stage.removing)
        return usual(*given, **named)

    InPlaceOf(stage.register.pass_on).put(remove_first)
    (old_id,) = stage.owners()
    stage.read_newer()
    stage.settle()
    assert stage.linked() == [NEWER]
    assert old_id not in stage.owners()
    assert stage.counted() == ["P"]


def test_old_link_goes_all_the_same_when_the_new_one_is_removed_before_it_is_judged() -> None:
    stage = _read("P", new=("P",))
    stage.read_newer()
    remove_connection(USER, NEWER, actor=USER, deps=stage.removing)
    stage.settle()
    assert stage.linked() == []
    assert stage.accounts.rows == {}
    assert _receipt(stage).superseded_by == NEWER


def test_refresh_of_the_old_link_ends_when_the_account_it_waits_for_has_passed_on() -> None:
    stage = Relinking("P", "Q", new=("P",))
    stage.read()
    stage.buy()
    stage.link_anew()
    stage.read_newer()
    stage.later(seconds=1)
    stage.provider.as_of = stage.clock()
    stage.read()
    refresh = stage.refresh()
    assert (refresh.status, refresh.accounts_done) == ("complete", 1)
    assert sorted(refresh.accounts.values()) == ["done", "gone"]


def test_refresh_in_flight_is_on_the_books_when_its_connection_is_superseded() -> None:
    stage = Relinking("P", new=("P",))
    stage.read()
    stage.buy()
    stage.link_anew()
    stage.read_newer()
    stage.settle()
    assert stage.is_old_removed
    assert [str(each.cost.amount) for each in stage.refreshes.ledger.values()] == ["0.05"]
    assert stage.provider.billed == 1


def test_nothing_is_bought_when_the_account_passes_on_before_the_call() -> None:
    stage = Relinking("P", new=("P",))
    stage.read()
    stage.provider.refresh_failures = [call_errors.NotReached(an_answer())]
    stage.buy()
    stage.link_anew()
    stage.read_newer()
    assert stage.counted() == ["P"]
    stage.settle(40)
    assert stage.is_old_removed
    assert (stage.provider.billed, stage.refreshes.total()) == (0, Decimal(0))


@pytest.mark.parametrize("minutes", [0, 1, 3, 20])
def test_webhooks_of_the_old_link_change_nothing_when_they_come_late(minutes: int) -> None:
    stage = _read("P", new=("P",))
    (account_id,) = stage.owners()
    stage.read_newer()
    for minute in range(30):
        if minute == minutes:
            stage.hear(an_event(id="late-1", provider_account_id="old-P"))
            stage.hear(an_event(id="late-2", status_hint=StatusHint.REPAIRED))
            stage.hear(
                an_event(
                    id="late-3", status_hint=StatusHint.ADDED, effect=WebhookEffect.CONNECTION_READ
                )
            )
        stage.settle(1)
    stage.hear(
        an_event(id="late-4", effect=WebhookEffect.CONNECTION_READ, status_hint=StatusHint.REMOVED)
    )
    stage.settle(3)
    assert stage.is_old_removed
    assert stage.owners() == {account_id: NEWER}
    assert stage.counted() == ["P"]


def test_two_readers_give_an_account_one_owner_when_both_list_it_for_the_first_time() -> None:
    stage = Relinking("P", new=("P",), **UNREAD)
    stage.later(seconds=1)
    stage.link_anew()
    usual = stage.register.add

    def read_the_other_first(*given: Any, **named: Any) -> None:
        InPlaceOf(usual).put_back()
        stage.read_newer()
        usual(*given, **named)

    InPlaceOf(stage.register.add).put(read_the_other_first)
    stage.read()
    assert stage.counted() == ["P"]
    stage.settle()
    assert stage.counted() == ["P"]
    assert stage.is_old_removed


def test_old_link_that_has_not_said_where_it_is_is_known_by_its_first_account() -> None:
    stage = Relinking("P", new=("P",), **UNREAD)
    stage.later(seconds=1)
    stage.link_anew()
    usual = stage.snapshots.store

    def read_the_other(*given: Any, **named: Any) -> bool:
        InPlaceOf(usual).put_back()
        stage.read_newer()
        return usual(*given, **named)

    InPlaceOf(stage.snapshots.store).put(read_the_other)
    stage.read()
    assert stage.counted() == ["P"]
    stage.settle()
    assert stage.is_old_removed


def _fail_once(stage: Relinking, change: Callable[[Connection], Connection] | None = None) -> None:
    usual = stage.register.pass_on

    def lose(*given: Any, **named: Any) -> Connection:
        InPlaceOf(usual).put_back()
        if change is not None:
            stage.connections.change(USER, CONNECTION_ID, change)
        raise ConcurrentChange("lost")

    InPlaceOf(stage.register.pass_on).put(lose)


@pytest.mark.parametrize("change", [None, leaving])
def test_old_link_is_judged_again_when_something_changed_meanwhile(change: Any) -> None:
    stage = Relinking("P", "Q", new=("P",))
    stage.read()
    stage.provider.accounts = [as_listed("old", "P")]
    stage.later(hours=24)
    stage.read()
    stage.link_anew()
    stage.read_newer()
    _fail_once(stage, change)
    stage.plan()
    stage.drain()
    assert stage.connection.link.status is ConnectionStatus.REMOVING
    assert stage.connection.link.status_reason == ("superseded" if change is None else REMOVAL)
    assert len(stage.erasures.rows) == (1 if change is None else 0)
    assert len(stage.accounts.of_connection(stage.connections.get(USER, NEWER))) == (
        2 if change is None else 1
    )


def test_command_comes_again_when_every_race_is_lost() -> None:
    stage = _read("P", new=("P",))

    def lose(*_: Any, **__: Any) -> Connection:
        raise ConcurrentChange("lost")

    InPlaceOf(stage.register.pass_on).put(lose)
    with pytest.raises(ConcurrentChange):
        stage.read_newer()
    assert stage.counted() == ["P"]


def test_command_ends_when_the_new_link_is_gone_while_it_lists() -> None:
    stage = _read("P", new=("P",))
    usual = stage.register.read

    def erase_first(user_id: str) -> Register:
        del stage.connections.rows[USER, NEWER]
        return usual(user_id)

    InPlaceOf(stage.register.read).put(erase_first)
    stage.read_newer()
    assert set(stage.owners().values()) == {CONNECTION_ID}
