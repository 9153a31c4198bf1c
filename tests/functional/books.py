"""Our books of one user beside the provider's bill."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.functional.world import Original, World
from tests.simulators.plaid import SimulatedItem

Row = dict[str, Any]
ENDED = {"complete", "partial", "no_change", "timed_out", "refused"}


@dataclass(frozen=True, slots=True)
class Books:
    """What is on record for a user with one connection, and what the provider bills for it."""

    billed: list[Decimal]
    refreshes: list[Row]
    ledger: list[Row]
    budgets: dict[str, Row]
    connection: Row

    @property
    def booked(self) -> Decimal:
        """Add up the ledger: for each call the highest of its invoices, else its own line."""
        calls = [line for line in self.ledger if "cost" in line]
        return sum((self._amount_of(line) for line in calls), Decimal(0))

    @property
    def status(self) -> str:
        """Say how the only refresh ended."""
        (refresh,) = self.refreshes
        return str(refresh["status"]["S"])

    def _amount_of(self, line: Row) -> Decimal:
        of_line = f"{line['SK']['S']}#"
        invoices = [each for each in self.ledger if each["SK"]["S"].startswith(of_line)]
        amounts = [Decimal(each["billed"]["M"]["amount"]["S"]) for each in invoices]
        return max(amounts) if amounts else _cost(line)

    def demand_promises(self) -> None:
        """One refresh, at most one call, books never below the bill, nothing left open."""
        assert len(self.billed) <= 1
        assert self.status in ENDED
        assert "holdings_refresh_id" not in self.connection
        assert "due_at" in self.connection
        assert self.booked >= sum(self.billed)
        if self.booked > sum(self.billed):
            assert [line["standing"]["S"] for line in self.ledger] == ["assumed"]
        self.demand_agreement()

    def demand_agreement(self) -> None:
        """Each budget has counted exactly what the ledger holds."""
        kept = [each for each in self.refreshes if each["status"]["S"] != "refused"]
        for budget in self.budgets.values():
            assert _sum(budget, "calls_") == len(kept)
            assert _sum(budget, "spent_") == self.booked


def books_of(world: World, user_id: str, original: Original) -> Books:
    """Read a user's rows, and the bill of the user's connection or Item."""
    answer = world.dynamodb.query(
        TableName="connections",
        KeyConditionExpression="PK = :user",
        ExpressionAttributeValues={":user": {"S": f"USER#{user_id}"}},
    )
    rows = {row["SK"]["S"]: row for row in answer["Items"]}
    return Books(
        billed=_bill(world, original),
        refreshes=_under(rows, "REFRESH#"),
        ledger=_under(rows, "LEDGER#"),
        budgets={key: row for key, row in rows.items() if key.startswith("BUDGET")},
        connection=_under(rows, "CONNECTION#")[0],
    )


def deployment_spent(world: World) -> Decimal:
    """Say what the deployment's budget has counted."""
    (row,) = world.rows("BUDGET")
    return _sum(row, "spent_")


def _bill(world: World, original: Original) -> list[Decimal]:
    if isinstance(original, SimulatedItem):
        entries = world.plaid.control.bill().entries
        return [Decimal(each["amount"]) for each in entries if each["item_id"] == original.item_id]
    entries = world.simulator.control.bill().entries
    own = original.connection_id
    return [Decimal(each["amount"]) for each in entries if each["connection_id"] == own]


def _under(rows: dict[str, Row], prefix: str) -> list[Row]:
    return [row for key, row in rows.items() if key.startswith(prefix)]


def _cost(line: Row) -> Decimal:
    return Decimal(line["cost"]["M"]["amount"]["S"])


def _sum(row: Row, prefix: str) -> Decimal:
    counted = (Decimal(each["N"]) for name, each in row.items() if name.startswith(prefix))
    return sum(counted, Decimal(0))
