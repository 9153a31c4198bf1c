"""How much a process works, by instructions where valgrind counts them: no other load disturbs."""

import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_VALGRIND = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
_COUNT = "I refs:"


@dataclass(frozen=True, slots=True)
class Run:
    """What a process wrote, and how many instructions it took; None where nobody counts."""

    output: str
    instructions: int | None


def can_count() -> bool:
    """Tell whether this machine has valgrind."""
    return shutil.which(_VALGRIND[0]) is not None


def run(
    command: Sequence[str], *, variables: Mapping[str, str], given: str = "", counts: bool = False
) -> Run:
    """Run to the end; counting takes some fifty times as long."""
    whole = [*(_VALGRIND if counts else ()), *command]
    done = subprocess.run(
        whole, input=given, env=dict(variables), capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return Run(done.stdout, _counted(done.stderr) if counts else None)


def _counted(told: str) -> int:
    (line,) = (each for each in told.splitlines() if _COUNT in " ".join(each.split()))
    return int(line.split()[-1].replace(",", ""))
