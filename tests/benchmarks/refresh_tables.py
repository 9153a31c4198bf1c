"""The figures of refreshing as tables, each beside its aim."""

from collections.abc import Mapping, Sequence

from rich.console import Console
from rich.table import Table

from tests.benchmarks.refresh_drain import CONNECTIONS, LIMIT, Drain
from tests.benchmarks.refresh_planner import DUE, Turn
from tests.benchmarks.refresh_turn_cpu import SECONDS_A_REQUEST, TurnCost

Aims = Mapping[str, float]
_WIDTH = 110


def show_drains(drains: Sequence[Drain], aims: Aims) -> None:
    """Show how fast everything that is due was read."""
    table = Table(title=f"Drain of {CONNECTIONS:,} due connections at {LIMIT} calls a minute")
    wanted = f"≥ {aims['rate_to_limit_at_least']:g}"
    columns = ("at once", "minutes", f"useful rate / limit ({wanted})", "of the first 95 %")
    for column in (*columns, "calls / min", "429 (0)", "postponed", "limiter / call"):
        table.add_column(column, justify="right")
    for each in drains:
        workers = f"{each.workers}{' + persons' if each.person_waits else ''}"
        rates = (each.rate_to_limit, each.rate_of_first_95_percent, each.calls_per_minute)
        counts = (each.throttled, each.reads_postponed, each.limiter_requests_per_call)
        table.add_row(workers, *map(str, (each.minutes, *rates, *counts)))
    Console(width=_WIDTH).print(table)


def show_persons(measured: Drain, aims: Aims) -> None:
    """Show how long persons waited for their call to start while the sweep ran."""
    table = Table(title=f"Start delay of {len(measured.person_waits)} refreshes during a sweep, s")
    columns = ("median", f"p95 (≤ {aims['person_p95_seconds_at_most']:g})", "longest")
    for column in columns:
        table.add_column(column, justify="right")
    longest = round(max(measured.person_waits), 2)
    table.add_row(*map(str, (measured.person_median_seconds, measured.person_p95_seconds, longest)))
    Console(width=_WIDTH).print(table)


def show_turns(turns: Sequence[Turn]) -> None:
    """Show what a planner's turn asks of AWS."""
    table = Table(title=f"Planner's turn with {DUE:,} due, requests to AWS")
    columns = ("registered", "planned", "queries", "claims", "sends", "all", "to smallest (≤ 1.1)")
    for column in columns:
        table.add_column(column, justify="right")
    for each in turns:
        counts = (each.planned, each.queries, each.claims, each.sends, each.requests)
        ratio = round(each.requests / turns[0].requests, 3)
        table.add_row(f"{each.registered:,}", *map(str, (*counts, ratio)))
    Console(width=_WIDTH).print(table)


def show_cost(cost: TurnCost) -> None:
    """Show what a turn takes of a processor."""
    Console(width=_WIDTH).print(
        f"A turn with {cost.planned:,} due: {cost.requests:,} requests, {cost.cpu_seconds} s of "
        f"CPU; at 512 MB, with {SECONDS_A_REQUEST * 1000:g} ms for each request, "
        f"{cost.seconds_at_512_mb} s (aim ≤ 20)"
    )
