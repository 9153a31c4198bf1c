"""The logger and the metrics of every function, made once; settings come from POWERTOOLS_*."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from aws_lambda_powertools import Logger, Metrics

from freshet.metric_kinds import Counter, Duration

# An invocation with nothing to count is usual, and no reason for a line in the log.
warnings.filterwarnings("ignore", message="No application metrics to publish")

logger = Logger()
metrics = Metrics()


def count(counter: Counter, number: int = 1) -> None:
    """Count a fact as a CloudWatch metric."""
    metrics.add_metric(name=counter.name, unit=counter.unit, value=number)


def measure_seconds(measured: Duration, duration: timedelta) -> None:
    """Report a duration as a CloudWatch metric."""
    metrics.add_metric(name=measured.name, unit=measured.unit, value=duration.total_seconds())


@contextmanager
def log_context(**keys: str) -> Iterator[None]:
    """Attach keys to every log line inside."""
    # By thread: the records of a batch are worked at the same time.
    logger.thread_safe_append_keys(**keys)
    try:
        yield
    finally:
        logger.thread_safe_remove_keys(list(keys))
