"""The process that runs one function, started by the function host with the function's environment.

It imports the function once; each execution environment is a fork of it, which takes milliseconds
where a new process would import everything again. What a function imports only when it is first
invoked, the runtime imports as well from the second start on: the names are kept in a file.
Standard library only: whatever else a function imports must come from its own code or its layers.

Usage: runtime.py CONTROL_FD MODULES_FILE HANDLER FOLDER…, the function's code before its layers
"""

import importlib
import json
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

type Handler = Callable[[Any, Any], Any]


class Context:
    """What a handler is told of its invocation, as Lambda names it."""

    def __init__(self, request_id: str, seconds: float) -> None:
        variable = os.environ.__getitem__
        self.aws_request_id = request_id
        self.function_name = variable("AWS_LAMBDA_FUNCTION_NAME")
        self.function_version = variable("AWS_LAMBDA_FUNCTION_VERSION")
        self.memory_limit_in_mb = int(variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"))
        self.invoked_function_arn = variable("_LAMBDA_FUNCTION_ARN")
        self.log_group_name = variable("AWS_LAMBDA_LOG_GROUP_NAME")
        self.log_stream_name = variable("AWS_LAMBDA_LOG_STREAM_NAME")
        self.identity = self.client_context = None
        self._deadline = time.time() + seconds

    def get_remaining_time_in_millis(self) -> int:
        """Tell how long the invocation may still take."""
        return max(0, int((self._deadline - time.time()) * 1000))


def main() -> None:
    """Import the function, then fork an execution environment whenever the host asks for one."""
    control, modules = socket.socket(fileno=int(sys.argv[1])), Path(sys.argv[2])
    handler = load(sys.argv[3], sys.argv[4:])
    is_known = import_known(modules)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # no zombies
    while True:
        _, descriptors, _, _ = socket.recv_fds(control, 1, 2)
        if not descriptors:  # the host is gone: nothing of its functions may go on
            os.killpg(0, signal.SIGKILL)
        if os.fork() == 0:
            control.close()
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            connection, log = descriptors
            serve(handler, connection, log, None if is_known else modules)
            os._exit(0)
        for each in descriptors:
            os.close(each)


def load(name: str, folders: list[str]) -> Handler:
    """Import a handler named `module.function`; what goes wrong is told to each invocation."""
    sys.path[:0] = folders
    module, _, function = name.rpartition(".")
    try:
        handler: Handler = getattr(importlib.import_module(module), function)
    except BaseException as error:  # noqa: BLE001 a module may also exit
        failure = described(error)
        return lambda event, context: _fail(failure)
    return handler


def import_known(modules: Path) -> bool:
    """Import what the function was seen to import; False where it was not seen yet."""
    if not modules.exists():
        return False
    for name in modules.read_text().split():
        with suppress(Exception):  # the function is told when it imports the module itself
            importlib.import_module(name)
    return True


def remember(modules: Path) -> None:
    """Keep the names of all modules for the next start."""
    mine = modules.with_suffix(f".{os.getpid()}")
    mine.write_text("\n".join(name for name in sys.modules if not name.startswith("__")))
    mine.replace(modules)


class ImportFailed(Exception):
    """The function could not be imported."""


def _fail(failure: dict[str, Any]) -> None:
    raise ImportFailed(f"{failure['errorType']}: {failure['errorMessage']}")


def serve(handler: Handler, connection: int, log: int, modules: Path | None) -> None:
    """Answer one invocation after another until the host closes the connection."""
    os.dup2(log, 1)
    os.dup2(log, 2)
    with socket.socket(fileno=connection).makefile("rw", encoding="utf-8") as lines:
        _say(lines, {"pid": os.getpid()})
        for line in lines:
            _say(lines, answer(handler, json.loads(line)))
            if modules:
                remember(modules)
                modules = None


def answer(handler: Handler, asked: dict[str, Any]) -> dict[str, Any]:
    """Run the handler once."""
    try:
        result = handler(asked["event"], Context(asked["request_id"], asked["seconds"]))
        return {"result": json.loads(json.dumps(result))}
    except Exception as error:  # noqa: BLE001 Lambda tells of any
        traceback.print_exc()
        return {"error": described(error)}
    finally:
        sys.stdout.flush()
        sys.stderr.flush()


def described(error: BaseException) -> dict[str, Any]:
    """Describe an exception as Lambda does."""
    return {
        "errorType": type(error).__name__,
        "errorMessage": str(error),
        "stackTrace": traceback.format_tb(error.__traceback__),
    }


def _say(lines: Any, document: dict[str, Any]) -> None:
    lines.write(json.dumps(document) + "\n")
    lines.flush()


if __name__ == "__main__":
    main()
