"""The processes of a function: warm ones again, no more than allowed, and none that hangs."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.local_stack.function_pool import FunctionPool, FunctionSettings, Outcome, PoolClosed
from tests.patience import eventually

LIMIT = 2
CODE = """
import os, time
STARTED_IN = os.getpid()

def handler(event, context):
    print("asked for", event["do"])
    match event["do"]:
        case "tell":
            return {"pid": os.getpid(), "runtime": STARTED_IN, "id": context.aws_request_id}
        case "fail":
            raise ValueError("as told")
        case "exit":
            os._exit(3)
        case "hang":
            open(event["mark"], "w").close()
            time.sleep(600)
        case "meet":  # returns once the other one is there as well
            open(event["mark"] + event["name"], "w").close()
            while not os.path.exists(event["mark"] + event["other"]):
                time.sleep(0.01)
            return os.getpid()
"""


def _settings(folder: Path, timeout_seconds: float) -> FunctionSettings:
    (folder / "app.py").write_text(CODE)
    return FunctionSettings(
        name="function",
        handler="app.handler",
        folders=(folder,),
        variables={
            "PATH": os.defpath,
            "AWS_LAMBDA_FUNCTION_NAME": "function",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_LAMBDA_LOG_GROUP_NAME": "group",
            "AWS_LAMBDA_LOG_STREAM_NAME": "stream",
            "_LAMBDA_FUNCTION_ARN": "arn:invented",
        },
        timeout_seconds=timeout_seconds,
        log_group="group",
        output=folder / "output.log",
        modules=folder / "modules",
    )


@pytest.fixture
def pool(tmp_path: Path) -> Iterator[FunctionPool]:
    made = FunctionPool(_settings(tmp_path, 300), LIMIT)
    yield made
    made.stop()


def _ask(pool: FunctionPool, do: str, **more: Any) -> Outcome:
    return pool.invoke({"do": do, **more}, "request-1")


def test_a_warm_process_is_used_again(pool: FunctionPool) -> None:
    first, second = _ask(pool, "tell"), _ask(pool, "tell")
    assert first.result["pid"] == second.result["pid"] != first.result["runtime"]
    assert (first.result["id"], first.log) == ("request-1", "asked for tell\n")
    assert pool.processes() == 1


def test_as_many_as_allowed_work_at_once_and_the_others_wait(
    pool: FunctionPool, tmp_path: Path
) -> None:
    mark = str(tmp_path / "met-")
    with ThreadPoolExecutor(10) as clients:
        two = [
            clients.submit(_ask, pool, "meet", mark=mark, name=name, other=other)
            for name, other in ("ab", "ba")
        ]
        others = [clients.submit(_ask, pool, "tell") for _ in range(8)]
        met = {each.result().result for each in two}
        pids = {each.result().result["pid"] for each in others}
    assert len(met) == LIMIT
    assert pids <= met
    assert pool.processes() == LIMIT


def test_a_failure_is_told_and_the_process_lives_on(pool: FunctionPool) -> None:
    before = _ask(pool, "tell").result["pid"]
    failed = _ask(pool, "fail")
    assert failed.error is not None
    assert (failed.error["errorType"], failed.error["errorMessage"]) == ("ValueError", "as told")
    assert "ValueError: as told" in failed.log
    assert _ask(pool, "tell").result["pid"] == before


def test_a_process_that_ends_is_replaced(pool: FunctionPool) -> None:
    before = _ask(pool, "tell").result["pid"]
    ended = _ask(pool, "exit")
    assert ended.error == {"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited"}
    assert ended.log == "asked for exit\n"
    assert _ask(pool, "tell").result["pid"] != before


def test_a_process_at_work_can_be_killed(pool: FunctionPool, tmp_path: Path) -> None:
    mark = tmp_path / "hangs"
    with ThreadPoolExecutor(1) as clients:
        hanging = clients.submit(_ask, pool, "hang", mark=str(mark))
        eventually(mark.exists, until=bool)
        assert pool.kill() == 1
        assert hanging.result().error is not None
    assert _ask(pool, "tell").error is None


def test_a_function_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    pool = FunctionPool(_settings(tmp_path, 0.2), 1)
    try:
        late = _ask(pool, "hang", mark=str(tmp_path / "hangs"))
        assert late.error is not None
        assert late.error["errorMessage"] == "Task timed out after 0.20 seconds"
        assert pool.processes() == 0
    finally:
        pool.stop()


def test_what_cannot_be_imported_says_why(tmp_path: Path) -> None:
    settings = _settings(tmp_path, 300)
    (tmp_path / "app.py").write_text("import nothing_of_that_name")
    pool = FunctionPool(settings, 1)
    try:
        error = _ask(pool, "tell").error
        assert error is not None
        assert "nothing_of_that_name" in error["errorMessage"]
    finally:
        pool.stop()


def test_nobody_waits_for_ever_when_everything_is_stopped(
    pool: FunctionPool, tmp_path: Path
) -> None:
    marks = [tmp_path / f"hangs-{number}" for number in range(LIMIT)]
    with ThreadPoolExecutor(10) as clients:
        hanging = [clients.submit(_ask, pool, "hang", mark=str(mark)) for mark in marks]
        eventually(lambda: all(mark.exists() for mark in marks), until=bool)
        waiting = [clients.submit(_ask, pool, "tell") for _ in range(5)]
        pool.stop()
        assert all(each.result().error is not None for each in hanging)
        for each in waiting:
            with pytest.raises(PoolClosed):
                each.result()


def test_what_works_may_end_when_the_function_is_configured_anew(
    pool: FunctionPool, tmp_path: Path
) -> None:
    mark = str(tmp_path / "met-")
    with ThreadPoolExecutor(2) as clients:
        one = clients.submit(_ask, pool, "meet", mark=mark, name="a", other="b")
        eventually((tmp_path / "met-a").exists, until=bool)
        closing = clients.submit(pool.close)
        (tmp_path / "met-b").touch()
        assert one.result().error is None
        closing.result()
    with pytest.raises(PoolClosed):
        _ask(pool, "tell")
