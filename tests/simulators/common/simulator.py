"""A simulator: one server for the provider and for its control interface."""

import threading
from types import TracebackType
from typing import Self

from tests.simulators.common.control import CONTROL_PREFIX
from tests.simulators.common.server import Answer, LoopbackServer
from tests.simulators.common.timers import Timers
from tests.simulators.common.wire import Reply, Request


class Simulator:
    """A provider on loopback; use it as a context manager or call start and stop."""

    def __init__(self, *, port: int, provider: Answer, control: Answer, timers: Timers) -> None:
        self.timers = timers
        self._provider = provider
        self._control = control
        self._hurry = threading.Event()
        self._server = LoopbackServer(port=port, answer=self._answer)

    @property
    def url(self) -> str:
        """Return the base URL of the provider."""
        return self._server.url

    @property
    def control_url(self) -> str:
        """Return the base URL of the control interface."""
        return f"{self.url}{CONTROL_PREFIX}"

    def start(self) -> None:
        """Start serving."""
        self.timers.start()
        self._server.start()

    def stop(self) -> None:
        """Stop serving and forget pending deliveries."""
        self._hurry.set()
        self._server.stop()
        self.timers.stop()

    def pause(self, seconds: float) -> None:
        """Let an answering thread wait, but not longer than the simulator runs."""
        self._hurry.wait(seconds)

    def end_pauses(self) -> None:
        """Let every answering thread that waits go on at once."""
        self._hurry.set()
        self._hurry = threading.Event()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def _answer(self, request: Request) -> Reply:
        if request.path.startswith(f"{CONTROL_PREFIX}/"):
            return self._control(request)
        return self._provider(request)
