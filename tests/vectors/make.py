"""Makes `webhooks.json`, the same bytes on every run: `python -m tests.vectors.make`."""

from tests.vectors import (
    plaid_claims,
    plaid_keys,
    plaid_tokens,
    snaptrade_bodies,
    snaptrade_signatures,
    snaptrade_times,
)
from tests.vectors.vector import PATH, Vector, render

PARTS = (
    snaptrade_signatures,
    snaptrade_bodies,
    snaptrade_times,
    plaid_tokens,
    plaid_keys,
    plaid_claims,
)


def make() -> list[Vector]:
    """Give every vector in order."""
    return [vector for part in PARTS for vector in part.all_vectors()]


if __name__ == "__main__":
    made = make()
    PATH.write_text(render(made))
    print(f"{len(made)} vectors in {PATH.name}")
