"""How well the quota is used, how long a person waits, and what refreshes ask of AWS.

Drains run in virtual time: the services, the limiter and the clients are the real ones, and the
provider counts every call of a rolling minute. Nothing here depends on this machine's speed.
"""

import logging
from dataclasses import asdict
from datetime import timedelta

from freshet.observability import logger
from tests.benchmarks.figures import keep
from tests.benchmarks.refresh_drain import CALLS_PER_READ, CONNECTIONS, LIMIT, Drain, drain
from tests.benchmarks.refresh_planner import REGISTERED, turn
from tests.benchmarks.refresh_tables import show_cost, show_drains, show_persons, show_turns
from tests.benchmarks.refresh_turn_cpu import turn_cost

WORKERS = (1, 4, 6, 16)  # six: two executions, three messages each, as deployed
AIMS = {
    "rate_to_limit_at_least": 0.97,
    "throttled_at_most": 0,
    "person_p95_seconds_at_most": 2.0,
    "planner_requests_to_smallest_at_most": 1.1,
    "turn_of_1200_seconds_at_512_mb_at_most": 20,
}
_PRESS_EVERY = timedelta(seconds=20)


def main() -> None:
    """Measure, show and write the figures."""
    logger.setLevel(logging.CRITICAL)
    drains = [drain(workers) for workers in WORKERS]
    with_persons = drain(WORKERS[-1], press_every=_PRESS_EVERY)
    turns = [turn(registered) for registered in REGISTERED]
    show_drains([*drains, with_persons], AIMS)
    show_persons(with_persons, AIMS)
    show_turns(turns)
    cost = turn_cost()
    show_cost(cost)
    figures = {
        "aims": AIMS,
        "sweep": {
            "connections": CONNECTIONS,
            "calls_per_read_run": CALLS_PER_READ,
            "limit_per_minute": LIMIT,
        },
        "drains": [_figures(each) for each in drains],
        "drain_with_persons": _figures(with_persons)
        | {
            "persons": len(with_persons.person_waits),
            "person_median_seconds": with_persons.person_median_seconds,
            "person_p95_seconds": with_persons.person_p95_seconds,
            "person_longest_seconds": round(max(with_persons.person_waits), 2),
        },
        "planner_turns": [asdict(each) | {"requests": each.requests} for each in turns],
    }
    figures["turn_of_1200"] = asdict(cost) | {"seconds_at_512_mb": cost.seconds_at_512_mb}
    keep("refresh", figures)


def _figures(measured: Drain) -> dict[str, object]:
    return {name: value for name, value in asdict(measured).items() if name != "person_waits"}
