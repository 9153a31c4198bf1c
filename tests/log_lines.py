"""The lines of a log as they are written: parsed, one a line."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from freshet.observability import logger


@dataclass(frozen=True, slots=True)
class WrittenLog:
    """What our logger has written since this began to listen."""

    stream: io.StringIO = field(default_factory=io.StringIO)

    @property
    def text(self) -> str:
        """Give it as it is written."""
        return self.stream.getvalue()

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Give its lines, parsed."""
        return [json.loads(line) for line in self.text.splitlines()]


@contextmanager
def written_log() -> Iterator[WrittenLog]:
    """Listen to the logger of the functions, formatted as it formats."""
    log, ours = WrittenLog(), logging.getLogger(logger.name)
    handler = logging.StreamHandler(log.stream)
    handler.setFormatter(logger.registered_formatter)
    ours.addHandler(handler)
    try:
        yield log
    finally:
        ours.removeHandler(handler)
