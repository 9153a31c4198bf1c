"""When a read takes in transactions, from which day on, and what it remembers."""

from copy import replace
from datetime import date, timedelta
from typing import Any

import pytest

from freshet.domain import call_errors
from freshet.domain.account import Account
from freshet.domain.commands import ReadReason
from freshet.domain.connection import Connection
from freshet.domain.pending_reads import PendingRead, ReadSubject
from freshet.domain.provider import Provider
from freshet.domain.transactions import Transaction
from freshet.domain.webhooks import WebhookEffect
from tests.builders import (
    NOON,
    TRANSACTION_DATES,
    USER,
    a_transaction,
    an_account,
    an_account_report,
    an_answer,
    an_event,
)
from tests.unit.stage import ACCOUNT_ID, Stage

THURSDAY = date(2026, 11, 19)
FRIDAY = THURSDAY + timedelta(days=1)
READ = an_answer(operation="activities", status=500, code=None)
FAILED = call_errors.ProviderFailed(READ)
WEEK = timedelta(days=7)
UPDATED, LOADED = WebhookEffect.TRANSACTIONS_READ, WebhookEffect.HISTORY_READ
READ_BEFORE: dict[str, Any] = {
    "transactions_read_to": THURSDAY,
    "transactions_read_at": NOON - timedelta(hours=23),
    "history_read_at": NOON - timedelta(hours=1),
    "created_at": NOON - timedelta(days=2),
}


def _stage(
    synced_on: date | None = THURSDAY, *, stage: Stage | None = None, **account: Any
) -> Stage:
    stage = stage or Stage()
    stage.provider.accounts = [an_account_report(transactions_synced_on=synced_on)]
    stage.provider.transactions["account-1"] = [a_transaction(), a_transaction()]
    stage.accounts.save(an_account(transactions_synced_on=THURSDAY, **account))
    return stage


def _stored(stage: Stage) -> list[Transaction]:
    return list(stage.transactions.since(USER, ACCOUNT_ID, first=None).transactions)


def _announce(stage: Stage, effect: WebhookEffect, **event: Any) -> None:
    kind = {"closes_refresh": False, "id": f"event-{stage.clock()}", "received_at": stage.clock()}
    stage.hear(an_event(effect=effect, **(kind | event)))
    stage.later(seconds=5)


def _account(stage: Stage) -> Account:
    return stage.accounts.get(USER, ACCOUNT_ID)


def test_everything_is_read_and_remembered_when_nothing_was_read_before() -> None:
    stage = _stage()
    stage.read()
    assert stage.provider.asked_since == [None]
    assert len(_stored(stage)) == 2
    found = _account(stage)
    assert [getattr(found, name) for name in TRANSACTION_DATES] == [THURSDAY, NOON, NOON]


def test_last_days_are_read_again_when_the_provider_has_new_ones() -> None:
    stage = _stage(FRIDAY, **READ_BEFORE | {"transactions_read_at": NOON - timedelta(days=1)})
    stage.read()
    assert stage.provider.asked_since == [THURSDAY - WEEK]
    found = _account(stage)
    expected = [FRIDAY, NOON, READ_BEFORE["history_read_at"]]
    assert [getattr(found, name) for name in TRANSACTION_DATES] == expected


@pytest.mark.parametrize("synced_on", [THURSDAY, THURSDAY - timedelta(days=1), None])
def test_transactions_are_not_asked_for_when_there_is_nothing_new(synced_on: date | None) -> None:
    stage = _stage(synced_on, **READ_BEFORE)
    stage.read()
    assert stage.provider.asked_since == []
    assert _account(stage).transactions_read_to == THURSDAY


def test_transactions_are_not_asked_for_when_the_deployment_has_not_opted_in() -> None:
    stage = _stage()
    stage.provider.reads_transactions = False
    _announce(stage, UPDATED)
    stage.read()
    assert stage.provider.asked_since == []
    assert stage.snapshots.rows
    assert not stage.connection.pending


@pytest.mark.parametrize("synced_on", [FRIDAY, THURSDAY, None])
@pytest.mark.parametrize(("effect", "since"), [(UPDATED, THURSDAY - WEEK), (LOADED, None)])
@pytest.mark.parametrize("account_id", ["account-1", None])
def test_window_is_read_when_an_event_asks_for_it_whatever_day_the_provider_lists(
    account_id: str | None, effect: WebhookEffect, since: date | None, synced_on: date | None
) -> None:
    stage = _stage(synced_on, **READ_BEFORE)
    _announce(stage, effect, provider_account_id=account_id)
    stage.drain()
    assert stage.provider.asked_since == [since]
    assert not stage.connection.pending
    assert stage.provider.reads == 2  # the list and the transactions: no holdings
    assert len(_stored(stage)) == 2


def test_everything_is_read_once_when_both_kinds_of_events_came() -> None:
    stage = _stage(**READ_BEFORE)
    _announce(stage, UPDATED)
    _announce(stage, LOADED)
    stage.drain()
    assert stage.provider.asked_since == [None]
    assert not stage.connection.pending


def test_only_its_account_is_read_when_an_event_names_it() -> None:
    stage = _stage(**READ_BEFORE)
    stage.provider.accounts.append(an_account_report(provider_account_id="account-2"))
    _announce(stage, UPDATED, provider_account_id="account-2")
    stage.drain()
    assert stage.provider.asked_since == [None]
    assert _stored(stage) == []


def test_history_is_read_once_more_when_its_event_was_lost() -> None:
    dates = {"created_at": NOON - timedelta(hours=25), "history_read_at": NOON - timedelta(days=1)}
    stage = _stage(FRIDAY, **READ_BEFORE | {"transactions_read_at": None} | dates)
    stage.read()
    stage.later(days=1)
    saturday = FRIDAY + timedelta(days=1)
    stage.provider.accounts = [an_account_report(transactions_synced_on=saturday)]
    stage.read()
    assert stage.provider.asked_since == [None, FRIDAY - WEEK]


def test_activities_are_left_alone_for_a_day_when_nobody_asks_for_them() -> None:
    stage = _stage(FRIDAY, **READ_BEFORE)
    stage.read()
    assert stage.provider.asked_since == []
    stage.later(hours=1)
    stage.read()
    assert stage.provider.asked_since == [THURSDAY - WEEK]


@pytest.mark.parametrize("reason", [ReadReason.REFRESH, ReadReason.FIRST_LOAD])
def test_activities_are_read_at_once_when_somebody_waits_for_them(reason: ReadReason) -> None:
    stage = _stage(FRIDAY, **READ_BEFORE)
    stage.read(reason)
    assert stage.provider.asked_since == [THURSDAY - WEEK]


def test_activities_are_read_at_once_when_a_refresh_was_paid_for() -> None:
    stage = _stage(FRIDAY, **READ_BEFORE)
    stage.buy()
    stage.read()
    assert stage.provider.asked_since == [THURSDAY - WEEK]


def test_no_day_need_pass_when_the_provider_sets_no_limit() -> None:
    stage = _stage(FRIDAY, stage=Stage(provider=Provider.PLAID), **READ_BEFORE)
    stage.read()
    assert stage.provider.asked_since == [THURSDAY - WEEK]


def test_holdings_are_stored_and_transactions_tried_again_when_reading_them_fails() -> None:
    stage = _stage()
    stage.provider.read_failures["transactions of account-1"] = FAILED
    stage.read()
    assert stage.snapshots.rows
    assert stage.connection.link.status == "degraded"
    stage.provider.read_failures.clear()
    stage.later(minutes=5)
    stage.read()
    assert len(_stored(stage)) == 2
    assert stage.connection.link.status == "active"


def test_transactions_are_stored_when_reading_holdings_fails() -> None:
    stage = _stage()
    stage.provider.read_failures["account-1"] = FAILED
    stage.read()
    assert len(_stored(stage)) == 2
    assert stage.connection.link.status == "degraded"


@pytest.mark.parametrize("operation", ["accounts", "transactions of account-1"])
@pytest.mark.parametrize(("effect", "since"), [(UPDATED, THURSDAY - WEEK), (LOADED, None)])
def test_event_is_owed_and_not_hurried_when_its_read_fails(
    effect: WebhookEffect, since: date | None, operation: str
) -> None:
    stage = _stage(**READ_BEFORE)
    stage.provider.read_failures[operation] = FAILED
    _announce(stage, effect)
    stage.drain()
    assert stage.connection.pending
    assert stage.connection.due_at == stage.clock() + timedelta(minutes=5)
    calls = stage.provider.reads
    stage.read(ReadReason.WEBHOOK)  # a late message of the same burst
    assert stage.provider.reads == calls
    stage.provider.read_failures.clear()
    stage.later(minutes=5)
    stage.plan()
    stage.drain()
    assert stage.provider.asked_since == [since]
    assert not stage.connection.pending
    assert stage.connection.due_at != stage.clock()


def test_event_is_owed_when_the_connection_is_disabled_at_the_provider() -> None:
    stage = _stage(**READ_BEFORE)
    stage.connections.change(USER, stage.connection.id, _needing_the_user)
    _announce(stage, LOADED)
    stage.provider.report = stage.provider.report.__class__(
        is_disabled=True,
        data_mode=stage.provider.report.data_mode,
        institution=stage.provider.report.institution,
    )
    stage.drain()
    assert stage.provider.asked_since == []
    assert stage.connection.pending
    assert stage.connection.due_at == stage.connection.link.next_look_at


def _needing_the_user(connection: Connection) -> Connection:
    link = connection.link.with_login_required("disabled_at_provider", read_at=NOON)
    return replace(connection, link=link)


def test_account_that_was_read_is_not_owed_when_another_failed() -> None:
    stage = _stage(**READ_BEFORE)
    stage.provider.accounts.append(an_account_report(provider_account_id="account-2"))
    stage.provider.read_failures["transactions of account-2"] = FAILED
    for account_id in ("account-1", "account-2"):
        _announce(stage, UPDATED, provider_account_id=account_id)
    stage.drain()
    assert [each.provider_account_id for each in stage.connection.pending.announced] == [
        "account-2"
    ]


def test_event_that_comes_during_the_read_is_read_after_it() -> None:
    stage = _stage(**READ_BEFORE)

    def hear() -> None:
        stage.provider.during_transactions = None
        stage.later(seconds=1)
        stage.hear(an_event(id="event-2", effect=UPDATED, received_at=stage.clock()))

    stage.provider.during_transactions = hear
    _announce(stage, UPDATED)
    stage.drain()
    assert set(stage.connection.pending.announced) == {
        PendingRead(ReadSubject.TRANSACTIONS, "account-1")
    }
    assert stage.connection.due_at == stage.clock()


def test_nothing_is_stored_twice_when_the_same_transactions_are_read_again() -> None:
    stage = _stage()
    stage.read()
    stage.later(days=1)
    stage.provider.accounts = [an_account_report(transactions_synced_on=FRIDAY)]
    stage.provider.transactions["account-1"].append(a_transaction(happened_on=FRIDAY))
    stage.read()
    assert [each.happened_on for each in _stored(stage)] == [THURSDAY, THURSDAY, FRIDAY]
    assert stage.transactions.writes == 3
