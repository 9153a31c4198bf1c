"""Figures as tables, each ratio beside its aim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from tests.benchmarks.providers import Import, TakeSnapshotsDependencies


def show_readings(readings: Sequence[TakeSnapshotsDependencies]) -> None:
    """Show what reading costs."""
    table = _table("Bytes to domain holdings, CPU in ms", "positions", "kB", "bare", "ours", "SDK")
    table.add_column("ours / bare", justify="right")
    table.add_column("SDK / ours", justify="right")
    for each in readings:
        bare = _beside(each.ours_to_bare, "≤", each.ours_to_bare_at_most)
        sdk = _beside(each.sdk_to_ours, "≥", each.sdk_to_ours_at_least)
        figures = (each.positions, each.kilobytes, each.bare_ms, each.ours_ms, each.sdk_ms)
        table.add_row(each.provider, *map(str, (*figures, bare, sdk)))
    Console(width=110).print(table)


def show_imports(imports: Sequence[Import]) -> None:
    """Show what importing costs."""
    table = _table("Import of the reader, CPU in ms", "ours", "SDK", "SDK / ours")
    for each in imports:
        table.add_row(each.provider, *map(str, (each.ours_ms, each.sdk_ms, each.sdk_to_ours)))
    Console(width=110).print(table)


def _beside(ratio: float, sign: str, aim: float | None) -> str:
    return f"{ratio}" if aim is None else f"{ratio} (aim {sign} {aim:g})"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title)
    table.add_column("provider")
    for column in columns:
        table.add_column(column, justify="right")
    return table
