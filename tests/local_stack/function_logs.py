"""The functions' logs, on their way to CloudWatch Logs, many lines in one request."""

import queue
import threading
import time
from collections import defaultdict
from contextlib import suppress
from typing import Any, ClassVar

_PAUSE_SECONDS = 2.0
_MOST_EVENTS = 5_000  # of one request; AWS allows twice as many


class FunctionLogs:
    """Keeps what functions have written until it is sent."""

    STREAM: ClassVar = "local"

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lines: queue.SimpleQueue[tuple[str, int, str]] = queue.SimpleQueue()
        self._sending = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._send_regularly, daemon=True)

    def start(self) -> None:
        """Send from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Send no more."""
        self._stopped.set()
        self._thread.join()

    def add(self, group: str, text: str) -> None:
        """Take what a function has written during one invocation."""
        now = int(time.time() * 1000)
        for line in text.splitlines():
            self._lines.put((group, now, line))

    def send(self) -> None:
        """Send everything that has been written until now."""
        with self._sending:
            self._send()

    def _send_regularly(self) -> None:
        while not self._stopped.wait(_PAUSE_SECONDS):
            self.send()

    def _send(self) -> None:
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
