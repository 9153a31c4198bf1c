"""The budgets: in which day and month a purchase counts, what is spent, what is left."""

from collections.abc import Mapping
from copy import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec import Struct, field

from freshet.domain.errors import BudgetExhausted
from freshet.domain.money import Money
from freshet.domain.purchase import PurchasePolicy

_DAY = timedelta(days=1)
# A call is settled within hours. What was bought a month apart or less leaves nothing behind.
_BYGONE_DAYS = range(2, 32)
# So many days before the 1st lie in the month before the last one, and in the one before that.
_BYGONE_MONTHS = (32, 63)


class Buckets(Struct, frozen=True):
    """The day and the month a purchase counts in; kept with it, also past midnight."""

    day: str
    month: str

    @classmethod
    def at(cls, now: datetime) -> "Buckets":
        """Name the UTC day and month of an instant."""
        utc = now.astimezone(UTC)
        return cls(day=utc.strftime("%Y-%m-%d"), month=utc.strftime("%Y-%m"))


def bygone_days(now: datetime) -> tuple[str, ...]:
    """Name days whose counters are no longer needed, latest first."""
    return tuple(Buckets.at(now - ago * _DAY).day for ago in _BYGONE_DAYS)


def bygone_months(now: datetime) -> tuple[str, ...]:
    """Name months whose counters are no longer needed, latest first."""
    first = _month_begins(now)
    return tuple(Buckets.at(first - ago * _DAY).month for ago in _BYGONE_MONTHS)


def is_month_kept(month: str, *, now: datetime) -> bool:
    """Tell whether a month's counters are kept: this month's and the last one's are."""
    return month >= Buckets.at(_month_begins(now) - _DAY).month


def day_ends(now: datetime) -> datetime:
    """Say when a daily budget opens again."""
    midnight = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight + _DAY


def month_ends(now: datetime) -> datetime:
    """Say when a monthly budget opens again."""
    # The 1st plus 32 days always lies in the next month.
    return (_month_begins(now) + 32 * _DAY).replace(day=1)


def _month_begins(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


class Tally(Struct, frozen=True):
    """So many refreshes and so many US dollars."""

    refreshes: int = 0
    dollars: Decimal = Decimal(0)


class Spending(Struct, frozen=True):
    """What counts against one budget: refreshes of this day, US dollars of this month.

    Of the month's refreshes, those are told apart whose answer was lost, and those that an
    operator has settled at what the invoice bills.
    """

    refreshes: int = 0
    dollars: Decimal = Decimal(0)
    refreshes_of_month: int = 0
    assumed: Tally = Tally()
    settled: Tally = Tally()

    @property
    def confirmed(self) -> Tally:
        """Give the rest of the month: answered or proved, or under way at this moment."""
        return Tally(
            self.refreshes_of_month - self.assumed.refreshes - self.settled.refreshes,
            self.dollars - self.assumed.dollars - self.settled.dollars,
        )

    def plus(self, price: Money) -> "Spending":
        """Add one refresh."""
        return replace(
            self,
            refreshes=self.refreshes + 1,
            dollars=self.dollars + price.amount,
            refreshes_of_month=self.refreshes_of_month + 1,
        )


class UserSpending(Struct, frozen=True, kw_only=True):
    """What a user has spent, and through each of the user's connections."""

    user: Spending = Spending()
    connections: Mapping[str, Spending] = field(default_factory=dict)

    def of_connection(self, connection_id: str) -> Spending:
        """Give one connection's share."""
        return self.connections.get(connection_id, Spending())

    def plus(self, connection_id: str, price: Money) -> "UserSpending":
        """Add one refresh of a connection."""
        connection = self.of_connection(connection_id).plus(price)
        return UserSpending(
            user=self.user.plus(price),
            connections={**self.connections, connection_id: connection},
        )


class DeploymentSpending(Struct, frozen=True, kw_only=True):
    """What everybody together has spent, and whether the kill switch is on."""

    spending: Spending = Spending()
    is_stopped: bool = False


class Spent(Struct, frozen=True, kw_only=True):
    """All that a purchase of one user is judged by."""

    of_user: UserSpending
    of_deployment: DeploymentSpending

    def plus(self, connection_id: str, price: Money) -> "Spent":
        """Add one refresh of a connection to every budget."""
        deployment = self.of_deployment
        return Spent(
            of_user=self.of_user.plus(connection_id, price),
            of_deployment=replace(deployment, spending=deployment.spending.plus(price)),
        )

    def refusal_of(
        self, connection_id: str, price: Money, *, policy: PurchasePolicy, now: datetime
    ) -> BudgetExhausted | None:
        """Give what a reservation would raise: of several budgets without room the longest."""
        connection = self.of_user.of_connection(connection_id)
        if self.of_deployment.spending.dollars + price.amount > policy.monthly_budget:
            return BudgetExhausted("deployment", month_ends(now))
        if connection.refreshes >= policy.connection_daily_refreshes:
            return BudgetExhausted("connection", day_ends(now))
        if self.of_user.user.refreshes >= policy.user_daily_refreshes:
            return BudgetExhausted("user", day_ends(now))
        return None


def spent_percent(spent: Decimal, budget: Decimal, *, cheapest: Decimal) -> Decimal:
    """Say how much of a month's budget is spent: all of it once the cheapest refresh has no room.

    More than all of it where the budget was lowered, or an invoice was higher than our books.
    """
    share = 100 * spent / budget
    return share if spent + cheapest <= budget else max(share, Decimal(100))
