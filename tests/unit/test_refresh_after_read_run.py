"""Which reading proves a refresh, and which only looks like it."""

from copy import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from freshet.domain.account import AccountStatus
from freshet.domain.pending_reads import PendingReads
from freshet.domain.read_run import ReadRun, Stored, refresh_after_read_run
from freshet.domain.read_scope import ReadScope
from freshet.domain.refresh import AccountProgress, Method, RefreshStatus
from tests.builders import NOON, a_reading, a_refresh, an_account, refreshed
from tests.builders import pending as pending_reads

SECOND = timedelta(seconds=1)
MICROSECOND = timedelta(microseconds=1)
NOTHING = PendingReads()
MARKED = pending_reads(refreshed("account-1"), at=NOON + SECOND)


def _progress(
    *,
    reading: dict[str, Any] | None = None,
    is_confirmed: bool = True,
    account: dict[str, Any] | None = None,
    pending: PendingReads = NOTHING,
    **refresh: Any,
) -> AccountProgress:
    listed = an_account(**(account or {}))
    waiting = a_refresh(
        **(
            {
                "status": RefreshStatus.CALLING,
                "started_at": NOON,
                "accounts": {listed.id: AccountProgress.WAITING},
            }
            | refresh
        )
    )
    run = ReadRun(started_at=NOON, scope=ReadScope.EVERYTHING, accounts=(listed,))
    if reading is not None:
        stored = Stored(reading=a_reading(**reading), is_confirmed=is_confirmed, changed_at=NOON)
        run = replace(run, stored={listed.id: stored})
    return refresh_after_read_run(waiting, run, pending, now=NOON + SECOND).accounts[listed.id]


@pytest.mark.parametrize(
    ("broker", "provider", "is_proof"),
    [
        (NOON + SECOND, None, True),
        (None, NOON + SECOND, True),
        (NOON + SECOND, NOON - SECOND, True),
        (NOON - SECOND, NOON + SECOND, False),
        (NOON, NOON, True),  # cut off at the second: within the second of the call
        (NOON - SECOND, None, False),
        (NOON - MICROSECOND, None, False),
        (NOON + MICROSECOND, None, True),
        (None, None, False),
    ],
)
def test_account_is_done_only_when_its_data_is_newer_than_the_call(
    broker: object, provider: object, is_proof: bool
) -> None:
    found = _progress(reading={"broker_as_of": broker, "provider_synced_at": provider})
    assert found is (AccountProgress.DONE if is_proof else AccountProgress.WAITING)


def test_reading_proves_nothing_when_it_was_not_believed() -> None:
    newer = {"broker_as_of": NOON + SECOND}
    assert _progress(reading=newer, is_confirmed=False) is AccountProgress.WAITING


def test_reading_proves_nothing_when_the_call_was_never_made() -> None:
    newer = {"broker_as_of": NOON + SECOND}
    found = _progress(reading=newer, pending=MARKED, started_at=None, status=RefreshStatus.RESERVED)
    assert found is AccountProgress.WAITING


@pytest.mark.parametrize(
    ("started_at", "expected"),
    [
        (NOON - SECOND, AccountProgress.WAITING),
        (NOON, AccountProgress.DONE),
        (NOON + SECOND, AccountProgress.DONE),
    ],
)
def test_live_read_proves_itself_when_it_began_after_the_request(
    started_at: object, expected: AccountProgress
) -> None:
    dates = {"broker_as_of": None, "provider_synced_at": None, "started_at": started_at}
    assert _progress(reading=dates, method=Method.READ) is expected


@pytest.mark.parametrize(
    ("marked_at", "expected"),
    [
        (NOON - SECOND, AccountProgress.WAITING),
        (NOON, AccountProgress.WAITING),
        (NOON + SECOND, AccountProgress.REPORTED),
    ],
)
def test_account_is_reported_when_its_webhook_came_after_the_call(
    marked_at: datetime, expected: AccountProgress
) -> None:
    assert _progress(pending=pending_reads(refreshed("account-1"), at=marked_at)) is expected


@pytest.mark.parametrize("account", [{"status": AccountStatus.CLOSED}, {"has_holdings": False}])
def test_account_drops_out_when_it_cannot_be_read_any_more(account: dict[str, Any]) -> None:
    assert _progress(account=account) is AccountProgress.GONE


def test_new_account_does_not_count_when_it_was_not_expected() -> None:
    run = ReadRun(started_at=NOON, scope=ReadScope.EVERYTHING, accounts=(an_account(),))
    refresh = a_refresh(status=RefreshStatus.ACCEPTED, started_at=NOON)
    assert refresh_after_read_run(refresh, run, PendingReads(), now=NOON) == refresh
