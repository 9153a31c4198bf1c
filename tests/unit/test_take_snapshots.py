"""The reader: what one read leaves behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet import observability
from freshet.domain.account import Account, AccountStatus
from freshet.domain.commands import ReadReason
from freshet.domain.connection_report import DataMode
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.provider import Provider
from freshet.services import take_snapshots as reader
from tests.builders import (
    CONNECTION_ID,
    EMPTY,
    EVERYTHING,
    NOON,
    USER,
    a_position,
    a_report,
    an_account,
    an_account_report,
    pending,
    refreshed,
    some_holdings,
)
from tests.replacing import InPlaceOf
from tests.unit.stage import ACCOUNT_ID, Stage

CHANGED = some_holdings(positions=(a_position(units=Decimal(13)),))


def _new() -> Stage:
    stage = Stage(
        status=ConnectionStatus.INITIALISING,
        status_read_at=None,
        data_mode=DataMode.UNKNOWN,
        next_read_at=NOON,
        due_at=NOON,
    )
    stage.accounts.rows.clear()
    return stage


def test_everything_is_known_when_the_first_load_is_over() -> None:
    stage = _new()
    stage.read(ReadReason.FIRST_LOAD)
    assert (stage.connection.link.status, stage.connection.link.data_mode) == ("active", "delayed")
    assert stage.connection.due_at == stage.connection.schedule.next_read_at
    assert stage.connection.due_at is not None
    assert stage.connection.due_at > NOON + timedelta(hours=18)
    (account,) = stage.accounts.of_connection(stage.connections.get(USER, CONNECTION_ID))
    assert account == replace(an_account(), created_at=NOON)
    assert stage.snapshots.latest(USER, ACCOUNT_ID) is not None


def test_holdings_are_not_asked_for_when_the_connection_is_disabled() -> None:
    stage = Stage()
    stage.provider.report = a_report(is_disabled=True)
    stage.read()
    assert stage.provider.reads == 1
    assert stage.connection.link.status is ConnectionStatus.NEEDS_USER
    assert stage.snapshots.rows == {}
    assert stage.connection.due_at == NOON + timedelta(hours=1)  # a look, not a read


def test_dates_move_and_no_version_appears_when_nothing_changed() -> None:
    stage = Stage()
    stage.provider.as_of = NOON
    stage.read()
    first = stage.snapshots.latest(USER, ACCOUNT_ID)
    stage.later(hours=24)
    stage.provider.as_of = NOON + timedelta(hours=23)
    stage.read()
    second = stage.snapshots.latest(USER, ACCOUNT_ID)
    assert first is not None
    assert second is not None
    assert (second.version, len(stage.snapshots.kept)) == (first.version, 1)
    assert second.broker_as_of == NOON + timedelta(hours=23)


def test_first_version_stays_as_it_was_when_content_changes() -> None:
    stage = Stage()
    stage.provider.as_of = NOON
    stage.read()
    before = dict(stage.snapshots.kept)
    stage.later(hours=24)
    stage.provider.as_of = stage.clock()
    stage.provider.holdings["account-1"] = CHANGED
    stage.read()
    assert len(stage.snapshots.kept) == 2
    assert before.items() <= stage.snapshots.kept.items()


def test_holdings_survive_when_one_empty_answer_comes() -> None:
    stage = Stage()
    stage.provider.as_of = NOON
    stage.read()
    stage.provider.holdings["account-1"] = EMPTY
    for hours, is_erased in ((24, False), (24, True)):
        stage.later(hours=hours)
        stage.provider.as_of = stage.clock()
        stage.read()
        latest = stage.snapshots.latest(USER, ACCOUNT_ID)
        assert latest is not None
        assert latest.holdings.is_empty is is_erased


@pytest.mark.parametrize(("is_loaded", "is_stored"), [(False, False), (True, True)])
def test_empty_means_not_yet_when_the_provider_has_not_loaded_the_account(
    is_loaded: bool, is_stored: bool
) -> None:
    stage = Stage()
    stage.provider.accounts = [an_account_report(is_loaded=is_loaded)]
    stage.provider.holdings["account-1"] = EMPTY
    stage.read()
    assert bool(stage.snapshots.rows) is is_stored


@pytest.mark.parametrize(
    "changes",
    [
        {"kind": "deposit", "has_holdings": False},
        {"has_holdings": False},
        {"status": AccountStatus.CLOSED},
    ],
)
def test_account_is_listed_and_not_read_when_it_has_no_holdings(changes: dict[str, object]) -> None:
    stage = Stage()
    stage.provider.accounts = [an_account_report(**changes)]
    stage.read()
    assert (stage.provider.reads, stage.snapshots.rows) == (2, {})
    assert stage.accounts.get(USER, ACCOUNT_ID).report == an_account_report(**changes)


def test_account_is_closed_and_not_erased_when_it_vanished() -> None:
    stage = Stage()
    stage.read()
    stage.provider.accounts = [an_account_report(provider_account_id="account-2")]
    stage.later(hours=24)
    stage.read()
    gone = stage.accounts.get(USER, ACCOUNT_ID)
    assert gone.report.status is AccountStatus.CLOSED
    assert stage.snapshots.latest(USER, ACCOUNT_ID) is not None
    stage.provider.accounts = [an_account_report()]
    stage.later(hours=24)
    stage.read()
    assert stage.accounts.get(USER, ACCOUNT_ID).report.status is AccountStatus.OPEN


def test_vanished_account_is_written_once_when_it_stays_away() -> None:
    stage = Stage()
    stage.provider.accounts = [an_account_report(provider_account_id="account-2")]
    stage.read()
    saved: list[Account] = []
    InPlaceOf(stage.accounts.save).put(lambda account: saved.append(account))
    stage.later(hours=24)
    stage.read()
    assert saved == []


def test_no_account_is_closed_when_the_list_is_empty_at_once() -> None:
    stage = Stage()
    stage.provider.accounts = []
    stage.read()
    assert stage.accounts.get(USER, ACCOUNT_ID).report.status is AccountStatus.OPEN


def test_message_ends_when_its_connection_was_removed() -> None:
    stage = Stage()
    stage.connections.rows.clear()
    stage.read()
    assert stage.provider.reads == 0


@pytest.mark.parametrize("status", [ConnectionStatus.REMOVING, ConnectionStatus.REMOVED])
def test_connection_is_left_alone_when_it_is_leaving(status: ConnectionStatus) -> None:
    stage = Stage(status=status)
    stage.read()
    assert stage.provider.reads == 0


@contextmanager
def _telling() -> Iterator[list[str]]:
    """What is counted inside the block."""
    told: list[str] = []
    counting = InPlaceOf(observability.count, within=reader)
    with counting.holding(lambda counter, number=1: told.append(counter.name)):
        yield told


@pytest.mark.parametrize(
    ("changes", "content_changes", "is_missed"),
    [
        ({}, False, True),
        ({"provider": Provider.PLAID}, False, False),
        ({"provider": Provider.PLAID}, True, True),
    ],
)
def test_missed_webhook_is_told_when_the_schedule_finds_what_it_should_have_announced(
    changes: dict[str, Any],
    content_changes: bool,
    is_missed: bool,
) -> None:
    stage = Stage(**changes)
    stage.provider.as_of = NOON
    stage.read(ReadReason.DUE)
    stage.later(days=1)
    stage.provider.as_of = stage.clock()
    if content_changes:
        stage.provider.holdings["account-1"] = some_holdings(
            positions=(a_position(units=Decimal(2)),)
        )
    with _telling() as told:
        stage.read(ReadReason.DUE)
    assert ("WebhookMissed" in told) is is_missed


@pytest.mark.parametrize(
    ("reason", "changes"),
    [
        (ReadReason.REFRESH, {}),
        (ReadReason.WEBHOOK, {"pending": pending(EVERYTHING, at=NOON + timedelta(days=1))}),
        (ReadReason.DUE, {"pending": pending(EVERYTHING, at=NOON + timedelta(days=1))}),
    ],
)
def test_no_webhook_is_missed_when_the_read_was_asked_for(
    reason: ReadReason, changes: dict[str, Any]
) -> None:
    stage = Stage()
    stage.provider.as_of = NOON
    stage.read(ReadReason.DUE)
    stage.later(days=1)
    stage.provider.as_of = stage.clock()
    stage.connections.change(USER, CONNECTION_ID, lambda row: replace(row, **changes))
    with _telling() as told:
        stage.read(reason)
    assert "WebhookMissed" not in told
    assert "SnaptradeConnectionRead" in told


def test_nothing_is_missed_when_a_realtime_connection_is_read() -> None:
    stage = Stage(data_mode=DataMode.REALTIME)
    stage.provider.report = a_report(data_mode=DataMode.REALTIME)
    stage.provider.as_of = NOON
    stage.read(ReadReason.DUE)
    stage.later(days=1)
    stage.provider.as_of = stage.clock()
    with _telling() as told:
        stage.read(ReadReason.DUE)
    assert "WebhookMissed" not in told


@pytest.mark.parametrize(
    ("reason", "is_awaited"),
    [
        (ReadReason.FIRST_LOAD, True),
        (ReadReason.REFRESH, True),
        (ReadReason.DUE, False),
        (ReadReason.WEBHOOK, False),
    ],
)
def test_provider_is_told_how_much_is_to_come_and_who_waits_when_a_read_begins(
    reason: ReadReason, is_awaited: bool
) -> None:
    stage = Stage(pending=pending(refreshed("account-1")), calls_per_read_run=9)
    stage.read(reason)
    expected = 3 if reason is ReadReason.WEBHOOK else 9
    assert stage.provider.expected == [(expected, is_awaited)]
