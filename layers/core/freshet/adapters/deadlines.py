"""Connections that keep a call's deadline, from the look-up of a name to the last byte of a body.

A timeout of a socket begins anew with every byte, so a dripped answer holds a call for as long as
it likes. Here each operation of a socket gets what is left of the whole call and no more. A name
is looked up, and a connection made, in a thread that can be left behind: neither can be stopped.
"""

import socket
import ssl
import threading
import time
from collections.abc import Buffer, Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError

from freshet.adapters.authorities import public_authorities

_ENDS_AT: ContextVar[float] = ContextVar("ends_at", default=float("inf"))


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Give every connection that is used inside, by this thread, so much time together."""
    token = _ENDS_AT.set(time.monotonic() + seconds)
    try:
        yield
    finally:
        _ENDS_AT.reset(token)


def is_over() -> bool:
    """Tell whether the call's time is up."""
    return time.monotonic() >= _ENDS_AT.get()


def _left(most: float | None = None) -> float | None:
    left = min(_ENDS_AT.get() - time.monotonic(), float("inf") if most is None else most)
    if left <= 0:
        raise TimeoutError("the time of the whole call is up")
    return None if left == float("inf") else left


class DeadlineSocket(socket.socket):
    """A plain socket whose operations end with the call."""

    __slots__ = ()

    def recv_into(self, buffer: Buffer, nbytes: int = 0, flags: int = 0) -> int:
        """Wait for bytes as long as its own timeout and the call allow."""
        self.settimeout(_left(self.gettimeout()))
        return super().recv_into(buffer, nbytes, flags)

    def sendall(self, data: Buffer, flags: int = 0) -> None:
        """Send within the call's time."""
        if (left := _left()) is not None:
            self.settimeout(left)
        super().sendall(data, flags)


class DeadlineTlsSocket(ssl.SSLSocket):
    """A TLS socket whose operations end with the call, the handshake included."""

    def do_handshake(self, block: bool = False) -> None:
        """Shake hands within the call's time: OpenSSL takes it for the whole handshake."""
        self.settimeout(_left(self.gettimeout()))
        super().do_handshake(block)

    def recv_into(self, buffer: Buffer, nbytes: int | None = None, flags: int = 0) -> int:
        """Wait for bytes as long as its own timeout and the call allow."""
        self.settimeout(_left(self.gettimeout()))
        return super().recv_into(buffer, nbytes, flags)

    def send(self, data: Buffer, flags: int = 0) -> int:
        """Send within the call's time."""
        if (left := _left()) is not None:
            self.settimeout(left)
        return super().send(data, flags)


class _Connection(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        return _opened(self, super()._new_conn)


class _TlsConnection(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return _opened(self, super()._new_conn)

    def connect(self) -> None:
        self.ssl_context = self.ssl_context or public_authorities()
        self.ssl_context.sslsocket_class = DeadlineTlsSocket
        try:
            super().connect()
        except TimeoutError as error:
            # No request leaves before the handshake is over.
            raise ConnectTimeoutError(self, "the handshake took too long") from error


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


class DeadlineAdapter(HTTPAdapter):
    """What a session of `requests` sends through; it never repeats a request by itself."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Keep some connections; `tls` says whom to trust, None for the public authorities."""
        self._tls = tls
        super().__init__(max_retries=0, pool_maxsize=16)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """Make pools of our connections."""
        super().init_poolmanager(*args, ssl_context=self._tls, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TlsPool}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Demand a certificate; whom to trust is loaded once, not for every connection."""
        conn.cert_reqs = "CERT_REQUIRED"


def _opened(connection: HTTPConnection, connect: Callable[[], socket.socket]) -> DeadlineSocket:
    opening: Future[socket.socket] = Future()

    def work() -> None:
        try:
            opening.set_result(connect())
        except BaseException as error:  # noqa: BLE001 - raised again by who waits
            opening.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    try:
        plain = opening.result(_left())
    except TimeoutError as error:
        opening.add_done_callback(_closed_too_late)
        raise ConnectTimeoutError(connection, "the connection took too long") from error
    timeout = plain.gettimeout()
    opened = DeadlineSocket(plain.family, plain.type, plain.proto, plain.detach())
    opened.settimeout(timeout)
    return opened


def _closed_too_late(opening: "Future[socket.socket]") -> None:
    if opening.exception() is None:
        opening.result().close()
