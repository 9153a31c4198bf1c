"""What AWS takes a month: `make cost connections=100000 webhooks=2 refreshes=1`.

Any input of a usual day may be given as `name=value`.
"""

import json
import sys
from decimal import ROUND_UP, Decimal, InvalidOperation

from rich.console import Console
from rich.table import Table

from tests.benchmarks.bill import (
    PRICES_FILE,
    Counts,
    Prices,
    bill,
    credentials,
    described,
    read_counts,
    read_prices,
)
from tests.benchmarks.usual_day import UsualDay

SIZES = (1_000, 100_000, 1_000_000)


def main() -> None:
    """Print the bill, and the table of the pages."""
    day = _given(sys.argv[1:])
    counts, prices = read_counts(), read_prices()
    lines = bill(day, counts, prices)
    total = sum((each.usd for each in lines), Decimal(0))
    table = Table(title="AWS, USD a month")
    for name in ("line", "USD", "of"):
        table.add_column(name, justify="right" if name == "USD" else "left")
    for each in sorted(lines, key=lambda line: -line.usd):
        table.add_row(each.name, f"{each.usd:,.2f}", each.of)
    table.add_section()
    table.add_row("together", f"{total:,.2f}", f"{total / day.connections:.5f} each connection")
    for store, usd in credentials(day, counts, prices).items():
        table.add_row(f"CredentialStore={store}", f"{usd:,.2f}", f"{total + usd:,.2f} with it")
    file = json.loads(PRICES_FILE.read_text())
    console = Console(width=110)
    console.print(table)
    console.print(f"One connection's day: {described(day)}", soft_wrap=True, highlight=False)
    console.print(f"Prices of {file['as_of']}, {file['region']}. {file['note']}", soft_wrap=True)
    print("\nAs the pages have it, with a usual day as it is by default:\n")
    print("\n".join([*page_table(), "", front_row()]))


def page_table() -> list[str]:
    """Write the table of the operator's page."""
    counts, prices = read_counts(), read_prices()
    rows = [
        "| Connections | AWS, USD a month | for each | credentials: `secretsmanager` | `kms` |",
        "|---|---|---|---|---|",
    ]
    for connections in SIZES:
        total = _together(connections, counts, prices)
        stores = credentials(UsualDay(connections=Decimal(connections)), counts, prices)
        rows.append(
            f"| {connections:,} | {total:,.0f} | {_rounded_up(total / connections)} |"
            f" {stores['secretsmanager']:,.0f} more | {stores['kms']:,.0f} more |"
        )
    return rows


def front_row() -> str:
    """Write the row of the front page, with each figure rounded up."""
    counts, prices = read_counts(), read_prices()
    each = [
        f"{_rounded_up(_together(connections, counts, prices) / connections)} at {connections:,}"
        for connections in SIZES
    ]
    return (
        f"| AWS | about {', '.join(each)} connections, USD per connection and month (`make cost`) |"
    )


def _together(connections: int, counts: Counts, prices: Prices) -> Decimal:
    day = UsualDay(connections=Decimal(connections))
    return sum((each.usd for each in bill(day, counts, prices)), Decimal(0))


def _rounded_up(usd: Decimal) -> str:
    return f"{usd.quantize(Decimal('0.0001'), ROUND_UP):f}"


def _given(arguments: list[str]) -> UsualDay:
    try:
        values = dict(each.split("=", 1) for each in arguments)
        return UsualDay(**{name: Decimal(value) for name, value in values.items()})
    except (TypeError, ValueError, InvalidOperation) as error:
        sys.exit(f"cannot compute with {' '.join(arguments)}: {error}")


if __name__ == "__main__":
    main()
