"""Mutates genuine webhooks: `python -m tests.fuzz.webhooks --count 100000 [--seed 7]`."""

import argparse
import secrets
import sys
from collections import Counter
from copy import replace
from dataclasses import dataclass, field
from random import Random

from tests.fuzz.mutations import mutated
from tests.fuzz.sameness import is_same_content
from tests.vectors.expectation import ACCEPTED
from tests.vectors.receiver import judged
from tests.vectors.vector import Vector, load

PROVIDERS = ("snaptrade", "plaid")
_LARGEST = 4096  # bytes; what is large is slow, and mutates no better


@dataclass(slots=True)
class Tally:
    """What became of the mutations of one provider's deliveries."""

    provider: str
    seed: int
    same: int = 0
    """Accepted rightly: the content that was signed, written otherwise. Not counted as tried."""
    refused: Counter[str] = field(default_factory=Counter)
    accepted: list[Vector] = field(default_factory=list)

    @property
    def tried(self) -> int:
        """Count the mutations that had to be refused."""
        return self.refused.total() + len(self.accepted)

    def line(self) -> str:
        """Sum up."""
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.refused.most_common())
        return (
            f"{self.provider}: {self.tried} mutations tried, {len(self.accepted)} accepted, "
            f"seed {self.seed}; besides, {self.same} were the signed content written otherwise\n"
            f"  refused: {reasons}"
        )


def fuzz(provider: str, *, count: int, seed: int) -> Tally:
    """Mutate genuine deliveries until so many changed ones were judged."""
    random = Random(seed)  # noqa: S311 mutations guard nothing
    genuine = [each for each in load() if each.provider == provider and _is_handy(each)]
    tally = Tally(provider, seed)
    while tally.tried < count:
        original, other = random.choice(genuine), random.choice(genuine)
        changed = mutated(original, other, random)
        try:
            _record(tally, changed, original, other)
        except Exception as error:
            error.add_note(f"{provider}, seed {seed}, mutation {tally.tried}: {changed}")
            raise
    return tally


def _is_handy(vector: Vector) -> bool:
    return vector.verdict in ACCEPTED and len(vector.body) <= _LARGEST


def _record(tally: Tally, changed: Vector, original: Vector, other: Vector) -> None:
    outcome = judged(changed)
    # With its header and its body taken over, the other delivery has come in place of this one.
    genuine = (original, replace(other, now=original.now))
    if outcome.verdict not in ACCEPTED:
        tally.refused[str(outcome.reason)] += 1
    elif any(is_same_content(changed, each) for each in genuine):
        tally.same += 1
    else:
        tally.accepted.append(changed)


def main(arguments: list[str]) -> int:
    """Fuzz both providers; fail when anything was accepted."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.webhooks", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="mutations for each provider")
    parser.add_argument("--seed", type=int, default=None, help="to repeat a run")
    given = parser.parse_args(arguments)
    seed = secrets.randbelow(2**32) if given.seed is None else given.seed
    tallies = [fuzz(provider, count=given.count, seed=seed) for provider in PROVIDERS]
    for tally in tallies:
        print(tally.line())
        for accepted in tally.accepted[:3]:
            print(f"  accepted: {accepted}")
    return int(any(tally.accepted for tally in tallies))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
