"""When a visit reads transactions, from which day on, and what it remembers."""

from datetime import date, timedelta
from typing import Any

import pytest

from freshet.domain import call_errors
from tests.builders import USER, a_transaction, an_account, an_account_report, an_answer
from tests.unit.stage import ACCOUNT_ID, Stage

THURSDAY = date(2026, 11, 19)
READ = an_answer(operation="activities", status=500, code=None)


def _stage(read_to: date | None = None, synced_on: date | None = THURSDAY) -> Stage:
    stage = Stage()
    stage.provider.accounts = [an_account_report(transactions_synced_on=synced_on)]
    stage.provider.transactions["account-1"] = [a_transaction(), a_transaction()]
    stage.accounts.save(an_account(transactions_read_to=read_to, transactions_synced_on=read_to))
    return stage


def _stored(stage: Stage) -> list[Any]:
    found, _ = stage.transactions.page(USER, ACCOUNT_ID, limit=100, after=None)
    return list(found)


@pytest.mark.parametrize(
    ("read_to", "since"),
    [(None, None), (THURSDAY - timedelta(days=1), THURSDAY - timedelta(days=8))],
)
def test_transactions_are_stored_and_remembered_when_the_provider_has_new_ones(
    read_to: date | None, since: date | None
) -> None:
    stage = _stage(read_to)
    stage.read()
    assert stage.provider.asked_since == [since]
    assert len(_stored(stage)) == 2
    assert stage.accounts.get(USER, ACCOUNT_ID).transactions_read_to == THURSDAY


@pytest.mark.parametrize(
    ("read_to", "synced_on"),
    [(THURSDAY, THURSDAY), (THURSDAY, THURSDAY - timedelta(days=1)), (THURSDAY, None)],
)
def test_transactions_are_not_asked_for_when_there_is_nothing_new(
    read_to: date, synced_on: date | None
) -> None:
    stage = _stage(read_to, synced_on)
    stage.read()
    assert stage.provider.asked_since == []
    assert stage.accounts.get(USER, ACCOUNT_ID).transactions_read_to == read_to


def test_transactions_are_not_asked_for_when_the_deployment_has_not_opted_in() -> None:
    stage = _stage()
    stage.provider.reads_transactions = False
    stage.read()
    assert stage.provider.asked_since == []
    assert stage.snapshots.rows


def test_holdings_are_stored_and_transactions_tried_again_when_reading_them_fails() -> None:
    stage = _stage()
    stage.provider.read_failures["transactions of account-1"] = call_errors.ProviderFailed(READ)
    stage.read()
    assert stage.snapshots.rows
    assert stage.connection.status == "degraded"
    stage.provider.read_failures.clear()
    stage.later(minutes=5)
    stage.read()
    assert len(_stored(stage)) == 2
    assert stage.connection.status == "active"


def test_nothing_is_stored_twice_when_the_same_transactions_are_read_again() -> None:
    stage = _stage()
    stage.read()
    stage.later(days=1)
    friday = THURSDAY + timedelta(days=1)
    stage.provider.accounts = [an_account_report(transactions_synced_on=friday)]
    stage.provider.transactions["account-1"].append(a_transaction(happened_on=friday))
    stage.read()
    assert [each.happened_on for each in _stored(stage)] == [friday, THURSDAY, THURSDAY]
