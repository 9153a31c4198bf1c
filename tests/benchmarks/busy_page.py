"""How long the local stack takes to answer a page that asks for everything at once.

The yardstick is one request after another to the same warm stack.
"""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from rich.console import Console
from rich.table import Table

from tests.benchmarks.figures import keep
from tests.local_stack.api_client import ApiClient
from tests.local_stack.deployed import deployed
from tests.local_stack.function_host import processes_per_function

_AT_ONCE = (20, 100)
_AIM_SECONDS = {20: 5.0}
_USER = "ana"


def main() -> None:
    """Measure, show and write the figures."""
    with deployed(progress=print) as running:
        api = running.api(_USER)
        cold = _seconds(partial(_at_once, api, _AT_ONCE[0]))
        rows = [(number, _seconds(partial(_at_once, api, number))) for number in _AT_ONCE]
        one = _seconds(partial(_get, api))
    table = Table("requests at once", "seconds", "one alone, times their number")
    table.add_row(f"{_AT_ONCE[0]}, nothing warm", f"{cold:.2f}", "")
    for number, seconds in rows:
        aim = f" (aim ≤ {_AIM_SECONDS[number]:.0f})" if number in _AIM_SECONDS else ""
        table.add_row(str(number), f"{seconds:.2f}{aim}", f"{one * number:.2f}")
    Console().print(table)
    figures = {
        "processes": processes_per_function(),
        "cold_20_seconds": round(cold, 2),
        "warm_seconds": {str(number): round(seconds, 2) for number, seconds in rows},
    }
    keep("busy_page", figures)


def _at_once(api: ApiClient, number: int) -> None:
    with ThreadPoolExecutor(number) as pool:
        list(pool.map(lambda _: _get(api), range(number)))


def _get(api: ApiClient) -> None:
    answer = api.get("/v1/connections")
    if answer.status != 200:
        raise RuntimeError(f"a request was answered {answer.status}")


def _seconds(act: Callable[[], None]) -> float:
    started = time.monotonic()
    act()
    return time.monotonic() - started
