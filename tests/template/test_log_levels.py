"""Metrics reach CloudWatch at every value of LogLevel, our lines from the level that it names."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.environment import MADE_HERE
from tests.function_variables import FUNCTION_VARIABLES
from tests.patience import standstill_seconds
from tests.template.reading import Template

ROOT = Path(__file__).resolve().parents[2]
LEVELS = ["DEBUG", "INFO", "WARN", "ERROR"]
_RANKS = {name: rank for rank, name in enumerate(["TRACE", *LEVELS])} | {"WARNING": 3}

# Refused for its size, before anything outside is asked; then lines of every level.
_INVOCATION = """
import logging
from types import SimpleNamespace
from functions.receive_webhook.app import lambda_handler
from freshet.observability import logger
event = {"routeKey": "POST /webhooks/snaptrade", "headers": {}, "body": "x" * 70_000}
context = SimpleNamespace(
    function_name="f", memory_limit_in_mb=512, invoked_function_arn="arn", aws_request_id="r-1"
)
lambda_handler(event, context)
for say in (logger.debug, logger.info, logger.error):
    say("A line")
logging.basicConfig()
logging.getLogger("botocore").debug("A secret")
"""


def test_every_level_is_tried(template: Template) -> None:
    assert template.parameters["LogLevel"]["AllowedValues"] == LEVELS


@pytest.mark.parametrize("level", LEVELS)
def test_lambda_filters_nothing_of_ours_at_any_level(template: Template, level: str) -> None:
    deployed = template.given(LogLevel=level)
    for name, function in deployed.functions.items():
        logging = function["LoggingConfig"]
        assert logging["ApplicationLogLevel"] == "DEBUG", name
        assert logging["SystemLogLevel"] == ("INFO" if level == "DEBUG" else "WARN"), name
        assert deployed.environment(name)["POWERTOOLS_LOG_LEVEL"] == {"Ref": "LogLevel"}, name


@pytest.mark.parametrize("level", LEVELS)
def test_metrics_are_kept_when_lines_below_the_level_are_not(
    template: Template, level: str
) -> None:
    function = template.given(LogLevel=level).functions["ReceiveWebhookFunction"]
    pinned = function["LoggingConfig"]["ApplicationLogLevel"]
    kept = [line for line in _written(level, pinned) if _is_kept(line, pinned)]
    [sent] = [line for line in kept if "_aws" in line]
    assert sent["WebhookRefused"] == [1]
    levels = [line["level"] for line in kept if "level" in line]
    from_here = _RANKS[level]
    of_ours = ["WARNING", "DEBUG", "INFO", "ERROR"]
    assert levels == [each for each in of_ours if _RANKS[each] >= from_here]


@pytest.mark.parametrize("pinned", ["WARN", "ERROR"])
def test_metrics_would_be_lost_when_lambda_filtered_by_a_higher_level(pinned: str) -> None:
    assert not _is_kept({"_aws": {}}, pinned)


def _is_kept(line: dict[str, Any], pinned: str) -> bool:
    """Filter as Lambda does with ApplicationLogLevel: a line without a level counts as INFO."""
    return _RANKS[line.get("level", "INFO")] >= _RANKS[pinned]


def _written(level: str, pinned: str) -> list[dict[str, Any]]:
    """Invoke the receiver in a process of its own, which Lambda tells its own level, too."""
    variables = {
        **MADE_HERE,
        **FUNCTION_VARIABLES,
        "PROVIDERS": "snaptrade",
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "layers" / "core")]),
        "PYTHONDONTWRITEBYTECODE": "1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_LAMBDA_LOG_LEVEL": pinned,
        "POWERTOOLS_LOG_LEVEL": level,
        "POWERTOOLS_SERVICE_NAME": "receive_webhook",
        "POWERTOOLS_METRICS_NAMESPACE": "Freshet",
    }
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", _INVOCATION],
        env=variables,
        capture_output=True,
        text=True,
        timeout=standstill_seconds(),
        check=True,
    )
    assert "A secret" not in run.stderr
    return [json.loads(line) for line in run.stdout.splitlines()]
