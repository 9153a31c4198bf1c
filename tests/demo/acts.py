"""What the demo shows: connections that are read and refreshed, then trouble, then the books."""

import time
from collections.abc import Callable

from rich.console import Console
from rich.live import Live

from tests.demo.cast import Player, enter
from tests.demo.scene import View, look
from tests.demo.second_act import Scene, perform, table_of
from tests.demo.tables import holdings_tables, progress_table, refreshes_table
from tests.local_stack.deployed import Deployed

type Tell = Callable[[str], None]

_PATIENCE_SECONDS = 120.0
_LOOK_EVERY_SECONDS = 0.5


def first_reads(running: Deployed, console: Console, tell: Tell) -> list[Player]:
    """Link everybody's connections and wait until each has been read."""
    players = enter(running, tell)
    _watch(running, players, console, until=lambda view: view.is_read)
    return players


def play(running: Deployed, console: Console, tell: Tell, started: float) -> bool:
    """Show everything; true if all that was expected has happened and the books agree."""
    players = first_reads(running, console, tell)
    tell("Taking a turn of the planner now; the schedule takes one every minute")
    running.plan()
    for player in players:
        if player.role.presses_refresh:
            tell(f"{player.role.user_id} presses refresh")
            running.api(player.role.user_id).post(f"/v1/connections/{player.connection_id}/refresh")
    views = _watch(running, players, console, until=lambda view: view.is_settled)
    console.print()
    for table in holdings_tables(running, views):
        console.print(table, "")
    console.print(refreshes_table(views))
    scenes = perform(running, tell)
    console.print(table_of(scenes))
    console.print(
        "\nTo try it yourself: `make dev` keeps it up, with a console, and prints tokens and "
        "commands.\n"
    )
    return _conclude(running, views, scenes, console, time.monotonic() - started)


def _watch(
    running: Deployed, players: list[Player], console: Console, *, until: Callable[[View], bool]
) -> list[View]:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    with Live(console=console, refresh_per_second=8, transient=not console.is_terminal) as live:
        while True:
            views = look(running, players)
            live.update(progress_table(views, _webhooks(running)))
            if all(until(view) for view in views) or time.monotonic() > deadline:
                return views
            time.sleep(_LOOK_EVERY_SECONDS)


def _conclude(
    running: Deployed,
    views: list[View],
    scenes: list[Scene],
    console: Console,
    seconds: float,
) -> bool:
    billed, booked = running.billed(), running.booked()
    problems = [
        f"{view.institution} did not get where it should" for view in views if not view.is_settled
    ]
    problems += [f"not as promised: {scene.done}" for scene in scenes if not scene.holds]
    for provider, amount in billed.items():
        console.print(f"{provider}: our ledger {booked[provider]} USD, its bill {amount} USD")
        if amount != booked[provider]:
            problems.append(f"our ledger and the bill of {provider} differ")
    for problem in problems:
        console.print(f"[red]{problem}[/]")
    spent = " ".join(f"spent_usd_{name}={amount:.2f}" for name, amount in booked.items())
    refreshes = running.snaptrade.bill().count + running.plaid.bill().count
    snapshots = len(running.rows("SnapshotsTableName", "VERSION#"))
    console.print(
        f"demo: {'failed' if problems else 'ok'} connections={len(views)} refreshes={refreshes} "
        f"webhooks={_webhooks(running)} snapshots={snapshots} "
        f"spent_usd={sum(booked.values()):.2f} seconds={seconds:.0f} {spent} "
        f"promises={sum(scene.holds for scene in scenes)}/{len(scenes)}",
        highlight=False,
        soft_wrap=True,
    )
    return not problems


def _webhooks(running: Deployed) -> int:
    deliveries = [*running.snaptrade.deliveries(), *running.plaid.deliveries()]
    return sum(1 for each in deliveries if each["status"] == "delivered")
