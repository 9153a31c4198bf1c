"""A line of the log says each thing once, with a time that Lambda takes over."""

import re
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from aws_lambda_powertools import Logger

from freshet.domain import call_errors
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.trouble import log_keys_of
from freshet.observability import LineFormatter, log_context, logger
from tests.log_lines import WrittenLog, written_log

CONTEXT = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:test",
    aws_request_id="request-1",
)


@pytest.fixture
def log() -> Iterator[WrittenLog]:
    with written_log() as written:
        yield written
    logger.structure_logs()


@pytest.mark.parametrize("times", [1, 2])
def test_line_has_nothing_twice_when_a_function_writes_it(
    log: WrittenLog, times: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988-bd862e3fe1be46a994272793")

    @logger.inject_lambda_context(clear_state=True)
    def handler(event: dict[str, Any], context: Any) -> None:
        with log_context(connection_id="con_1"):
            logger.info("Connection read", calls=2, troubles=None)

    for _ in range(times):
        handler({}, CONTEXT)
    line = log.lines[-1]
    assert line.pop("cold_start") in (True, False)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", line.pop("timestamp"))
    assert line == {
        "level": "INFO",
        "message": "Connection read",
        "service": "test",
        "function_request_id": "request-1",
        "connection_id": "con_1",
        "calls": 2,
    }


def test_traceback_stands_in_a_line_once(log: WrittenLog) -> None:
    try:
        len(3)  # type: ignore[arg-type]
    except TypeError:
        logger.exception("It went wrong")
    [line] = log.lines
    assert log.text.count("test_observability.py") == 1
    assert (line["exception_name"], line["level"]) == ("TypeError", "ERROR")


def test_formatter_is_the_one_in_use() -> None:
    assert isinstance(logger, Logger)
    assert isinstance(logger.registered_formatter, LineFormatter)


@pytest.mark.parametrize(
    ("code", "told"), [("3003", "3003"), ("https://a?userSecret=x", None), (None, None)]
)
def test_failed_call_tells_its_code_when_it_is_one(code: str | None, told: str | None) -> None:
    answer = ProviderAnswer(
        provider="snaptrade", operation="positions", status=402, code=code, request_id="r"
    )
    assert log_keys_of(call_errors.LoginRequired(answer)) == {
        "provider": "snaptrade",
        "operation": "positions",
        "http_status": 402,
        "code": told,
        "request_id": "r",
        "reason": "login_required",
    }


def test_call_that_was_never_made_tells_its_reason() -> None:
    assert log_keys_of(call_errors.OutOfTime()) == {"reason": "out_of_time"}
