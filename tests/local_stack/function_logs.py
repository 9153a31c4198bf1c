"""The functions' logs, on their way to CloudWatch Logs, many lines in one request."""

import queue
import time
from collections import defaultdict
from contextlib import suppress
from typing import Any, ClassVar

_MOST_EVENTS = 5_000  # of one request; AWS allows twice as many


class FunctionLogs:
    """Keeps what functions have written until it is sent."""

    STREAM: ClassVar = "local"

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lines: queue.SimpleQueue[tuple[str, int, str]] = queue.SimpleQueue()

    def add(self, group: str, text: str) -> None:
        """Take what a function has written during one invocation."""
        now = int(time.time() * 1000)
        for line in text.splitlines():
            self._lines.put((group, now, line))

    def send(self) -> None:
        """Send everything that has been written until now."""
        events: dict[str, list[dict[str, Any]]] = defaultdict(list)
        with suppress(queue.Empty):
            while True:
                group, at, line = self._lines.get_nowait()
                events[group].append({"timestamp": at, "message": line})
        for group, found in events.items():
            self._make(group)
            for first in range(0, len(found), _MOST_EVENTS):
                self._client.put_log_events(
                    logGroupName=group,
                    logStreamName=self.STREAM,
                    logEvents=found[first : first + _MOST_EVENTS],
                )

    def _make(self, group: str) -> None:
        exists = self._client.exceptions.ResourceAlreadyExistsException
        with suppress(exists):
            self._client.create_log_group(logGroupName=group)
        with suppress(exists):
            self._client.create_log_stream(logGroupName=group, logStreamName=self.STREAM)
