"""The sockets: HTTP/1.1 with keep-alive on loopback."""

import socket
import sys
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import cast

from tests.simulators.common.wire import Reply, Request

LOOPBACK = "127.0.0.1"

type Answer = Callable[[Request], Reply]


class LoopbackServer(ThreadingHTTPServer):
    """A threaded server that can end its idle connections when it stops."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, *, port: int, answer: Answer) -> None:
        super().__init__((LOOPBACK, port), RequestHandler)
        self.answer = answer
        self.stopping = threading.Event()
        self._sockets: set[socket.socket] = set()
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)

    @property
    def url(self) -> str:
        """Return the address clients call."""
        return f"http://{LOOPBACK}:{self.server_port}"

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and end every connection."""
        self.stopping.set()
        self.shutdown()
        self._thread.join()
        for each in list(self._sockets):
            end_connection(each)
        self.server_close()

    def process_request_thread(
        self, request: socket.socket | tuple[bytes, socket.socket], client_address: object
    ) -> None:
        """Remember the socket while its thread works."""
        connection = cast(socket.socket, request)
        self._sockets.add(connection)
        try:
            super().process_request_thread(connection, cast(tuple[str, int], client_address))
        finally:
            self._sockets.discard(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Stay silent when a client went away; anything else is a bug worth a trace."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(cast(socket.socket, request), client_address)


class RequestHandler(BaseHTTPRequestHandler):
    """Translates between the socket and requests and replies."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Head and body leave in one segment.
    wbufsize = -1

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: request lines hold user secrets."""

    def do_GET(self) -> None:
        """Serve any method the same way."""
        server = cast(LoopbackServer, self.server)
        reply = server.answer(self._request())
        if reply.delay_seconds:
            server.stopping.wait(reply.delay_seconds)
        if reply.is_dropped:
            self.close_connection = True
            end_connection(self.connection)
            return
        self._send(reply)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_GET

    def _request(self) -> Request:
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, path, query, headers, body)

    def _send(self, reply: Reply) -> None:
        self.send_response(reply.status)
        self.send_header("Content-Type", reply.content_type)
        self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.drips_seconds:
            self._drip(reply)
            return
        self.end_headers()
        if reply.is_truncated:
            self.close_connection = True
            self.wfile.write(reply.body[: len(reply.body) // 2])
            return
        self.wfile.write(reply.body)

    def _drip(self, reply: Reply) -> None:
        self.close_connection = True
        head, socket_file = BytesIO(), self.wfile
        self.wfile = head
        self.end_headers()
        self.wfile = socket_file
        at_once = b"" if reply.drips_headers else head.getvalue()
        self.wfile.write(at_once)
        stopping = cast(LoopbackServer, self.server).stopping
        for byte in head.getvalue()[len(at_once) :] + reply.body:
            self.wfile.write(bytes([byte]))
            self.wfile.flush()
            if stopping.wait(reply.drips_seconds):
                return


def end_connection(connection: socket.socket) -> None:
    """End a connection in both directions; its own thread closes it."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # The other side was faster.
        return
