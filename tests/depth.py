"""How much of what is exhaustive runs: a sample in `make test`, all of it in `make test-deep`.

A sample is drawn by a seed that each run prints; the same seed draws the same sample. Every kind of
case is in it, whatever the seed.
"""

import os
import random
from collections.abc import Callable, Hashable, Iterable

SEED = os.environ.get("FRESHET_SEED", "0")
IS_DEEP = os.environ.get("FRESHET_DEPTH") == "deep"


def _alike(_: object) -> Hashable:
    return None


def sample[Case](
    cases: Iterable[Case],
    most: int,
    *,
    kind: Callable[[Case], Hashable] = _alike,
    seed: str = SEED,
    is_deep: bool = IS_DEEP,
) -> list[Case]:
    """Give some cases in their order: one of each kind, others up to `most`; all when deep."""
    everything = list(cases)
    if is_deep or len(everything) <= most:
        return everything
    dice = random.Random(f"{seed} {len(everything)}")  # noqa: S311 a sample guards nothing
    shuffled = dice.sample(range(len(everything)), len(everything))
    first_of_kind = {kind(everything[at]): at for at in reversed(shuffled)}
    others = [at for at in shuffled if at not in first_of_kind.values()]
    drawn = [*first_of_kind.values(), *others][: max(most, len(first_of_kind))]
    return [everything[at] for at in sorted(drawn)]


def many(*, in_gate: int, deep: int) -> int:
    """Give a number of repetitions, examples or deliveries."""
    return deep if IS_DEEP else in_gate
