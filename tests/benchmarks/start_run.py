"""One cold start in a process of its own: INIT, then so many invocations; tells what each cost.

Standard library only: everything else is the function's own.
Usage: start_run.py FUNCTIONS_FOLDER < the events, as a JSON array
"""

import importlib
import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

_CONTEXT = SimpleNamespace(
    function_name="bench",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:bench",
    aws_request_id="request-1",
    get_remaining_time_in_millis=lambda: 120_000,
)


def main() -> None:
    """Start, answer every event, and report on the last line."""
    events: list[Any] = json.loads(sys.stdin.read())
    # In place of this script's own folder, whose modules would hide others of their names.
    sys.path[0] = str(Path(sys.argv[1]))
    spent, answers, loaded = [time.process_time()], [], [set(sys.modules)]
    app = importlib.import_module("app")

    def note() -> None:
        spent.append(time.process_time())
        loaded.append(set(sys.modules))

    note()
    for event in events:
        answers.append(app.lambda_handler(event, _CONTEXT))
        note()
    report = {
        "seconds": [after - before for before, after in zip(spent, spent[1:], strict=False)],
        "loaded": [
            sorted(after - before) for before, after in zip(loaded, loaded[1:], strict=False)
        ],
        "answers": answers,
        "peak_kb": _peak_kb(),
    }
    print("\n" + json.dumps(report, default=str))


def _peak_kb() -> int:
    # Not getrusage, whose peak begins with that of the process that started this one.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(each.split()[1]) for each in lines if each.startswith("VmHWM:"))


if __name__ == "__main__":
    main()
