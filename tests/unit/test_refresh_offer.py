"""What a button shows before it is pressed is what happens when it is."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freshet.domain import errors
from freshet.domain.connection_report import DataMode
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.errors import RefreshRefused
from freshet.domain.verdicts import Suspicion, VerdictKind
from freshet.services.show_connections import shown_connection, user_connections
from tests.builders import CONNECTION_ID, NOON, USER, an_account
from tests.unit.stage import Stage

MINUTE = timedelta(minutes=1)
_TIMES = st.one_of(
    st.none(), st.integers(-90, 90).map(lambda minutes: NOON + timedelta(minutes=minutes))
)
_STATES = st.fixed_dictionaries(
    {
        "status": st.sampled_from(ConnectionStatus),
        "data_mode": st.sampled_from(DataMode),
        "last_purchase_at": st.one_of(
            st.none(), st.integers(0, 40).map(lambda minutes: NOON - minutes * MINUTE)
        ),
        "last_live_read_at": st.one_of(
            st.none(), st.integers(0, 40).map(lambda minutes: NOON - minutes * MINUTE)
        ),
        "refresh_not_before": _TIMES,
        "refresh_refused_until": st.one_of(st.none(), st.just(NOON + timedelta(days=3))),
    }
)


def _time_of(refusal: RefreshRefused) -> datetime | None:
    if isinstance(refusal, errors.BudgetExhausted):
        return refusal.resets_at
    if isinstance(refusal, errors.RefreshTooSoon | errors.ConnectionInDoubt):
        return refusal.retry_at
    return None


@given(
    state=_STATES,
    is_stopped=st.booleans(),
    bought=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    budget=st.sampled_from(["0.05", "0.10", "10"]),
)
def test_offer_says_what_a_press_would_come_to(
    state: dict[str, Any], is_stopped: bool, bought: tuple[int, int], budget: str
) -> None:
    stage = Stage(
        policy={
            "connection_daily_refreshes": 2,
            "user_daily_refreshes": 3,
            "monthly_budget": Decimal(budget),
        },
        **state,
    )
    stage.accounts.save(an_account())
    stage.refreshes.calls = {
        (f"connection {CONNECTION_ID}", "2026-11-20"): bought[0],
        (f"user {USER}", "2026-11-20"): bought[1],
    }
    stage.refreshes.stopped = is_stopped
    offer = shown_connection(stage.connection, deps=stage.purchasing, now=NOON).offer
    (listed,) = user_connections(USER, deps=stage.purchasing, now=NOON)
    assert repr(listed.offer) == repr(offer)
    try:
        purchase = stage.press("key-1")
    except RefreshRefused as refusal:
        assert type(offer.refusal) is type(refusal)
        assert offer.available_at == _time_of(refusal)
    else:
        assert offer.refusal is None
        assert purchase.refresh.method is offer.method
        assert offer.available_at is not None
        assert offer.available_at <= NOON


@pytest.mark.parametrize(
    ("changes", "calls", "expected"),
    [
        ({"last_purchase_at": NOON}, 0, NOON + 15 * MINUTE),
        ({"last_purchase_at": NOON, "refresh_not_before": NOON + MINUTE}, 0, NOON + 15 * MINUTE),
        ({"last_purchase_at": NOON, "refresh_not_before": NOON + 20 * MINUTE}, 0, 20),
        ({"last_purchase_at": NOON}, 4, NOON + timedelta(hours=12)),
        ({}, 4, NOON + timedelta(hours=12)),
        ({"refresh_not_before": NOON + timedelta(hours=13)}, 4, 13 * 60),
    ],
)
def test_latest_of_all_pauses_is_told(
    changes: dict[str, Any], calls: int, expected: datetime | int
) -> None:
    stage = Stage(**changes)
    stage.refreshes.calls = {(f"connection {CONNECTION_ID}", "2026-11-20"): calls}
    offer = shown_connection(stage.connection, deps=stage.purchasing, now=NOON).offer
    until = NOON + expected * MINUTE if isinstance(expected, int) else expected
    assert offer.available_at == until
    with pytest.raises(RefreshRefused) as refused:
        stage.press("key-1")
    assert _time_of(refused.value) == until


def test_connection_in_doubt_is_offered_after_the_next_look() -> None:
    doubt = Suspicion(kind=VerdictKind.STATED, since=NOON, looked_at=NOON)
    stage = Stage(suspicion=doubt)
    offer = shown_connection(stage.connection, deps=stage.purchasing, now=NOON).offer
    assert isinstance(offer.refusal, errors.ConnectionInDoubt)
    assert offer.available_at == doubt.next_look_at
