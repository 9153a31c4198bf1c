"""Measure some parts or all: `python -m tests.benchmarks [part …]`."""

import sys
from collections.abc import Callable

from tests.benchmarks import busy_page, providers, refresh, requests, scale, snapshots, starts
from tests.local_stack.stopping import run_to_exit

PARTS: dict[str, Callable[[], None]] = {
    "busy_page": busy_page.main,
    "providers": providers.main,
    "refresh": refresh.main,
    "requests": requests.main,
    "scale": scale.main,
    "snapshots": snapshots.main,
    "starts": starts.main,
}


def main() -> int:
    """Run what was asked for; without a name, everything."""
    names = sys.argv[1:]
    unknown = set(names) - set(PARTS)
    if unknown:
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    for name in names or PARTS:
        PARTS[name]()
    return 0


if __name__ == "__main__":
    run_to_exit(main)
