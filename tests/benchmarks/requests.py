"""What each piece of work asks of AWS: requests and units, counted where botocore sends them.

`make cost` computes with the tracked figures: `make bench part=requests keep=yes` counts them anew.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.benchmarks.counting import POSITIONS, Counting, counting
from tests.benchmarks.figures import keep
from tests.benchmarks.units import Taken

PART = "requests"
_OTHERS = 199


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The requests and units of one piece of work in a warm function."""

    work: str
    requests: int
    requests_at_most: int | None = None
    read_units: int
    write_units: int
    write_units_at_most: int | None = None
    index_units: int
    lasting_bytes: int
    passing_bytes: int
    events: int
    calls: int
    log_bytes: int
    kinds: dict[str, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of work, and the most requests and write units that it should take."""

    work: str
    do: Callable[[Counting], Taken]
    requests: int | None = None
    write_units: int | None = None


_ACCOUNTS = {"one account": 1, "two accounts": 2}
_NEWS: dict[str, dict[str, Any]] = {
    "unchanged": {},
    "prices moved": {"price": "12"},
    "changed": {"units": "4"},
}
_READS_AT_MOST = {
    ("one account", "unchanged"): (8, 10),
    ("two accounts", "unchanged"): (9, 12),
    ("one account", "changed"): (11,),
    ("two accounts", "changed"): (13,),
}
_PATHS = {
    "/v1/accounts/{account}/holdings": 2,
    "/v1/portfolio": 2,
    "/v1/holdings": 3,
    "/v1/connections/{connection}/accounts": 3,
    "/v1/connections": 2,
}
USUAL = (
    Piece("webhook received", Counting.webhook_received, 1),
    Piece("webhook processed", Counting.webhook_processed, 3, 6),
    Piece("webhook repeated", Counting.webhook_repeated, 3, 6),
    Piece("purchase in place", Counting.purchase_in_place, 10, 26),
    Piece("purchase by the worker", Counting.purchase_by_worker, 9, 24),
    *(
        Piece(f"first read of {words}", partial(Counting.first_read, accounts=accounts))
        for words, accounts in _ACCOUNTS.items()
    ),
    *(
        Piece(
            f"read of {words}, {kind}",
            partial(Counting.read, accounts=accounts, **news),
            *_READS_AT_MOST.get((words, kind), ()),
        )
        for words, accounts in _ACCOUNTS.items()
        for kind, news in _NEWS.items()
    ),
    *(
        Piece(f"read of {words}, again on its day", partial(Counting.read_twice, accounts=accounts))
        for words, accounts in _ACCOUNTS.items()
    ),
    *(
        Piece(f"GET {path}", partial(Counting.show, path=path), most)
        for path, most in _PATHS.items()
    ),
    Piece("planner's turn, one due", partial(Counting.turn, due=1)),
    Piece("planner's turn, six due", partial(Counting.turn, due=6)),
)
_CROWDED = (
    Piece(
        f"read of one account, unchanged, beside {_OTHERS} connections",
        partial(Counting.read, accounts=1, others=_OTHERS),
        8,
        10,
    ),
    Piece(
        "refresh of 200 connections, 8 bought",
        partial(Counting.refresh_everything, others=_OTHERS),
        40,
    ),
)


def main() -> None:
    """Count, show and write the figures."""
    with counting() as world:
        pieces = [count_piece(world, piece) for piece in (*USUAL, *_CROWDED)]
    table = Table(title=f"What work asks of AWS, warm, {POSITIONS} positions in each account")
    table.add_column("work")
    names = ("requests", "read units", "write units", "of an index", "bytes kept", "bytes of log")
    for name in names:
        table.add_column(name, justify="right")
    table.add_column("of which")
    for each in pieces:
        kinds = ", ".join(f"{number} {kind}" for kind, number in each.kinds.items())
        table.add_row(
            each.work,
            _beside(each.requests, each.requests_at_most),
            str(each.read_units),
            _beside(each.write_units, each.write_units_at_most),
            str(each.index_units),
            f"{each.lasting_bytes} + {each.passing_bytes}",
            str(each.log_bytes),
            kinds,
        )
    Console(width=170).print(table)
    keep(PART, {"positions": POSITIONS, "pieces": [asdict(each) for each in pieces]})


def count_piece(world: Counting, piece: Piece) -> Asked:
    """Do one piece of work and count what it asks of AWS."""
    world.clear()
    taken = piece.do(world)
    return Asked(
        work=piece.work,
        requests=taken.kinds.total(),
        requests_at_most=piece.requests,
        write_units_at_most=piece.write_units,
        **(asdict(taken) | {"kinds": dict(taken.kinds)}),
    )


def _beside(number: int, most: int | None) -> str:
    return str(number) if most is None else f"{number} (aim ≤ {most})"
