"""The reader: what one visit leaves behind (promises 5, 6, 13)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from freshet.domain.account import AccountStatus
from freshet.domain.connection import ConnectionStatus
from freshet.domain.connection_report import DataMode
from freshet.domain.orders import ReadReason
from tests.builders import (
    CONNECTION_ID,
    EMPTY,
    NOON,
    USER,
    a_position,
    a_report,
    an_account,
    an_account_report,
    some_holdings,
)
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
    assert (stage.connection.status, stage.connection.data_mode) == ("active", "delayed")
    assert stage.connection.due_at == stage.connection.next_read_at > NOON + timedelta(hours=18)
    (account,) = stage.accounts.of_connection(USER, CONNECTION_ID)
    assert account == replace(an_account(), created_at=NOON)
    assert stage.snapshots.latest(USER, ACCOUNT_ID) is not None


def test_holdings_are_not_asked_for_when_the_connection_is_disabled() -> None:
    stage = Stage()
    stage.provider.report = a_report(is_disabled=True)
    stage.read()
    assert stage.provider.reads == 1
    assert stage.connection.status is ConnectionStatus.NEEDS_USER
    assert (stage.snapshots.rows, stage.connection.due_at) == ({}, None)


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
    assert (second.version, len(stage.snapshots.versions)) == (first.version, 1)
    assert second.broker_as_of == NOON + timedelta(hours=23)


def test_first_version_stays_as_it_was_when_content_changes() -> None:
    stage = Stage()
    stage.provider.as_of = NOON
    stage.read()
    before = dict(stage.snapshots.versions)
    stage.later(hours=24)
    stage.provider.as_of = stage.clock()
    stage.provider.holdings["account-1"] = CHANGED
    stage.read()
    assert len(stage.snapshots.versions) == 2
    assert before.items() <= stage.snapshots.versions.items()


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
    [{"kind": "deposit"}, {"has_holdings": False}, {"status": AccountStatus.CLOSED}],
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
    saved = []
    stage.accounts.save = saved.append
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
