"""Child processes: servers that never outlive us, and commands that stay quiet unless they fail."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.local_stack.stopping import CannotGoOn, undisturbed

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENTS = ROOT / ".environments"
GUARDIAN = Path(__file__).with_name("guardian.py")
STOP_SECONDS = 90  # what functions were unpacked into is large, and a busy machine wipes it slowly
LINES_SHOWN = 40


class CommandFailed(CannotGoOn):
    """A command or server did not do its work; the text ends with the last lines of its log."""

    def __init__(self, what: str, log: Path) -> None:
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        super().__init__("\n".join([f"{what} failed; its log ends:", *lines[-LINES_SHOWN:]]))


class Server:
    """A long-running command under a guardian, which ends it when told, or when we are gone."""

    def __init__(
        self, command: Sequence[str | Path], *, env: Mapping[str, str], folder: Path, log: Path
    ) -> None:
        self._log = log
        with log.open("wb") as output:
            self._guardian = subprocess.Popen(
                [sys.executable, GUARDIAN, folder, *command],
                env=env,
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C is for us; we stop the server in order
            )

    @property
    def is_running(self) -> bool:
        """Whether the server is still there."""
        return self._guardian.poll() is None

    def stop(self) -> None:
        """End the server and wipe its folder; harmless when it has ended already."""
        if self._guardian.stdin:
            self._guardian.stdin.close()
        self._guardian.wait(STOP_SECONDS)


def run(what: str, command: Sequence[str | Path], *, env: Mapping[str, str], log: Path) -> None:
    """Run a command to its end, its output in the log; when we are stopped, it is."""
    child: subprocess.Popen[bytes] | None = None
    with log.open("wb") as output:
        try:
            with undisturbed():
                child = subprocess.Popen(
                    command,
                    cwd=ROOT,
                    env=env,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,  # a group of its own, to be ended as a whole
                )
            child.wait()
        except BaseException:
            if child is not None:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
            raise
    if child.returncode:
        raise CommandFailed(what, log)
