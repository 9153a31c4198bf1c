"""The logger and the metrics of every function, made once; settings come from POWERTOOLS_*."""

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from decimal import Decimal

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter

from freshet.metric_kinds import Counter, Duration, Percentage

# An invocation with nothing to count is usual, and no reason for a line in the log.
warnings.filterwarnings("ignore", message="No application metrics to publish")

# What Powertools adds to each line although `service`, or the log group, says it already.
_SAID_ELSEWHERE = {"function_name", "function_arn", "function_memory_size"}


class LineFormatter(LambdaPowertoolsFormatter):
    """Writes one line of JSON with nothing twice, whose time and level Lambda understands."""

    def __init__(self) -> None:
        """Write RFC 3339: to a line with another form of time Lambda adds one, and INFO."""
        super().__init__(
            log_record_order=["level", "message", "timestamp"],
            use_rfc3339=True,
            utc=True,
            serialize_stacktrace=False,  # `exception` has it
            location=None,  # every message is a sentence that stands once in the code
            xray_trace_id=None,  # nothing is traced
        )

    def append_keys(self, **additional_keys: object) -> None:
        """Attach keys to every line, apart from those that say nothing new."""
        new = {name: each for name, each in additional_keys.items() if name not in _SAID_ELSEWHERE}
        super().append_keys(**new)


logger = Logger(logger_formatter=LineFormatter())
metrics = Metrics()

# Powertools would take Lambda's own level, and the template pins that to DEBUG: Lambda counts a
# line with metrics, which has no level, as INFO, and a higher one would filter it.
logging.getLogger(logger.name).setLevel(os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO"))
# Libraries have the root's level. At DEBUG they write URLs and bodies, and with them secrets.
logging.getLogger().setLevel(logging.WARNING)


def count(counter: Counter, number: int = 1) -> None:
    """Count a fact as a CloudWatch metric."""
    metrics.add_metric(name=counter.name, unit=counter.unit, value=number)


def measure_seconds(measured: Duration, duration: timedelta) -> None:
    """Report a duration as a CloudWatch metric."""
    metrics.add_metric(name=measured.name, unit=measured.unit, value=duration.total_seconds())


def measure_percent(measured: Percentage, percent: Decimal) -> None:
    """Report a share as a CloudWatch metric, to a hundredth of a percent."""
    metrics.add_metric(name=measured.name, unit=measured.unit, value=float(round(percent, 2)))


@contextmanager
def log_context(**keys: str) -> Iterator[None]:
    """Attach keys to every log line inside."""
    # By thread: the records of a batch are worked at the same time.
    logger.thread_safe_append_keys(**keys)
    try:
        yield
    finally:
        logger.thread_safe_remove_keys(list(keys))
