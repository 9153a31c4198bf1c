"""A throw-away authority, and servers on loopback that it vouches for."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.simulators.common.server import LOOPBACK, Answer, LoopbackServer

_FOR = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Authority:
    """Signs certificates; whoever trusts `root` trusts them."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @classmethod
    def new(cls, folder: Path) -> Self:
        """Make one that nobody knows; what it signs goes into the folder."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = _named("Throw-away authority")
        made = _certificate(name, key.public_key())
        signed = made.add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        ).add_extension(_key_usage(signs_certificates=True), critical=True)
        return cls(folder, key, signed.issuer_name(name).sign(key, hashes.SHA256()))

    @property
    def root(self) -> bytes:
        """Give the certificate to trust, as text."""
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    def certificate_for(self, host: str) -> Path:
        """Sign a server's certificate; gives the file with its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        made = _certificate(_named(host), key.public_key()).add_extension(
            x509.SubjectAlternativeName([_alternative(host)]), critical=False
        )
        of_issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        signed = (
            made.add_extension(of_issuer, critical=False)
            .issuer_name(self.certificate.subject)
            .sign(self.key, hashes.SHA256())
        )
        path = self.folder / f"{host}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        path.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
        return path


@contextmanager
def serving_tls(certificate: Path, answer: Answer) -> Iterator[str]:
    """Serve with a certificate; gives the address, on loopback."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    server = LoopbackServer(port=0, answer=answer)
    # The handshake is the connection's own thread's: one that fails must not end the server.
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    server.start()
    try:
        yield server.url.replace("http:", "https:")
    finally:
        server.stop()


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _alternative(host: str) -> x509.GeneralName:
    return x509.IPAddress(ip_address(host)) if host == LOOPBACK else x509.DNSName(host)


def _certificate(subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _FOR)
        .not_valid_after(now + _FOR)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
