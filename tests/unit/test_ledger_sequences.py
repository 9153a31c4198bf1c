"""Any sequence of lost answers, proofs and settlements: books cover the bill, budgets agree."""

from dataclasses import dataclass
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from freshet.domain.budgets import Spending
from freshet.domain.call_errors import AnswerLost, CallFailed, NotReached, ProviderThrottled
from freshet.domain.errors import InvalidField
from freshet.domain.identifiers import refresh_id_for
from freshet.domain.ledger import Settlement, Standing
from freshet.domain.money import Money
from freshet.domain.refresh import Refresh, RefreshStatus
from freshet.services.settle_refresh import SettleRefreshDependencies, settle_refresh
from tests.builders import CONNECTION_ID, NOON, USER, a_refresh_command, an_answer
from tests.depth import many
from tests.unit.stage import Stage

NOTHING = Decimal(0)
AMOUNTS = tuple(Decimal(each) for each in ("0.00", "0.02", "0.05", "0.07"))
INVOICES = ("INV-1", "INV-2", "INV-3")
LOST, PUT_BACK = AnswerLost(an_answer()), NotReached(an_answer())
FAILURES: tuple[tuple[CallFailed, ...], ...] = (
    (),
    (LOST,),
    (PUT_BACK,),
    (PUT_BACK, LOST),
    (ProviderThrottled(an_answer()),),
)


@dataclass(frozen=True)
class Buy:
    """A purchase: how its calls fail, and whether newer data comes before its time is up."""

    failures: tuple[CallFailed, ...]
    is_proved: bool


@dataclass(frozen=True)
class Settle:
    """An invoice about one of the refreshes so far."""

    place: int
    amount: Decimal
    invoice: str


STEPS = st.builds(Buy, st.sampled_from([*FAILURES, (LOST,)]), st.booleans()) | st.builds(
    Settle, st.integers(0, 5), st.sampled_from(AMOUNTS), st.sampled_from(INVOICES)
)


class Books:
    """A stage, the provider's bill, and what its invoices say."""

    def __init__(self) -> None:
        policy = {"connection_daily_refreshes": 99, "user_daily_refreshes": 99}
        self.stage = Stage(policy=policy)
        self.refresh_ids: list[str] = []
        self.invoiced: dict[str, Decimal] = {}

    @property
    def refreshes(self) -> list[Refresh]:
        return [self.stage.refresh(each) for each in self.refresh_ids]

    def buy(self, step: Buy) -> None:
        stage = self.stage
        stage.provider.refresh_failures = list(step.failures)
        refresh_id = refresh_id_for(CONNECTION_ID, str(len(self.refresh_ids)))
        self.refresh_ids.append(refresh_id)
        for _ in range(2):
            stage.buy(a_refresh_command(refresh_id=refresh_id))
            stage.later(minutes=1)
        for _ in range(4):
            stage.later(minutes=4)
            if step.is_proved:
                stage.provider.as_of = stage.clock()
            before = self.booked()
            stage.read()
            assert self.booked() == before  # a read moves no amount
        assert stage.refresh(refresh_id).is_terminal

    def settle(self, step: Settle) -> None:
        if not self.refresh_ids:
            return
        refresh_id = self.refresh_ids[step.place % len(self.refresh_ids)]
        settlement = Settlement(
            billed=Money(step.amount, "USD"),
            invoice=step.invoice,
            by="a.person",
            reason="the invoice says so",
            settled_at=self.stage.clock(),
        )
        deps = SettleRefreshDependencies(self.stage.refreshes, self.stage.clock)
        try:
            settle_refresh(USER, refresh_id, settlement, deps=deps)
        except InvalidField:
            return
        known = self.invoiced.get(refresh_id, NOTHING)
        self.invoiced[refresh_id] = max(known, step.amount)

    def lines_of(self, refresh: Refresh) -> Decimal:
        lines = self.stage.refreshes.ledger.values()
        return sum((each.cost.amount for each in lines if each.refresh_id == refresh.id), NOTHING)

    def amount_of(self, refresh: Refresh) -> Decimal:
        """Say what the ledger holds for a refresh: its invoice's word, else its calls' lines."""
        settled = [each.billed.amount for each in self.stage.refreshes.settlements(refresh)]
        return max(settled) if settled else self.lines_of(refresh)

    def booked(self) -> Decimal:
        return sum(map(self.amount_of, self.refreshes), NOTHING)

    def demand_promises(self) -> None:
        for refresh in self.refreshes:
            assert refresh.cost.amount == self.amount_of(refresh)
            assert self.amount_of(refresh) >= self.invoiced.get(refresh.id, NOTHING)
            if refresh.status is not RefreshStatus.REFUSED:
                assert self.lines_of(refresh) == refresh.reserved.amount
        spent = self.stage.budgets.of_user(USER, now=NOON)
        of_all = self.stage.budgets.of_deployment(now=NOON).spending
        for each in (spent.user, *spent.connections.values(), of_all):
            self._demand_agreement(each)

    def _demand_agreement(self, budget: Spending) -> None:
        settled = [each for each in self.refreshes if each.id in self.invoiced]
        unsettled = {each.id for each in self.refreshes} - self.invoiced.keys()
        assumed = [
            each.cost.amount
            for each in self.stage.refreshes.ledger.values()
            if each.refresh_id in unsettled and each.standing is Standing.ASSUMED
        ]
        assert budget.dollars == self.booked()
        assert (budget.assumed.refreshes, budget.assumed.dollars) == (len(assumed), sum(assumed))
        assert budget.settled.refreshes == len(settled)
        assert budget.settled.dollars == sum(map(self.amount_of, settled))
        confirmed = [
            each
            for each in self.refreshes
            if each.id in unsettled and each.status is not RefreshStatus.REFUSED
        ]
        assert budget.confirmed.refreshes == len(confirmed) - len(assumed)
        assert budget.confirmed.dollars >= 0


@given(st.lists(STEPS, max_size=8))
@settings(max_examples=many(in_gate=50, deep=2_000), deadline=None)
def test_books_cover_every_bill_and_budgets_agree_after_any_sequence(
    steps: list[Buy | Settle],
) -> None:
    books = Books()
    for step in steps:
        if isinstance(step, Buy):
            books.buy(step)
        else:
            books.settle(step)
        books.demand_promises()
    kept = [each for each in books.refreshes if each.status is not RefreshStatus.REFUSED]
    assert books.stage.provider.billed == len(kept)
