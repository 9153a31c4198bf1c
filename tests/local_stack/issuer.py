"""A tiny OpenID Connect issuer with a fixed key, for tests and the demo only."""

import hashlib
import time
from collections.abc import Sequence
from functools import cache
from http import HTTPStatus
from pathlib import Path
from types import TracebackType
from typing import Any, Self, cast

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from jwt.algorithms import RSAAlgorithm

from tests.simulators.common.server import LoopbackServer
from tests.simulators.common.wire import Reply, Request, json_reply

ALGORITHM = "RS256"
DEFAULT_AUDIENCE = "freshet-sandbox"
DEFAULT_SCOPES = ("freshet/read", "freshet/link", "freshet/refresh")
DISCOVERY_PATH = "/.well-known/openid-configuration"
JWKS_PATH = "/.well-known/jwks.json"

# Fixed, because authorizers cache the key set of a URL for hours.
_KEY_FILE = Path(__file__).with_name("issuer_test_key.pem")


class Issuer:
    """Serves discovery and keys on loopback, and issues tokens like a user pool does."""

    def __init__(self, *, port: int = 0, audience: str = DEFAULT_AUDIENCE) -> None:
        self.audience = audience
        self._server = LoopbackServer(port=port, answer=self._answer)

    @property
    def issuer_url(self) -> str:
        """Return the `iss` claim, which is also where discovery lives."""
        return self._server.url

    @property
    def jwks_url(self) -> str:
        """Return the address of the key set."""
        return f"{self.issuer_url}{JWKS_PATH}"

    def issue_token(
        self,
        subject: str,
        *,
        scopes: Sequence[str] = DEFAULT_SCOPES,
        audience: str | None = None,
        expires_in_seconds: int = 3600,
        token_use: str = "access",
        leaving_out: Sequence[str] = (),
        **claims: Any,
    ) -> str:
        """Return a signed token; extra claims replace the usual ones, some can be left out."""
        now = int(time.time())
        client_id = audience or self.audience
        usual = {
            "iss": self.issuer_url,
            "sub": subject,
            "token_use": token_use,
            "iat": now,
            "auth_time": now,
            "exp": now + expires_in_seconds,
        }
        if token_use == "access":
            usual |= {"scope": " ".join(scopes), "client_id": client_id}
        else:
            # Identity tokens name the client as the audience and carry no scopes.
            usual |= {"aud": client_id}
        headers = {"kid": key_id()}
        said = {name: value for name, value in (usual | claims).items() if name not in leaving_out}
        return jwt.encode(said, signing_key(), algorithm=ALGORITHM, headers=headers)

    def start(self) -> None:
        """Start serving."""
        self._server.start()

    def stop(self) -> None:
        """Stop serving."""
        self._server.stop()

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
        documents = {
            DISCOVERY_PATH: discovery_document(self.issuer_url),
            JWKS_PATH: key_set(),
        }
        document = documents.get(request.path)
        return json_reply(document or {}, HTTPStatus.OK if document else HTTPStatus.NOT_FOUND)


@cache
def signing_key() -> RSAPrivateKey:
    """Return the test key pair."""
    return cast(RSAPrivateKey, load_pem_private_key(_KEY_FILE.read_bytes(), password=None))


@cache
def key_id() -> str:
    """Return a key id that changes when the key does."""
    modulus = str(signing_key().public_key().public_numbers().n)
    return hashlib.sha256(modulus.encode()).hexdigest()[:16]


def key_set() -> dict[str, Any]:
    """Return the public key as a JSON Web Key Set."""
    key = RSAAlgorithm.to_jwk(signing_key().public_key(), as_dict=True)
    public = {"kty": key["kty"], "n": key["n"], "e": key["e"]}
    return {"keys": [public | {"kid": key_id(), "alg": ALGORITHM, "use": "sig"}]}


def discovery_document(issuer_url: str) -> dict[str, Any]:
    """Return the part of OpenID Connect discovery that authorizers read."""
    return {
        "issuer": issuer_url,
        "jwks_uri": f"{issuer_url}{JWKS_PATH}",
        "authorization_endpoint": f"{issuer_url}/authorize",
        "token_endpoint": f"{issuer_url}/token",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
    }
