"""Being stopped: in order, whatever a shell has set, and with everything that was started."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.environment import MADE_HERE
from tests.local_stack.processes import ROOT
from tests.patience import eventually

PROGRAM = """
import sys
from pathlib import Path
from tests.local_stack.processes import run
from tests.local_stack.stopping import run_to_exit

def main():
    mark = Path(sys.argv[1])
    command = ["sh", "-c", f"echo $$ > {mark}.new; mv {mark}.new {mark}; sleep 600; true"]
    run("the long step", command, env={}, log=mark.with_suffix(".log"))
    return 0

run_to_exit(main)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_long_step_ends_with_us_also_where_signals_were_ignored(
    number: signal.Signals, tmp_path: Path
) -> None:
    mark = tmp_path / "started"
    ours = subprocess.Popen(
        ["/bin/sh", "-c", 'trap "" INT; exec "$@"', "sh", sys.executable, "-c", PROGRAM, str(mark)],
        cwd=ROOT,
        env={**os.environ, **MADE_HERE},
        stderr=subprocess.PIPE,
        text=True,
    )
    eventually(mark.exists, until=bool)
    group = int(mark.read_text())
    ours.send_signal(number)
    _, said = ours.communicate()
    assert (ours.returncode, said) == (130, "\nStopped; nothing is left running.\n")
    eventually(lambda: _of_group(group), until=lambda left: not left)


STOPPED_EARLY = """
import os, signal, subprocess, sys
from tests.local_stack import processes
from tests.local_stack.stopping import run_to_exit

class AtOnce(subprocess.Popen):
    def __init__(self, *given, **named):
        super().__init__(*given, **named)
        print(self.pid, flush=True)
        os.kill(os.getpid(), signal.SIGTERM)

subprocess.Popen = AtOnce
run_to_exit(lambda: processes.run("x", ["sleep", "600"], env={}, log=processes.Path(sys.argv[1])))
"""


def test_a_step_that_has_just_begun_ends_with_us() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STOPPED_EARLY, os.devnull],
        cwd=ROOT,
        env={**os.environ, **MADE_HERE},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "\nStopped; nothing is left running.\n")
    eventually(lambda: _of_group(int(done.stdout)), until=lambda left: not left)


def _of_group(group: int) -> list[psutil.Process]:
    return [each for each in psutil.process_iter() if _group(each) == group]


def _group(process: psutil.Process) -> int | None:
    try:
        return os.getpgid(process.pid) if process.status() != psutil.STATUS_ZOMBIE else None
    except (ProcessLookupError, psutil.NoSuchProcess):
        return None
