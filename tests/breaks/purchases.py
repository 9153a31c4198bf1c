"""Promises about calls to providers: money, limits, leases, deadlines."""

from copy import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from freshet.adapters import deadlines
from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.dynamodb.quota import DynamoQuota
from freshet.domain import (
    ledger,
    purchase,
    refresh,
)
from freshet.domain.money import Money
from freshet.domain.read_schedule import ReadSchedule
from tests.breaks.breaking import Break

_PRICE_OF_CALL = ledger._price_of_call


def _call_again(lost: refresh.Refresh, reason: str, *, now: datetime) -> refresh.Refresh:
    return refresh.put_back(lost, reason) if lost.status == "calling" else lost


def _no_pause(*_: Any, **__: Any) -> None:
    """Forget what the provider has asked for."""


def _lease_anyway(self: DynamoConnections, user_id: str, connection_id: str, **_: Any) -> Any:
    return self.get(user_id, connection_id)


def _without_age(self: ReadSchedule, until: datetime, **_: Any) -> ReadSchedule:
    return replace(self, next_read_at=until)


def _settle_below(billed: Decimal, earlier: Any) -> None:
    """Let any invoice lower what another bills."""


def _free_once_proved(proved: refresh.Refresh) -> Money:
    price = _PRICE_OF_CALL(proved)
    is_ended = proved.status is refresh.RefreshStatus.COMPLETE
    return replace(price, amount=Decimal(0)) if is_ended else price


def _stay_open(accepted: refresh.Refresh, *, now: datetime) -> refresh.Refresh:
    return accepted


def _give_any(self: DynamoQuota, tokens: int, *, read_at: str | None = None) -> None:
    """Count nothing and refuse nobody."""


def _as_long_as_it_drips(most: float | None = None) -> float | None:
    return most


PURCHASES = (
    Break(
        promise="One refresh is at most one billable call",
        name="call-again",
        original=refresh.lose_answer,
        replacement=_call_again,
        tests=(
            "tests/unit/test_purchase_crashes.py",
            "tests/functional/test_crashing_purchases.py",
        ),
    ),
    Break(
        promise="Only an invoice lowers what a call is booked at, and never below itself",
        name="settle-below-invoice",
        original=ledger._demand_not_below,
        replacement=_settle_below,
        tests=("tests/unit/test_ledger.py", "tests/unit/test_ledger_sequences.py"),
    ),
    Break(
        promise="Only an invoice lowers what a call is booked at, and never below itself",
        name="lower-by-reads",
        original=ledger._price_of_call,
        replacement=_free_once_proved,
        tests=("tests/unit/test_ledger.py", "tests/unit/test_ledger_sequences.py"),
    ),
    Break(
        promise="Nothing stays in a passing state for ever",
        name="stay-open",
        original=refresh.pass_check,
        replacement=_stay_open,
        tests=("tests/unit/test_purchase_crashes.py",),
    ),
    Break(
        promise="All workers stay inside the provider's rate limit",
        name="any-quota",
        original=DynamoQuota.take,
        replacement=_give_any,
        tests=("tests/integration/test_quota.py",),
    ),
    Break(
        promise="The pause that a provider asks for is kept, obeyed and told",
        name="forget-pauses",
        original=purchase._pause_after,
        replacement=_no_pause,
        tests=("tests/unit/test_pauses.py",),
    ),
    Break(
        promise="One reader at a time works on a connection",
        name="lease-anyway",
        original=DynamoConnections.lease,
        replacement=_lease_anyway,
        tests=("tests/integration/test_connections_port.py",),
    ),
    Break(
        promise="A read that was put off keeps its place in line",
        name="to-the-end-of-the-line",
        original=ReadSchedule.postponed,
        replacement=_without_age,
        tests=("tests/unit/test_connection_status.py",),
    ),
    Break(
        promise="No answer holds a worker beyond the call's deadline",
        name="as-long-as-it-drips",
        original=deadlines._left,
        replacement=_as_long_as_it_drips,
        tests=("tests/integration/test_transport_deadlines.py",),
    ),
)
