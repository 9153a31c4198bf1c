"""Time that passes only while everybody waits: hours of many workers in seconds, always alike.

Each job has a thread, and one of them runs at a time: whoever waits wakes whoever is due first.
"""

import heapq
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count

type Job = Callable[[], None]


class VirtualTime:
    """A clock, a way to wait, and the jobs that do."""

    def __init__(self, start: datetime) -> None:
        self.now = start
        self._order = count()
        self._waiting: list[tuple[datetime, int, threading.Semaphore]] = []
        self._all_done = threading.Semaphore(0)
        self._failure: BaseException | None = None

    def __call__(self) -> datetime:
        return self.now

    def wait(self, duration: timedelta) -> None:
        """Let the others go on until it is this much later."""
        if duration > timedelta(0):
            mine = self._queued(duration)
            self._wake_next()
            mine.acquire()

    def start(self, job: Job) -> None:
        """Add a job; it begins when the one that runs waits."""
        mine = self._queued(timedelta(0))

        def work() -> None:
            mine.acquire()
            try:
                job()
            except BaseException as failure:  # noqa: BLE001 - carried over to whoever runs it all
                self._failure = failure
            self._wake_next()

        threading.Thread(target=work, daemon=True).start()

    def run(self) -> None:
        """Run until every job has ended, or one has failed."""
        self._wake_next()
        self._all_done.acquire()
        if self._failure is not None:
            raise self._failure

    def _queued(self, duration: timedelta) -> threading.Semaphore:
        mine = threading.Semaphore(0)
        heapq.heappush(self._waiting, (self.now + duration, next(self._order), mine))
        return mine

    def _wake_next(self) -> None:
        if self._failure is not None or not self._waiting:
            self._all_done.release()
            return
        self.now, _, first = heapq.heappop(self._waiting)
        first.release()
