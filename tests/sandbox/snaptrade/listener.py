"""A webhook listener that keeps what it receives."""

import queue
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self, cast

from tests.sandbox.snaptrade.exact_json import loads

LOOPBACK = "127.0.0.1"
OK = 200


@dataclass(frozen=True, slots=True)
class Received:
    """One delivery as it came over the wire."""

    signature: str
    body: bytes

    @property
    def document(self) -> Any:
        """Return the parsed body."""
        return loads(self.body)


class WebhookListener:
    """Answers the planned statuses in turn, then 200."""

    def __init__(self) -> None:
        self.statuses: deque[int] = deque()
        self.received: queue.Queue[Received] = queue.Queue()
        self._server = _ListenerServer((LOOPBACK, 0), _ListenerHandler)
        self._server.listener = self
        serve = self._server.serve_forever
        self._thread = threading.Thread(target=serve, args=(0.05,), daemon=True)

    @property
    def url(self) -> str:
        """Return the address to give to the provider."""
        return f"http://{LOOPBACK}:{self._server.server_port}/webhooks/snaptrade"

    def next(self, event_type: str, *, timeout_seconds: float = 5) -> Received:
        """Return the next delivery of this type and drop others; raises queue.Empty when late."""
        while True:
            received = self.received.get(timeout=timeout_seconds)
            if received.document["eventType"] == event_type:
                return received

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
    listener: WebhookListener


class _ListenerHandler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Stay silent."""

    def do_POST(self) -> None:
        """Keep the delivery and answer the planned status."""
        listener = cast(_ListenerServer, self.server).listener
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = listener.statuses.popleft() if listener.statuses else OK
        listener.received.put(Received(self.headers.get("Signature", ""), body))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()
