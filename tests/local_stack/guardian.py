"""Run a command for as long as standard input stays open, then end it and wipe the folder it used.

The parent holds the other end of the pipe. However the parent ends, also killed or with its
terminal closed, the pipe closes, so neither processes nor files are left behind.

Usage: guardian.py FOLDER COMMAND [ARGUMENT…]
"""

import contextlib
import os
import select
import shutil
import signal
import subprocess
import sys

GRACE_SECONDS = 5
POLL_SECONDS = 0.2


def main() -> int:
    """Guard the command; the exit status is the command's own, or 0 if it was ended on request."""
    folder, *command = sys.argv[1:]
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True)
    while child.poll() is None:
        readable, _, _ = select.select([sys.stdin], [], [], POLL_SECONDS)
        if readable:  # nothing is ever written: readable means closed
            _end(child)
            shutil.rmtree(folder, ignore_errors=True)
            return 0
    _end(child)  # what it may have left in its group
    return child.returncode


def _end(child: subprocess.Popen[bytes]) -> None:
    """End the command's whole process group, politely first."""
    _signal_group(child, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        child.wait(GRACE_SECONDS)
    _signal_group(child, signal.SIGKILL)
    child.wait()


def _signal_group(child: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # The group may be gone; macOS says so with the second error.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, number)


if __name__ == "__main__":
    sys.exit(main())
