"""One deadline for a whole call: nothing that drips, hangs or swells holds a worker."""

import gzip
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from freshet.adapters.transport import MOST_BYTES, Endpoint, Timeouts, Transport
from freshet.domain.call_errors import (
    AnswerLost,
    AnswerTooLarge,
    AnswerTooSlow,
    NotReached,
    OutOfTime,
)
from tests.simulators.common.server import LoopbackServer
from tests.simulators.common.wire import Reply, Request

ENDPOINT = Endpoint(
    provider="snaptrade",
    operation="positions",
    method="GET",
    path="/",
    timeouts=Timeouts(connect=0.3, read=0.3),
)
_PATIENT = replace(ENDPOINT, timeouts=Timeouts(connect=60.0, read=60.0))
BILLABLE = replace(ENDPOINT, operation="refresh", method="POST", is_billable=True)
# Far below the timeout of a read, so that only the clock of the whole call can end it; and an end
# of its own, so that a call which nothing ends brings an answer, and a red test.
DRIPPING = Reply(200, b'"' + b"." * 400 + b'"', drips_seconds=0.02)


@contextmanager
def _serving(answer: Callable[[Request], Reply]) -> Iterator[LoopbackServer]:
    server = LoopbackServer(port=0, answer=answer)
    server.start()
    try:
        yield server
    finally:
        server.stop()


def _request(url: str) -> requests.Request:
    return requests.Request("GET", url + "/")


def _port(listening: socket.socket) -> int:
    return int(listening.getsockname()[1])


@pytest.mark.parametrize("endpoint", [ENDPOINT, BILLABLE])
@pytest.mark.parametrize("drips_headers", [False, True])
def test_call_ends_and_may_have_arrived_when_its_answer_drips(
    endpoint: Endpoint, *, drips_headers: bool
) -> None:
    reply = replace(DRIPPING, drips_headers=drips_headers)
    with _serving(lambda _: reply) as server, pytest.raises(AnswerTooSlow) as cut:
        Transport().send(endpoint, _request(server.url))
    assert isinstance(cut.value, AnswerLost)
    assert not cut.value.is_surely_unbilled
    assert cut.value.__context__ is None


def test_socket_is_closed_when_a_call_is_cut() -> None:
    closed = threading.Event()

    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip_until_nobody_listens() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.settimeout(0.02)
                for _ in range(500):
                    try:
                        connection.sendall(b"H")
                        if connection.recv(1) == b"":
                            closed.set()
                            return
                    except TimeoutError:
                        continue
                    except OSError:
                        closed.set()
                        return

        dripping = threading.Thread(target=drip_until_nobody_listens)
        dripping.start()
        with pytest.raises(AnswerLost):
            Transport().send(ENDPOINT, _request(f"http://127.0.0.1:{_port(listening)}"))
        dripping.join()
    assert closed.is_set()


def test_next_call_has_all_of_its_time_when_one_was_cut() -> None:
    replies = [DRIPPING, Reply(200, b"1"), Reply(200, b"2")]
    transport = Transport()
    with _serving(lambda _: replies.pop(0)) as server:
        with pytest.raises(AnswerTooSlow):
            transport.send(ENDPOINT, _request(server.url))
        assert transport.send(ENDPOINT, _request(server.url)).body == b"1"
        assert transport.send(ENDPOINT, _request(server.url)).body == b"2"


def test_request_never_left_when_the_look_up_of_a_name_takes_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    is_over, look_up = threading.Event(), socket.getaddrinfo

    def take_long(*asked: Any, **options: Any) -> Any:
        is_over.wait(10)  # who waits for it gets an answer, and a red test
        return look_up(*asked, **options)

    with _serving(lambda _: Reply(200, b"1")) as server:
        monkeypatch.setattr(socket, "getaddrinfo", take_long)
        try:
            with pytest.raises(NotReached):
                Transport().send(ENDPOINT, _request(server.url))
        finally:
            is_over.set()


def test_answer_is_cut_and_named_when_it_unpacks_to_more_than_is_held() -> None:
    packed = gzip.compress(bytes(MOST_BYTES + 1))
    swelling = Reply(200, packed, headers={"Content-Encoding": "gzip"})
    patient = replace(BILLABLE, timeouts=Timeouts(connect=60.0, read=60.0))
    assert len(packed) < MOST_BYTES // 500
    with _serving(lambda _: swelling) as server, pytest.raises(AnswerTooLarge) as cut:
        Transport().send(patient, _request(server.url))
    assert not cut.value.is_surely_unbilled


@pytest.mark.parametrize("location", ["http://[::1", "http://[zz]/", "//[", "/x", "\xff"])
def test_redirect_is_an_answer_like_any_other_wherever_it_leads(location: str) -> None:
    elsewhere = Reply(302, b"moved", headers={"Location": location})
    with _serving(lambda _: elsewhere) as server:
        answer = Transport().send(_PATIENT, _request(server.url))
    assert (answer.status, answer.body) == (302, b"moved")


def test_redirect_is_cut_when_it_unpacks_to_more_than_is_held() -> None:
    headers = {"Location": "/x", "Content-Encoding": "gzip"}
    swelling = Reply(302, gzip.compress(bytes(MOST_BYTES + 1)), headers=headers)
    with _serving(lambda _: swelling) as server, pytest.raises(AnswerTooLarge):
        Transport().send(_PATIENT, _request(server.url))


def test_answer_is_whole_when_it_is_as_large_as_may_be() -> None:
    packed = Reply(200, gzip.compress(bytes(MOST_BYTES)), headers={"Content-Encoding": "gzip"})
    patient = replace(ENDPOINT, timeouts=Timeouts(connect=60.0, read=60.0))
    with _serving(lambda _: packed) as server:
        assert len(Transport().send(patient, _request(server.url)).body) == MOST_BYTES


def test_nothing_is_sent_when_the_function_would_end_before_the_call() -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Reply:
        asked.append(request)
        return Reply(200, b"1")

    left = [10.59, 10.61]
    transport = Transport(time_left=lambda: left.pop(0))
    patient = replace(ENDPOINT, timeouts=Timeouts(connect=0.3, read=0.3))
    with _serving(answer) as server:
        with pytest.raises(OutOfTime):
            transport.send(patient, _request(server.url))
        assert asked == []
        assert transport.send(patient, _request(server.url)).status == 200


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "provider")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "provider.pem"
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    return path


@contextmanager
def _serving_tls(certificate: Path, answer: Callable[[Request], Reply]) -> Iterator[str]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with _serving(answer) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        yield server.url.replace("http:", "https:")


def _trusting(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


@pytest.mark.parametrize("drips_headers", [False, True])
def test_call_ends_when_an_encrypted_answer_drips(
    certificate: Path, *, drips_headers: bool
) -> None:
    replies = [Reply(200, b"1"), replace(DRIPPING, drips_headers=drips_headers)]
    patient = replace(ENDPOINT, timeouts=Timeouts(connect=60.0, read=60.0))
    transport = Transport(tls=_trusting(certificate))
    with _serving_tls(certificate, lambda _: replies.pop(0)) as url:
        assert transport.send(patient, _request(url)).body == b"1"
        with pytest.raises(AnswerTooSlow):
            transport.send(ENDPOINT, _request(url))


def test_nobody_is_trusted_when_no_authority_vouches_for_him(certificate: Path) -> None:
    with (
        _serving_tls(certificate, lambda _: Reply(200, b"1")) as url,
        pytest.raises(AnswerLost),
    ):
        Transport().send(ENDPOINT, _request(url))


def test_request_never_left_when_the_handshake_is_never_answered() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(NotReached):
        Transport().send(ENDPOINT, _request(f"https://127.0.0.1:{_port(silent)}"))
