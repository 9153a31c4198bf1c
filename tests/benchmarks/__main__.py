"""Measure some parts or all: `python -m tests.benchmarks [part …]`."""

import sys
from collections.abc import Callable

from tests.benchmarks import busy_page, providers, refresh, snapshots, starts

PARTS: dict[str, Callable[[], None]] = {
    "busy_page": busy_page.main,
    "providers": providers.main,
    "refresh": refresh.main,
    "snapshots": snapshots.main,
    "starts": starts.main,
}


def main(names: list[str]) -> None:
    """Run what was asked for; without a name, everything."""
    unknown = set(names) - set(PARTS)
    if unknown:
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    for name in names or PARTS:
        PARTS[name]()


if __name__ == "__main__":
    main(sys.argv[1:])
