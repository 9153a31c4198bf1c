"""The counts that `make cost` computes with are those of today's code.

After a change on purpose: `make bench part=requests keep=yes`.
"""

import pytest

from tests.benchmarks.bill import read_counts
from tests.benchmarks.counting import counting
from tests.benchmarks.requests import USUAL, Piece, count_piece
from tests.depth import sample

_MOST_IN_GATE = 5
_ALWAYS = {"purchase in place", "read of two accounts, prices moved"}  # the dearest
_BYTES_BESIDE = 100  # ids and dates are not equally long in every run


def _kind(piece: Piece) -> str | None:
    return piece.work if piece.work in _ALWAYS else None


def test_no_count_has_moved_by_more_than_a_tenth() -> None:
    tracked = read_counts()
    moved = {}
    with counting() as world:
        for piece in sample(USUAL, _MOST_IN_GATE, kind=_kind):
            fresh, known = count_piece(world, piece), tracked[piece.work]
            for name in ("requests", "read_units", "write_units", "index_units", "events", "calls"):
                if getattr(fresh, name) != pytest.approx(known[name], rel=0.1):
                    moved[piece.work, name] = (known[name], getattr(fresh, name))
            for name in ("lasting_bytes", "passing_bytes", "log_bytes"):
                near = pytest.approx(known[name], rel=0.1, abs=_BYTES_BESIDE)
                if getattr(fresh, name) != near:
                    moved[piece.work, name] = (known[name], getattr(fresh, name))
    assert moved == {}


def test_every_usual_piece_of_work_has_a_tracked_count() -> None:
    assert {piece.work for piece in USUAL} <= read_counts().keys()
