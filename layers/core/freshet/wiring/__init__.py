"""What several functions are built from: clients, tables, the clock."""

import time
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

    from freshet.adapters.dynamodb.table import Table


class Invocation:
    """How long the invocation under way may still take: without an end until Lambda names one."""

    def __init__(self) -> None:
        """Know of no end."""
        self._ends_at = float("inf")

    def begin(self, context: "LambdaContext") -> None:
        """Take note of when Lambda ends it."""
        self._ends_at = time.monotonic() + context.get_remaining_time_in_millis() / 1000

    def seconds_left(self) -> float:
        """Say how many seconds are left."""
        return self._ends_at - time.monotonic()


INVOCATION = Invocation()
"""The one of this process: Lambda gives it one event at a time."""

_HELPFUL = ("ssm",)  # keys of providers that can also be asked for


def utc_now() -> datetime:
    """Read the system's clock: the one place that does."""
    return datetime.now(UTC)


def wait(duration: timedelta) -> None:
    """Let time pass."""
    time.sleep(duration.total_seconds())


@cache
def client(service: str) -> Any:
    """Give the client of an AWS service, made once."""
    from botocore.config import Config

    # Short waits and a few tries: a function's time is better spent on the next message. What only
    # helps is given up at once.
    config = (
        Config(connect_timeout=1, read_timeout=1, retries={"total_max_attempts": 1})
        if service in _HELPFUL
        else Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard"})
    )
    return _session().client(service, config=config)


def table(name: str) -> "Table":
    """Give a DynamoDB table."""
    from freshet.adapters.dynamodb.table import Table

    return Table(client("dynamodb"), name)


@cache
def _session() -> Any:
    import boto3

    return boto3.session.Session()
