"""The ledger: a line for each call and for each invoice that settles one, and what budgets count.

A call's line is `assumed` while, or because, the provider's answer is missing. It turns into
`confirmed` when the provider answers or a read proves the call, and its amount stays. Only a
settlement changes what a refresh cost: an operator says what the provider's invoice bills for it.
"""

from collections.abc import Sequence
from copy import replace
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct

from freshet.domain.budgets import is_month_kept
from freshet.domain.errors import InvalidField
from freshet.domain.money import Money, decimal_to_text
from freshet.domain.provider import Provider
from freshet.domain.refresh import Method, Refresh, RefreshStatus

MOST_TIMES_THE_PRICE, MOST_WHEN_CHEAP = 10, Decimal(1)
"""More for one refresh is taken for a slip of the pen: a settlement cannot be taken back."""

_NOTHING = Decimal(0)
_UNANSWERED = frozenset({RefreshStatus.CALLING, RefreshStatus.UNKNOWN})
_PROVEN = frozenset({RefreshStatus.COMPLETE, RefreshStatus.PARTIAL})
_ENDED_BY_TIME = frozenset({RefreshStatus.NO_CHANGE, RefreshStatus.TIMED_OUT})
_SURELY_FREE = frozenset({RefreshStatus.RESERVED, RefreshStatus.REFUSED})


class Standing(StrEnum):
    """How sure a call's line is."""

    ASSUMED = "assumed"
    CONFIRMED = "confirmed"


def standing_of(refresh: Refresh) -> Standing:
    """Say how sure the latest call's line is: an answer or newer data confirms it, never time."""
    if refresh.status in _ENDED_BY_TIME:
        is_sure = refresh.answer is not None
    else:
        is_sure = refresh.status not in _UNANSWERED
    return Standing.CONFIRMED if is_sure else Standing.ASSUMED


class LedgerEntry(Struct, frozen=True, kw_only=True):
    """One call on the books, at the price that was reserved for it."""

    user_id: str
    actor: str
    connection_id: str
    refresh_id: str
    provider: Provider
    cost: Money
    outcome: str
    standing: Standing
    called_at: datetime

    @classmethod
    def of(cls, refresh: Refresh) -> "LedgerEntry":
        """Book a refresh's latest call, on the safe side while its outcome is open."""
        is_proven = refresh.status in _PROVEN
        return cls(
            user_id=refresh.user_id,
            actor=refresh.actor,
            connection_id=refresh.connection_id,
            refresh_id=refresh.id,
            provider=refresh.provider,
            cost=_price_of_call(refresh),
            outcome=refresh.status if is_proven else refresh.reason or refresh.status,
            standing=standing_of(refresh),
            called_at=call_time(refresh),
        )


class Settlement(Struct, frozen=True, kw_only=True):
    """What an invoice bills for one refresh, on whose word and why; a line of its own."""

    billed: Money
    invoice: str
    by: str
    reason: str
    settled_at: datetime


class BudgetChange(Struct, frozen=True, kw_only=True):
    """What a step adds to each budget of a refresh; negative where it takes away."""

    calls: int = 0
    refreshes: int = 0
    spent: Decimal = _NOTHING
    assumed_refreshes: int = 0
    assumed: Decimal = _NOTHING
    settled_refreshes: int = 0
    settled: Decimal = _NOTHING


class Settled(Struct, frozen=True, kw_only=True):
    """A refresh as an invoice leaves it, with the invoice's line and what the budgets follow by."""

    refresh: Refresh
    settlement: Settlement
    change: BudgetChange


def call_time(refresh: Refresh) -> datetime:
    """Say when a refresh was called last, which is where its line is."""
    if refresh.started_at is None:
        raise ValueError("a refresh that was never called has no place in the ledger")
    return refresh.started_at


def is_proof_of_call(before: Refresh, after: Refresh) -> bool:
    """Tell whether a step has proved a call whose answer was lost."""
    return before.status is RefreshStatus.UNKNOWN and after.status in _PROVEN


def counted(refresh: Refresh) -> tuple[Refresh, BudgetChange]:
    """Say how the budgets follow a step, and note on the refresh what they count it as then.

    A call under way is not counted as assumed: its answer is due within the minute.
    """
    if not refresh.budget_buckets:
        return refresh, BudgetChange()
    is_under_way = refresh.status is RefreshStatus.CALLING
    is_assumed = not is_under_way and standing_of(refresh) is Standing.ASSUMED
    turn, price = is_assumed - refresh.counts_as_assumed, refresh.reserved.amount
    back = int(refresh.status is RefreshStatus.REFUSED)
    change = BudgetChange(
        calls=-back,
        refreshes=-back,
        spent=-back * price,
        assumed_refreshes=turn,
        assumed=turn * price,
    )
    return replace(refresh, counts_as_assumed=is_assumed), change


def settle(
    refresh: Refresh, settlement: Settlement, earlier: Sequence[Settlement]
) -> Settled | None:
    """Settle an ended purchase at what an invoice bills; None where the invoice has done so.

    An invoice may lower and raise an amount: the books are never below the bill. So no later
    invoice lowers what an earlier one bills. Budgets follow in the month that the refresh was
    reserved in, with money alone: the call was made and counts as a call of its day.
    Raises InvalidField.
    """
    _demand_billable(refresh)
    billed, was = settlement.billed.amount, refresh.cost.amount
    if _is_repeated(settlement, earlier):
        return None
    _demand_sane(settlement.billed, refresh.reserved)
    _demand_not_below(billed, earlier)
    is_first, was_assumed = not earlier, int(refresh.counts_as_assumed)
    change = BudgetChange(
        refreshes=int(is_first and refresh.status is RefreshStatus.REFUSED),
        spent=billed - was,
        assumed_refreshes=-was_assumed,
        assumed=-was_assumed * refresh.reserved.amount,
        settled_refreshes=int(is_first),
        settled=billed if is_first else billed - was,
    )
    is_kept = all(
        is_month_kept(month, now=settlement.settled_at) for month in refresh.budget_buckets[1:]
    )
    return Settled(
        refresh=replace(refresh, cost=settlement.billed, counts_as_assumed=False),
        settlement=settlement,
        change=change if is_kept else BudgetChange(),
    )


def _price_of_call(refresh: Refresh) -> Money:
    is_free = refresh.status in _SURELY_FREE
    return replace(refresh.reserved, amount=_NOTHING) if is_free else refresh.reserved


def _demand_billable(refresh: Refresh) -> None:
    if refresh.method is not Method.PURCHASE:
        raise InvalidField("refresh_id", "is not a purchase: it costs nothing")
    if not refresh.is_terminal:
        # Reads end every open refresh within minutes; no invoice is as fast.
        raise InvalidField("refresh_id", f"has not ended: it is {refresh.status}; try again later")
    if refresh.started_at is None:
        raise InvalidField("refresh_id", "was never called: no invoice can name it")


def _is_repeated(settlement: Settlement, earlier: Sequence[Settlement]) -> bool:
    same = next((each for each in earlier if each.invoice == settlement.invoice), None)
    if same is None:
        return False
    if same.billed != settlement.billed:
        raise InvalidField("invoice", "has settled this refresh at another amount")
    return True


def _demand_sane(billed: Money, reserved: Money) -> None:
    if billed.currency != reserved.currency:
        raise InvalidField("billed.currency", f"must be {reserved.currency}, as in the ledger")
    most = max(reserved.amount * MOST_TIMES_THE_PRICE, MOST_WHEN_CHEAP)
    if billed.amount < 0 or billed.amount > most:
        raise InvalidField("billed.amount", f"must be from 0 to {decimal_to_text(most)}")


def _demand_not_below(billed: Decimal, earlier: Sequence[Settlement]) -> None:
    if any(billed < each.billed.amount for each in earlier):
        raise InvalidField("billed.amount", "must not be below what another invoice bills")
