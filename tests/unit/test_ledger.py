"""What stands in the ledger, what confirms it, and what an invoice may make of it."""

from copy import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from freshet.domain.errors import InvalidField
from freshet.domain.ledger import (
    BudgetChange,
    LedgerEntry,
    Settlement,
    counted,
    is_proof_of_call,
    settle,
    standing_of,
)
from freshet.domain.money import Money
from freshet.domain.refresh import Method, Refresh, RefreshStatus, refuse, start_call
from tests.builders import FENCE, NOON, a_refresh, an_answer

PRICE = Decimal("0.05")
BUCKETS = ("2026-11-20", "2026-11")
ENDED: dict[str, Any] = {"started_at": NOON, "budget_buckets": BUCKETS, "attempt": 1}


def _settlement(amount: str = "0.00", **changes: Any) -> Settlement:
    values: dict[str, Any] = {
        "billed": Money(Decimal(amount), "USD"),
        "invoice": "INV-1",
        "by": "a.person",
        "reason": "not on the invoice",
        "settled_at": NOON + timedelta(days=12),
    }
    return Settlement(**(values | changes))


def _lost(**changes: Any) -> Refresh:
    """A purchase whose answer was lost and that time has ended."""
    values = ENDED | {"status": RefreshStatus.TIMED_OUT, "counts_as_assumed": True}
    return a_refresh(**(values | changes))


@pytest.mark.parametrize("status", [RefreshStatus.NO_CHANGE, RefreshStatus.TIMED_OUT])
def test_time_alone_confirms_nothing_when_the_answer_was_lost(status: RefreshStatus) -> None:
    assert standing_of(_lost(status=status)) == "assumed"
    assert standing_of(_lost(status=status, answer=an_answer(status=200))) == "confirmed"


@pytest.mark.parametrize("status", RefreshStatus)
def test_only_newer_data_proves_a_call_when_its_answer_was_lost(status: RefreshStatus) -> None:
    unknown = a_refresh(**ENDED, status=RefreshStatus.UNKNOWN)
    is_proven = status in {RefreshStatus.COMPLETE, RefreshStatus.PARTIAL}
    assert is_proof_of_call(unknown, replace(unknown, status=status)) is is_proven


def test_free_read_is_no_call_when_it_has_ended() -> None:
    read = a_refresh(**ENDED, status=RefreshStatus.ACCEPTED, method=Method.READ)
    assert not is_proof_of_call(read, replace(read, status=RefreshStatus.COMPLETE))


def test_line_keeps_the_calls_price_when_an_invoice_has_lowered_the_cost() -> None:
    settled = settle(_lost(), _settlement(), ())
    assert settled is not None
    assert settled.refresh.cost.amount == 0
    assert LedgerEntry.of(settled.refresh).cost.amount == PRICE


def test_proven_line_says_how_it_was_proved_when_the_answer_was_lost() -> None:
    proven = _lost(status=RefreshStatus.COMPLETE, reason="provider_answer_lost")
    entry = LedgerEntry.of(proven)
    assert (entry.outcome, entry.standing, entry.cost.amount) == ("complete", "confirmed", PRICE)


def test_budgets_follow_once_when_the_same_lost_answer_is_booked_again() -> None:
    unknown = a_refresh(**ENDED, status=RefreshStatus.UNKNOWN)
    noted, change = counted(unknown)
    assert change == BudgetChange(assumed_refreshes=1, assumed=PRICE)
    assert counted(noted) == (noted, BudgetChange())
    proven, change = counted(replace(noted, status=RefreshStatus.COMPLETE))
    assert change == BudgetChange(assumed_refreshes=-1, assumed=-PRICE)
    assert not proven.counts_as_assumed


def test_everything_goes_back_when_a_lost_answer_turns_out_to_be_a_refusal() -> None:
    unknown, _ = counted(a_refresh(**ENDED, status=RefreshStatus.UNKNOWN))
    _, change = counted(refuse(unknown, "no", answer=an_answer(), now=NOON))
    assert change == BudgetChange(
        calls=-1, refreshes=-1, spent=-PRICE, assumed_refreshes=-1, assumed=-PRICE
    )


def test_budgets_stay_as_they_are_when_a_call_begins_or_is_accepted() -> None:
    reserved = a_refresh(status=RefreshStatus.RESERVED, budget_buckets=BUCKETS)
    calling = start_call(reserved, accounts=("acc_1",), fence=FENCE, now=NOON)
    accepted = replace(calling, status=RefreshStatus.ACCEPTED, answer=an_answer(status=200))
    for refresh in (reserved, calling, accepted):
        assert counted(refresh) == (refresh, BudgetChange())


@pytest.mark.parametrize(
    ("refresh", "amount", "change"),
    [
        (
            _lost(),
            "0.00",
            BudgetChange(spent=-PRICE, assumed_refreshes=-1, assumed=-PRICE, settled_refreshes=1),
        ),
        (
            _lost(status=RefreshStatus.COMPLETE, counts_as_assumed=False),
            "0.02",
            BudgetChange(spent=Decimal("-0.03"), settled_refreshes=1, settled=Decimal("0.02")),
        ),
        (
            _lost(status=RefreshStatus.COMPLETE, counts_as_assumed=False),
            "0.06",
            BudgetChange(spent=Decimal("0.01"), settled_refreshes=1, settled=Decimal("0.06")),
        ),
        (
            _lost(
                status=RefreshStatus.REFUSED,
                counts_as_assumed=False,
                cost=Money(Decimal(0), "USD"),
            ),
            "0.05",
            BudgetChange(refreshes=1, spent=PRICE, settled_refreshes=1, settled=PRICE),
        ),
    ],
    ids=["lost", "lower", "higher", "refused"],
)
def test_budgets_follow_the_invoice_when_it_settles_a_refresh(
    refresh: Refresh, amount: str, change: BudgetChange
) -> None:
    settled = settle(refresh, _settlement(amount), ())
    assert settled is not None
    assert settled.change == change
    assert settled.refresh.cost == Money(Decimal(amount), "USD")
    assert not settled.refresh.counts_as_assumed


@pytest.mark.parametrize(
    ("settled_at", "is_followed"),
    [
        (datetime(2026, 12, 31, 23, tzinfo=UTC), True),
        (datetime(2027, 1, 1, tzinfo=UTC), False),
    ],
)
def test_budgets_follow_as_long_as_their_month_is_kept(
    settled_at: datetime, is_followed: bool
) -> None:
    settled = settle(_lost(), _settlement(settled_at=settled_at), ())
    assert settled is not None
    assert (settled.change != BudgetChange()) is is_followed


def test_nothing_changes_when_the_same_invoice_says_the_same_again() -> None:
    assert settle(_lost(), _settlement(), [_settlement(by="another", reason="again")]) is None


def test_higher_invoice_raises_when_an_earlier_one_has_settled() -> None:
    first = settle(_lost(), _settlement("0.02"), ())
    assert first is not None
    second = settle(first.refresh, _settlement("0.04", invoice="INV-2"), [first.settlement])
    assert second is not None
    assert second.change == BudgetChange(spent=Decimal("0.02"), settled=Decimal("0.02"))


@pytest.mark.parametrize(
    ("refresh", "settlement", "earlier", "named"),
    [
        (_lost(method=Method.SYNC), _settlement(), (), "refresh_id: is not a purchase"),
        (_lost(status=RefreshStatus.CALLING), _settlement(), (), "refresh_id: has not ended"),
        (_lost(status=RefreshStatus.UNKNOWN), _settlement(), (), "refresh_id: has not ended"),
        (_lost(status=RefreshStatus.ACCEPTED), _settlement(), (), "refresh_id: has not ended"),
        (
            a_refresh(status=RefreshStatus.REFUSED, budget_buckets=BUCKETS),
            _settlement(),
            (),
            "refresh_id: was never called",
        ),
        (
            _lost(),
            _settlement(billed=Money(Decimal(0), "EUR")),
            (),
            "billed.currency: must be USD",
        ),
        (_lost(), _settlement("-0.01"), (), "billed.amount: must be from 0 to 1"),
        (_lost(), _settlement("1.01"), (), "billed.amount: must be from 0 to 1"),
        (
            _lost(reserved=Money(Decimal("0.12"), "USD")),
            _settlement("1.21"),
            (),
            "billed.amount: must be from 0 to 1.20",
        ),
        (
            _lost(),
            _settlement("0.01"),
            [_settlement("0.02", invoice="INV-0")],
            "billed.amount: must not be below",
        ),
        (_lost(), _settlement("0.03"), [_settlement("0.02")], "invoice: has settled"),
    ],
)
def test_settlement_is_refused_by_naming_its_field(
    refresh: Refresh, settlement: Settlement, earlier: Any, named: str
) -> None:
    with pytest.raises(InvalidField) as refused:
        settle(refresh, settlement, earlier)
    assert str(refused.value).startswith(named)
