"""Samples: the same for a seed, with every kind, and all of it when deep."""

from hypothesis import given
from hypothesis import strategies as st

from tests.depth import sample

CASES = st.lists(st.tuples(st.integers(0, 5), st.integers()), max_size=40, unique=True)


def _kind(case: tuple[int, int]) -> int:
    return case[0]


@given(CASES, st.integers(0, 20), st.text())
def test_sample_has_every_kind_in_the_given_order_when_drawn(
    cases: list[tuple[int, int]], most: int, seed: str
) -> None:
    drawn = sample(cases, most, kind=_kind, seed=seed, is_deep=False)
    kinds = set(map(_kind, cases))
    assert set(map(_kind, drawn)) == kinds
    assert drawn == [each for each in cases if each in drawn]
    assert min(most, len(cases)) <= len(drawn) <= max(most, len(kinds))
    assert drawn == sample(cases, most, kind=_kind, seed=seed, is_deep=False)


def test_another_sample_is_drawn_when_the_seed_is_another() -> None:
    drawn = {tuple(sample(range(100), 5, seed=str(seed), is_deep=False)) for seed in range(20)}
    assert len(drawn) == 20


def test_everything_is_given_when_deep() -> None:
    assert sample(range(100), 5, is_deep=True) == list(range(100))
