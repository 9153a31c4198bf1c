"""What the largest users ask of AWS: many positions, accounts, connections, transactions."""

from dataclasses import asdict
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from rich.console import Console
from rich.table import Table as RichTable

from freshet import wiring
from freshet.adapters.dynamodb.table import Table
from freshet.adapters.dynamodb.transactions import DynamoTransactions
from freshet.domain.transaction_windows import Changes
from tests.benchmarks.counting import Counting, counting
from tests.benchmarks.figures import keep
from tests.benchmarks.requests import Piece, count_piece
from tests.benchmarks.units import Taken
from tests.builders import a_transaction

_POSITIONS, _ACCOUNTS, _CONNECTIONS, _TRANSACTIONS = 5_000, 60, 200, 20_000
# Of more accounts moto would take longer than one read may last.
_NEWS: dict[str, dict[str, Any]] = {"unchanged": {}, "prices moved": {"price": "12"}}


def main() -> None:
    """Count, show and write the figures."""
    pieces = (
        Piece(
            f"read of {_POSITIONS:,} positions, prices moved",
            partial(Counting.read, accounts=1, positions=_POSITIONS, price="12"),
        ),
        *(
            Piece(
                f"read of {_ACCOUNTS} accounts, {kind}",
                partial(Counting.read, accounts=_ACCOUNTS, positions=1, **news),
            )
            for kind, news in _NEWS.items()
        ),
        *(
            Piece(
                f"GET {path}, {_CONNECTIONS} connections",
                partial(Counting.show, path=path, others=_CONNECTIONS - 1),
            )
            for path in ("/v1/connections", "/v1/portfolio")
        ),
        Piece(f"{_TRANSACTIONS:,} transactions stored", _store_transactions),
    )
    table = RichTable(title="What the largest ask of AWS")
    for name in ("work", "calls", "requests", "read units", "write units", "of which"):
        table.add_column(name)
    counted = []
    for piece in pieces:
        with counting() as world:
            each = count_piece(world, piece)
        counted.append(each)
        kinds = ", ".join(f"{number} {kind}" for kind, number in each.kinds.items())
        figures = (each.calls, each.requests, each.read_units, each.write_units)
        table.add_row(each.work, *map(str, figures), kinds)
    Console(width=150).print(table)
    keep("scale", {"pieces": [asdict(each) for each in counted]})


def _store_transactions(world: Counting) -> Taken:
    stored = DynamoTransactions(Table(wiring.client("dynamodb"), "snapshots"))
    first = date(2020, 1, 1)
    written = tuple(
        a_transaction(
            id=f"transaction-{number:06}",
            happened_on=first + timedelta(days=number // 10),
            amount=Decimal(number),
        )
        for number in range(_TRANSACTIONS)
    )
    changes = Changes(written=written, removed=())
    return world.counted(lambda: stored.apply("user", "account", changes, revision=0))
