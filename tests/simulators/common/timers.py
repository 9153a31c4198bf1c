"""Jobs that run later on a few daemon threads."""

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

type Job = Callable[[], None]


class Timers:
    """A heap of jobs by due time, worked by a small pool; real time, not the injected clock."""

    def __init__(self, *, threads: int = 4) -> None:
        self._jobs: list[tuple[float, int, Job]] = []
        self._order = itertools.count()
        self._wake = threading.Condition()
        self._stopped = False
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(threads)]

    def start(self) -> None:
        """Start the worker threads."""
        for thread in self._threads:
            thread.start()

    def after(self, delay_seconds: float, job: Job) -> None:
        """Run a job once the delay has passed."""
        with self._wake:
            due = time.monotonic() + delay_seconds
            heapq.heappush(self._jobs, (due, next(self._order), job))
            self._wake.notify()

    def stop(self) -> None:
        """Forget what is waiting and end the threads."""
        with self._wake:
            self._stopped = True
            self._jobs.clear()
            self._wake.notify_all()
        for thread in self._threads:
            # A job may sit in a webhook timeout; the thread is a daemon, so do not wait for it.
            thread.join(timeout=1)

    def _work(self) -> None:
        while (job := self._next_job()) is not None:
            try:
                job()
            except Exception:
                logger.exception("Job failed")

    def _next_job(self) -> Job | None:
        with self._wake:
            while not self._stopped:
                if not self._jobs:
                    self._wake.wait()
                    continue
                wait_seconds = self._jobs[0][0] - time.monotonic()
                if wait_seconds <= 0:
                    return heapq.heappop(self._jobs)[2]
                self._wake.wait(wait_seconds)
        return None
