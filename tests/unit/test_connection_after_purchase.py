"""What a purchase's outcome means for its connection."""

from datetime import timedelta

import pytest

from freshet.domain.cadence import Cadence
from freshet.domain.call_errors import (
    CallFailed,
    LoginRequired,
    MissingUpstream,
    NotReached,
    ProviderRejectedUs,
    ProviderThrottled,
    RefreshNotAllowed,
)
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.purchase import connection_after
from freshet.domain.refresh import TERMINAL, RefreshStatus
from tests.builders import NOON, a_connection, a_refresh, an_answer

ID = a_refresh().id
COOLDOWN = timedelta(minutes=15)
DAILY = Cadence(refresh_every=timedelta(hours=24))
CALLED = NOON - timedelta(seconds=2)
CHECK = NOON + timedelta(minutes=1)
TOMORROW = NOON + timedelta(hours=23)
IN_AN_HOUR, IN_TEN_MINUTES = NOON + timedelta(hours=1), NOON + timedelta(minutes=10)


def _after(
    status: RefreshStatus, error: CallFailed | None = None, **connection: object
) -> Connection:
    is_over = status in TERMINAL
    refresh = a_refresh(
        status=status,
        reason=error.reason if error else None,
        retry_at=error.pause_until(NOON) if error else None,
        started_at=CALLED,
        next_check_at=None if is_over else CHECK,
    )
    before = a_connection(**({"open_refresh_id": ID} | connection))
    return connection_after(before, refresh, error, cooldown=COOLDOWN, now=NOON)


@pytest.mark.parametrize("status", [RefreshStatus.ACCEPTED, RefreshStatus.UNKNOWN])
def test_cooldown_and_cadence_start_over_when_the_call_was_or_may_have_been_made(
    status: RefreshStatus,
) -> None:
    after = _after(status, cadence=DAILY, last_refusal="cooldown")
    assert after.purchases.last_purchase_at == CALLED
    assert after.purchases.next_refresh_at == CALLED + timedelta(hours=24)
    assert (after.slots.holdings.refresh_id, after.slots.holdings.is_called) == (ID, True)
    assert (after.due_at, after.purchases.last_refusal) == (CHECK, None)


@pytest.mark.parametrize("status", sorted(TERMINAL - {RefreshStatus.REFUSED}))
def test_another_refresh_may_open_when_this_one_has_ended(status: RefreshStatus) -> None:
    after = _after(status)
    assert (after.slots.holdings.refresh_id, after.slots.holdings.is_called) == (None, False)
    assert (after.purchases.last_purchase_at, after.due_at) == (CALLED, TOMORROW)


def test_try_is_planned_and_nothing_counted_when_the_call_was_put_back() -> None:
    after = _after(RefreshStatus.RESERVED, NotReached(an_answer(), wait=timedelta(minutes=3)))
    assert after.due_at == NOON + timedelta(minutes=3)
    assert (after.slots.holdings.refresh_id, after.purchases.last_purchase_at) == (ID, None)
    assert after.purchases.last_refusal == "provider_not_reached"


def test_try_is_due_at_once_when_nobody_remembers_the_error() -> None:
    assert _after(RefreshStatus.RESERVED).due_at == NOON


@pytest.mark.parametrize(
    ("error", "status", "forbidden", "not_before", "due_at"),
    [
        (None, ConnectionStatus.ACTIVE, False, None, TOMORROW),
        (LoginRequired(an_answer()), ConnectionStatus.NEEDS_USER, False, None, IN_AN_HOUR),
        (RefreshNotAllowed(an_answer()), ConnectionStatus.ACTIVE, True, None, TOMORROW),
        (MissingUpstream(an_answer()), ConnectionStatus.DEGRADED, False, None, IN_TEN_MINUTES),
        (ProviderThrottled(an_answer()), ConnectionStatus.ACTIVE, False, NOON + COOLDOWN, TOMORROW),
        (ProviderRejectedUs(an_answer()), ConnectionStatus.ACTIVE, False, None, TOMORROW),
    ],
)
def test_connection_learns_from_the_refusal_when_the_provider_says_no(
    error: CallFailed | None,
    status: ConnectionStatus,
    forbidden: bool,
    not_before: object,
    due_at: object,
) -> None:
    after = _after(RefreshStatus.REFUSED, error)
    assert (after.link.status, not after.can_refresh) == (status, forbidden)
    assert (after.slots.holdings.not_before, after.due_at) == (not_before, due_at)
    assert after.purchases.last_purchase_at is None
    assert after.slots.holdings.refresh_id is None
    assert after.purchases.last_refusal == (error.reason if error else "refused")


def test_schedule_waits_a_whole_cadence_when_a_wanted_purchase_was_refused() -> None:
    after = _after(RefreshStatus.REFUSED, ProviderRejectedUs(an_answer()), cadence=DAILY)
    assert after.purchases.next_refresh_at == NOON + timedelta(hours=24)


@pytest.mark.parametrize("other", [None, "ref_other"])
def test_connection_stays_when_the_refresh_is_not_its_open_one(other: str | None) -> None:
    before = a_connection(open_refresh_id=other)
    after = connection_after(
        before, a_refresh(status=RefreshStatus.REFUSED), None, cooldown=COOLDOWN, now=NOON
    )
    assert after == before
    assert before.slots.without(ID) == before.slots
