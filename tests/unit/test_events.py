"""What the company's own systems are told, when, and that nothing of it gets lost."""

from copy import replace
from datetime import timedelta
from decimal import Decimal
from itertools import count
from typing import Any

import pytest

from freshet.domain import call_errors, errors
from freshet.domain.commands import ReadReason
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.events import Event, EventKind
from freshet.domain.holdings import Holdings
from tests.builders import (
    CONNECTION_ID,
    NOON,
    USER,
    a_position,
    a_refresh_command,
    a_report,
    an_account,
    an_account_report,
    an_answer,
    an_event,
    some_holdings,
)
from tests.replacing import InPlaceOf
from tests.unit.crashing import Crash
from tests.unit.stage import ACCOUNT_ID, Stage

CHANGED = some_holdings(positions=(a_position(units=Decimal(13)),))
REPRICED = some_holdings(positions=(a_position(price=Decimal(999)),))
NEEDS_USER, RECOVERED = EventKind.CONNECTION_NEEDS_USER, EventKind.CONNECTION_RECOVERED
BROKEN: dict[str, Any] = {
    "status": ConnectionStatus.NEEDS_USER,
    "status_reason": "disabled_at_provider",
}


def _event(kind: EventKind, subject_id: str) -> Event:
    return Event(
        kind=kind,
        user_id=USER,
        connection_id=CONNECTION_ID,
        subject_id=subject_id,
        occurred_at=NOON,
    )


def _quiet(**connection: Any) -> Stage:
    """A stage whose first load has been told already."""
    stage = Stage(**connection)
    stage.provider.as_of = NOON
    stage.read()
    stage.bus.published.clear()
    stage.later(hours=1)
    stage.provider.as_of = stage.clock()
    return stage


def test_change_is_told_when_the_first_load_is_over() -> None:
    stage = Stage()
    stage.read()
    assert stage.bus.published == [_event(EventKind.HOLDINGS_CHANGED, ACCOUNT_ID)]
    assert stage.connection.outbox.events == ()


def test_change_is_told_when_content_changed() -> None:
    stage = _quiet()
    stage.provider.holdings["account-1"] = CHANGED
    stage.read()
    (event,) = stage.bus.published
    assert (event.kind, event.subject_id) == (EventKind.HOLDINGS_CHANGED, ACCOUNT_ID)
    assert event.occurred_at == stage.clock()


@pytest.mark.parametrize("holdings", [some_holdings(), REPRICED])
def test_nothing_is_told_when_nothing_or_only_prices_changed(holdings: Holdings) -> None:
    stage = _quiet()
    stage.provider.holdings["account-1"] = holdings
    stage.read()
    assert stage.bus.published == []


def _die_after_storing(stage: Stage) -> None:
    usual = stage.connections.change
    changes = count()

    def change(*given: Any, **more: Any) -> Connection:
        if next(changes):  # the first one takes the reader's lease
            raise Crash
        return usual(*given, **more)

    with InPlaceOf(usual).holding(change), pytest.raises(Crash):
        stage.read()
    stage.later(minutes=3)  # the dead reader's lease is over


def test_change_is_told_when_the_reader_died_between_storing_and_announcing() -> None:
    stage = _quiet()
    stage.provider.holdings["account-1"] = CHANGED
    _die_after_storing(stage)
    assert stage.bus.published == []
    stage.read()
    assert stage.bus.kinds() == ["HoldingsChanged"]
    stage.later(hours=1)
    stage.read()
    assert stage.bus.kinds() == ["HoldingsChanged"]


def test_change_is_told_when_the_read_after_the_crash_has_trouble() -> None:
    stage = _quiet()
    stage.provider.holdings["account-1"] = CHANGED
    _die_after_storing(stage)
    stage.provider.read_failures["connection"] = call_errors.ProviderFailed(an_answer())
    stage.read()
    stage.provider.read_failures.clear()
    stage.later(minutes=5)
    stage.read()
    assert stage.bus.kinds() == ["HoldingsChanged"]


def test_change_is_told_when_the_read_after_the_crash_reads_another_account() -> None:
    stage = Stage()
    stage.provider.accounts.append(an_account_report(provider_account_id="account-2"))
    stage.provider.as_of = NOON
    stage.read()
    stage.bus.published.clear()
    stage.later(hours=1)
    stage.provider.as_of = stage.clock()
    stage.provider.holdings["account-1"] = CHANGED
    _die_after_storing(stage)
    stage.hear(an_event(provider_account_id="account-2"))
    stage.read(ReadReason.WEBHOOK)
    stage.later(hours=1)
    stage.read()
    assert [event.subject_id for event in stage.bus.published] == [ACCOUNT_ID]


@pytest.mark.parametrize(
    "reason", [ReadReason.DUE, ReadReason.REFRESH, ReadReason.FIRST_LOAD, ReadReason.WEBHOOK]
)
def test_events_stay_and_come_with_the_message_again_when_the_bus_failed(
    reason: ReadReason,
) -> None:
    stage = Stage()
    stage.hear(an_event())
    stage.later(seconds=5)
    stage.bus.failures = 1
    with pytest.raises(errors.QueueUnavailable):
        stage.read(reason)
    assert [event.kind for event in stage.connection.outbox.events] == [EventKind.HOLDINGS_CHANGED]
    stage.later(minutes=3)
    stage.read(reason)
    assert stage.bus.kinds() == ["HoldingsChanged"]
    assert stage.connection.outbox.events == ()


def test_need_is_told_once_when_a_report_says_disabled() -> None:
    stage = _quiet()
    stage.provider.report = a_report(is_disabled=True)
    stage.read()
    stage.later(hours=1)
    stage.read()
    assert stage.bus.published == [
        replace(_event(NEEDS_USER, CONNECTION_ID), occurred_at=NOON + timedelta(hours=1))
    ]


@pytest.mark.parametrize(
    "error", [call_errors.LoginRequired(an_answer()), call_errors.AccessRevoked(an_answer())]
)
@pytest.mark.parametrize("operation", ["connection", "accounts", "account-1"])
def test_need_is_told_when_a_read_finds_the_login_gone(operation: str, error: Exception) -> None:
    stage = _quiet()
    stage.provider.read_failures[operation] = error
    stage.read()
    assert stage.bus.kinds() == ["ConnectionNeedsUser"]


def test_need_is_told_when_a_purchase_finds_the_login_gone() -> None:
    stage = _quiet()
    stage.provider.refresh_failures = [call_errors.LoginRequired(an_answer())]
    stage.work()
    assert sorted(stage.bus.kinds()) == ["ConnectionNeedsUser", "RefreshFinished"]


def test_need_is_told_when_the_buyer_finds_no_credential() -> None:
    stage = _quiet()
    stage.providers.failure = errors.CredentialMissing("x")
    stage.work()
    assert stage.bus.kinds() == ["ConnectionNeedsUser"]


@pytest.mark.parametrize("status", [ConnectionStatus.NEEDS_USER, ConnectionStatus.REVOKED])
def test_recovery_is_told_once_when_a_read_finds_the_connection_repaired(
    status: ConnectionStatus,
) -> None:
    stage = Stage(status=status)
    stage.read()
    stage.later(hours=1)
    stage.read()
    assert stage.bus.kinds() == ["ConnectionRecovered", "HoldingsChanged"]


def test_recovery_is_told_when_an_account_has_trouble_at_first() -> None:
    stage = Stage(**BROKEN)
    stage.provider.read_failures["account-1"] = call_errors.ProviderFailed(an_answer())
    stage.read()
    stage.provider.read_failures.clear()
    stage.later(minutes=5)
    stage.read()
    assert "ConnectionRecovered" in stage.bus.kinds()


def test_nothing_is_told_when_a_troubled_connection_gets_well() -> None:
    stage = _quiet(status=ConnectionStatus.DEGRADED)
    stage.read()
    assert stage.bus.published == []


def test_end_is_told_once_when_a_refresh_is_proven() -> None:
    stage = _quiet()
    stage.buy()
    stage.later(minutes=1)
    stage.provider.as_of = stage.clock()
    stage.read()
    stage.later(hours=1)
    stage.read()
    (event,) = stage.bus.published
    assert (event.kind, event.subject_id) == (
        EventKind.REFRESH_FINISHED,
        a_refresh_command().refresh_id,
    )
    assert event.occurred_at == stage.refresh().finished_at


def test_end_is_told_when_a_purchase_is_refused() -> None:
    stage = _quiet()
    stage.provider.refresh_failures = [call_errors.ProviderRejectedUs(an_answer())]
    stage.work()
    assert stage.bus.kinds() == ["RefreshFinished"]


def test_end_is_told_when_the_reader_died_between_ending_and_announcing() -> None:
    stage = _quiet()
    stage.buy()
    stage.later(minutes=1)
    stage.provider.as_of = stage.clock()
    _die_after_storing(stage)
    assert stage.refresh().is_terminal
    stage.read()
    assert stage.bus.kinds() == ["RefreshFinished"]
    assert stage.connection.slots.holdings.refresh_id is None


def test_events_name_ids_only_when_told() -> None:
    stage = Stage()
    stage.read()
    stage.provider.report = a_report(is_disabled=True)
    stage.later(hours=1)
    stage.read()
    known = {USER, CONNECTION_ID, an_account().id}
    for event in stage.bus.published:
        assert {event.user_id, event.connection_id, event.subject_id} <= known
