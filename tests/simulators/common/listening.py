"""A listener that keeps what is posted to it."""

import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self, cast

from tests.patience import wait_for
from tests.simulators.common.server import LOOPBACK

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
        self._server = _ListenerServer((LOOPBACK, 0), _ListenerHandler)
        self._server.keep = self._keep
        self._server.statuses = self.statuses
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Return the address to give to the provider."""
        return f"http://{LOOPBACK}:{self._server.server_port}{self.path}"

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

    def _keep(self, posted: Posted) -> None:
        with self._changed:
            self._kept.append(self.read(posted))
            self._changed.notify_all()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class NothingCame(AssertionError):
    """No wanted delivery came, and none at all for a while."""

    def __init__(self, kept: Sequence[object]) -> None:
        super().__init__(f"no such delivery; there are {len(kept)} others: {list(kept)}")


class _ListenerServer(ThreadingHTTPServer):
    daemon_threads = True
    statuses: deque[int]
    keep: Callable[[Posted], None]


class _ListenerHandler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""

    def do_POST(self) -> None:
        """Keep the delivery and answer the planned status."""
        server = cast(_ListenerServer, self.server)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = server.statuses.popleft() if server.statuses else OK
        headers = {name.lower(): value for name, value in self.headers.items()}
        server.keep(Posted(headers, body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
