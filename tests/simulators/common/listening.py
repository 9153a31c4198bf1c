"""A listener that keeps what is posted to it."""

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from tests.patience import wait_for
from tests.simulators.common.server import LoopbackServer
from tests.simulators.common.wire import Reply, Request

OK = 200


@dataclass(frozen=True, slots=True)
class Posted:
    """One request as it came over the wire; header names in lower case."""

    headers: Mapping[str, str]
    body: bytes


class Listener[Received](ABC):
    """Answers the planned statuses in turn, then 200; a provider says how to read a delivery."""

    path = "/"

    def __init__(self) -> None:
        self.statuses: deque[int] = deque()
        self._kept: list[Received] = []
        self._changed = threading.Condition()
        self._server = LoopbackServer(port=0, answer=self._answer)

    @property
    def url(self) -> str:
        """Return the address to give to the provider."""
        return f"{self._server.url}{self.path}"

    def take(self, is_wanted: Callable[[Received], bool] = lambda _: True) -> Received:
        """Take the oldest delivery that is wanted, and keep all others; raises NothingCame."""
        with self._changed:
            if not wait_for(self._changed, lambda: any(map(is_wanted, self._kept))):
                raise NothingCame(self._kept)
            wanted = next(each for each in self._kept if is_wanted(each))
            self._kept.remove(wanted)
            return wanted

    @abstractmethod
    def read(self, posted: Posted) -> Received:
        """Turn a request into what tests look at."""

    def _answer(self, request: Request) -> Reply:
        status = self.statuses.popleft() if self.statuses else OK
        with self._changed:
            self._kept.append(self.read(Posted(request.headers, request.body)))
            self._changed.notify_all()
        return Reply(status, b"")

    def __enter__(self) -> Self:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.stop()


class NothingCame(AssertionError):
    """No wanted delivery came, and none at all for a while."""

    def __init__(self, kept: Sequence[object]) -> None:
        super().__init__(f"no such delivery; there are {len(kept)} others: {list(kept)}")
