"""The logger and the metrics of every function, made once; settings come from POWERTOOLS_*."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit

# An invocation with nothing to count is usual, and no reason for a line in the log.
warnings.filterwarnings("ignore", message="No application metrics to publish")

logger = Logger()
metrics = Metrics()


def count(fact: str, number: int = 1) -> None:
    """Count a fact as a CloudWatch metric."""
    metrics.add_metric(name=fact, unit=MetricUnit.Count, value=number)


def provider_fact(provider: str, fact: str) -> str:
    """Name a fact of one provider: a metric of its own, as an alarm wants it."""
    return f"{provider.capitalize()}{fact}"


def reason_fact(fact: str, reason: str) -> str:
    """Name a fact by its reason: `WebhookRefused`, `bad_signature` give one name."""
    return fact + "".join(word[:1].upper() + word[1:] for word in reason.split("_"))


def measure_seconds(fact: str, duration: timedelta) -> None:
    """Report a duration as a CloudWatch metric."""
    seconds = duration.total_seconds()
    metrics.add_metric(name=fact, unit=MetricUnit.Seconds, value=seconds)


@contextmanager
def log_context(**keys: str) -> Iterator[None]:
    """Attach keys to every log line inside."""
    # By thread: the records of a batch are worked at the same time.
    logger.thread_safe_append_keys(**keys)
    try:
        yield
    finally:
        logger.thread_safe_remove_keys(list(keys))
