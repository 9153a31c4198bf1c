"""CPU time, of a call in this process and of an import in a fresh one."""

import gc
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parents[2]
_ROUNDS = 7
_ROUND_SECONDS = 0.05
_IMPORTS = 7
_TIMED = "import time; start = time.process_time(); {}; print(time.process_time() - start)"


def seconds_of(calls: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Give the best CPU time of each call; they take turns, so that a busy machine hits all."""
    times = {name: _repetitions(call) for name, call in calls.items()}
    best = dict.fromkeys(calls, float("inf"))
    # What was loaded before is no garbage of the call's: leave it out of collections.
    gc.collect()
    gc.freeze()
    for _ in range(_ROUNDS):
        for name, call in calls.items():
            best[name] = min(best[name], _once(call, times[name]))
    gc.unfreeze()
    return best


def import_seconds_of(modules: str) -> float:
    """Give the best CPU time of an import in a new process, its byte code compiled before."""
    return statement_seconds_of(f"import {modules}")


def statement_seconds_of(statement: str, *, variables: Mapping[str, str] | None = None) -> float:
    """Give the best CPU time of a statement in a new process, its byte code compiled before."""
    with TemporaryDirectory() as folder:
        # A cache of its own: compiled whatever the caller's settings, and nothing is left behind.
        environment = {
            name: value for name, value in os.environ.items() if not name.startswith("PYTHON")
        }
        environment["PYTHONPYCACHEPREFIX"] = folder
        environment["PYTHONPATH"] = os.pathsep.join((str(ROOT), str(ROOT / "layers" / "core")))
        environment |= variables or {}
        command = [sys.executable, "-c", _TIMED.format(statement)]
        runs = [
            float(subprocess.check_output(command, env=environment, text=True))
            for _ in range(_IMPORTS + 1)
        ]
    return min(runs[1:])


def _repetitions(call: Callable[[], object]) -> int:
    """Say how often to repeat a call for the clock to see it; the first try is a rehearsal."""
    call()
    return max(1, round(_ROUND_SECONDS / max(_once(call, 1), 1e-6)))


def _once(call: Callable[[], object], times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        call()
    return (time.process_time() - start) / times
