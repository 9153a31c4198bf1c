"""What several functions are built from: clients, tables, the clock."""

import time
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from freshet.adapters.dynamodb.table import Table


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

    # Short waits and a few tries: a function's time is better spent on the next message.
    config = Config(connect_timeout=2, read_timeout=5, retries={"mode": "standard"})
    return _session().client(service, config=config)


def table(name: str) -> "Table":
    """Give a DynamoDB table."""
    from freshet.adapters.dynamodb.table import Table

    return Table(client("dynamodb"), name)


@cache
def _session() -> Any:
    import boto3

    return boto3.session.Session()
