"""`make breaks`: break each promise in turn and see its tests go red, with ten seeds.

The files run as the gate runs them: what is red here makes `make test` red.
"""

import argparse
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from rich.console import Console
from rich.table import Table

from tests.breaks.breaking import Break
from tests.breaks.breaks import BREAKS
from tests.breaks.plugin_name import VARIABLE
from tests.local_stack.processes import ROOT

_SEEDS = 10
_TESTS_FAILED = 1
_PLUGIN = ("-p", "tests.breaks.plugin", "-p", "no:cacheprovider")


def main() -> int:
    """Try every break; 0 when each test file noticed each time."""
    parser = argparse.ArgumentParser(prog="python -m tests.breaks", description=__doc__)
    parser.add_argument("--only", choices=[each.name for each in BREAKS], help="one break")
    parser.add_argument("--seeds", type=int, default=_SEEDS)
    given = parser.parse_args()
    wanted = [each for each in BREAKS if given.only in (None, each.name)]
    trials = [(each, path) for each in wanted for path in each.tests]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        noticed = list(pool.map(lambda trial: _noticed(*trial, seeds=given.seeds), trials))
    table = Table("promise", "break", "tests", "red")
    for (broken, path), reds in zip(trials, noticed, strict=True):
        table.add_row(broken.promise, broken.name, path, f"{reds} of {given.seeds}")
    Console().print(table)
    return int(any(reds < given.seeds for reds in noticed))


def _noticed(broken: Break, path: str, *, seeds: int) -> int:
    """Count the seeds with which the broken product turns a test file red."""
    return sum(_is_red(broken, path, seed) for seed in range(seeds))


def _is_red(broken: Break, path: str, seed: int) -> bool:
    command = [sys.executable, "-m", "pytest", "-x", *_PLUGIN, path]
    search = os.pathsep.join((str(ROOT), str(ROOT / "layers" / "core")))
    environment = {VARIABLE: broken.name, "FRESHET_SEED": str(seed), "PYTHONPATH": search}
    done = subprocess.run(
        command, env=os.environ | environment, cwd=ROOT, capture_output=True, check=False
    )
    if done.returncode not in (0, _TESTS_FAILED):
        raise RuntimeError(f"{broken.name}: {path} did not run: {done.stdout.decode()[-2000:]}")
    return done.returncode == _TESTS_FAILED


if __name__ == "__main__":
    sys.exit(main())
