"""The execution environments of one function: warm ones are used again, and there is a limit."""

import json
import os
import queue
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_RUNTIME = Path(__file__).with_name("runtime.py")


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionSettings:
    """What it takes to run a function."""

    name: str
    handler: str
    folders: tuple[Path, ...]
    variables: Mapping[str, str]
    timeout_seconds: float
    log_group: str
    output: Path
    """What is written while the function is imported."""
    modules: Path
    """A file with the names of what the function imports, from one run to the next."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an invocation: a result or an error, and what was written to the log."""

    result: Any
    error: dict[str, Any] | None
    log: str


class EnvironmentEnded(Exception):
    """The process of an execution environment has ended before it answered."""


class PoolClosed(Exception):
    """The function runs elsewhere now, or no longer."""


class ExecutionEnvironment:
    """One process that serves one invocation at a time."""

    def __init__(self, control: socket.socket) -> None:
        """Have the runtime fork a process; it ends when its connection is closed."""
        self._connection, theirs = socket.socketpair()
        self._log = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115 closed by destroy()
        self._lines = self._connection.makefile("rw", encoding="utf-8")
        self._pid: int | None = None
        try:
            with theirs:
                socket.send_fds(control, [b"+"], [theirs.fileno(), self._log.fileno()])
            self._pid = int(self._heard()["pid"])
        except BaseException:
            self.destroy()
            raise

    def invoke(self, event: Any, request_id: str, seconds: float) -> Outcome:
        """Invoke; raises TimeoutError, or EnvironmentEnded when the process dies."""
        self._connection.settimeout(seconds)
        asked = {"event": event, "request_id": request_id, "seconds": seconds}
        try:
            self._lines.write(json.dumps(asked) + "\n")
            self._lines.flush()
        except OSError as error:
            raise EnvironmentEnded from error
        heard = self._heard()
        return Outcome(heard.get("result"), heard.get("error"), self.take_log())

    def take_log(self) -> str:
        """Give what was written since the last time."""
        end = self._log.seek(0, os.SEEK_END)
        content = os.pread(self._log.fileno(), end, 0)
        # Both sides share the position in the file, so the process goes on at the beginning.
        self._log.seek(0)
        self._log.truncate()
        return content.decode(errors="replace")

    def kill(self) -> None:
        """End the process in the middle of whatever it does."""
        if self._pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)

    def destroy(self) -> str:
        """End the process whatever it does; gives what it has written."""
        self.kill()
        log = self.take_log()
        with suppress(OSError):
            self._lines.close()
        self._connection.close()
        self._log.close()
        return log

    def _heard(self) -> dict[str, Any]:
        try:
            line = self._lines.readline()
        except TimeoutError:
            raise
        except OSError as error:
            raise EnvironmentEnded from error
        if not line:
            raise EnvironmentEnded
        return dict(json.loads(line))


class FunctionPool:
    """As many processes of a function at once as allowed; whoever comes then waits its turn."""

    def __init__(self, settings: FunctionSettings, limit: int) -> None:
        self.settings = settings
        self._limit = limit
        self._starting = threading.Lock()
        self._counting = threading.Lock()
        self.invocations = 0
        self._runtime: subprocess.Popen[bytes] | None = None
        self._control = socket.socket()
        self._is_closed = False
        self._busy: set[ExecutionEnvironment | None] = set()
        # The last one to become free is the first to be used; None: one may be started.
        self._places: queue.LifoQueue[ExecutionEnvironment | None] = queue.LifoQueue()
        for _ in range(limit):
            self._places.put(None)

    def invoke(self, event: Any, request_id: str) -> Outcome:
        """Invoke the function once there is a place for it; raises PoolClosed."""
        with self._counting:
            self.invocations += 1
        environment = self._places.get()
        try:
            if self._is_closed:
                raise PoolClosed
            if environment is None:
                environment = self._started()
            self._busy.add(environment)
            return environment.invoke(event, request_id, self.settings.timeout_seconds)
        except (TimeoutError, EnvironmentEnded) as error:
            log = "" if environment is None else environment.destroy()
            self._busy.discard(environment)
            environment = None
            return Outcome(None, self._why(error), log)
        finally:
            self._busy.discard(environment)
            self._places.put(environment)

    def kill(self) -> int:
        """Kill the processes that work at this moment; gives how many there were."""
        doomed = [each for each in self._busy if each]
        for each in doomed:
            each.kill()
        return len(doomed)

    def processes(self) -> int:
        """Count the processes, warm ones included."""
        return sum(each is not None for each in [*self._busy, *self._places.queue])

    def close(self) -> None:
        """End all processes; those at work, once they have answered."""
        self._collect()
        self._is_closed = True
        self._end_runtime()
        self._let_go()

    def stop(self) -> None:
        """End all processes at once."""
        self._is_closed = True
        self._end_runtime()
        self._collect()
        self._let_go()

    def _collect(self) -> None:
        """Take all places, each when it is given back."""
        for _ in range(self._limit):
            if environment := self._places.get():
                environment.destroy()

    def _let_go(self) -> None:
        """Give the places back for those who wait, to be told that it is over."""
        for _ in range(self._limit):
            self._places.put(None)

    def _end_runtime(self) -> None:
        with self._starting:
            self._control.close()
            if self._runtime:
                self._runtime.wait()

    def _why(self, error: Exception) -> dict[str, Any]:
        if isinstance(error, TimeoutError):
            text = f"Task timed out after {self.settings.timeout_seconds:.2f} seconds"
            return {"errorType": "Sandbox.Timedout", "errorMessage": text}
        return {"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited"}

    def _started(self) -> ExecutionEnvironment:
        with self._starting:
            if self._is_closed:
                raise EnvironmentEnded
            if self._runtime is None or self._runtime.poll() is not None:
                self._start_runtime()
        try:
            return ExecutionEnvironment(self._control)
        except OSError as error:  # the runtime ended, or was stopped
            raise EnvironmentEnded from error

    def _start_runtime(self) -> None:
        """Start the process that imports the function: the machine's Python, and nothing beside."""
        python = getattr(sys, "_base_executable", sys.executable)
        control, theirs = socket.socketpair()
        descriptor = theirs.fileno()
        settings = self.settings
        command = [python, "-I", "-S", "-u", _RUNTIME, str(descriptor), settings.modules]
        with theirs, settings.output.open("ab") as output:
            self._runtime = subprocess.Popen(
                [*command, settings.handler, *settings.folders],
                cwd=settings.folders[0],
                env=dict(settings.variables),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[descriptor],
                start_new_session=True,  # Ctrl-C is for us
            )
        self._control.close()
        self._control = control
