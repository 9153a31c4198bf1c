"""What several functions are built from: clients, tables, the clock."""

import os
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
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


def is_on_lambda() -> bool:
    """Tell whether Lambda runs us, and not a test or a tool."""
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ


def utc_now() -> datetime:
    """Read the system's clock: the one place that does."""
    return datetime.now(UTC)


def wait(duration: timedelta) -> None:
    """Let time pass."""
    time.sleep(duration.total_seconds())


def side_by_side[Item, Result](
    work: Callable[[Item], Result], items: Sequence[Item]
) -> Sequence[Result]:
    """The port Overlapped, with a thread for each item."""
    with ThreadPoolExecutor(max_workers=max(1, len(items))) as threads:
        return list(threads.map(work, items))


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
    made = _session().create_client(service, config=config)
    if is_on_lambda():
        _share_tls(made)
    return made


def _share_tls(made: Any) -> None:
    from freshet.adapters.authorities import public_authorities
    from freshet.adapters.aws_connections import AwsConnections, may_share_tls

    if may_share_tls(os.environ):
        connections = AwsConnections(public_authorities(), made.meta.config)
        made.meta.events.register("before-send", connections.send)


def table(name: str) -> "Table":
    """Give a DynamoDB table."""
    from freshet.adapters.dynamodb.table import Table

    return Table(client("dynamodb"), name)


@cache
def _session() -> Any:
    # Not boto3, whose own part is resources, transfers and their pools: none of it is used.
    from botocore.session import Session

    return Session()
