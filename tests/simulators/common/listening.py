"""A listener that keeps what is posted to it."""

import queue
import threading
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self, cast

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
        self.received: queue.Queue[Received] = queue.Queue()
        self._server = _ListenerServer((LOOPBACK, 0), _ListenerHandler)
        self._server.keep = lambda posted: self.received.put(self.read(posted))
        self._server.statuses = self.statuses
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Return the address to give to the provider."""
        return f"http://{LOOPBACK}:{self._server.server_port}{self.path}"

    @abstractmethod
    def read(self, posted: Posted) -> Received:
        """Turn a request into what tests look at."""

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
