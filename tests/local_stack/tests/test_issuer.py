"""The sandbox issuer: what an authorizer reads, and tokens that only its key can sign."""

import time
from collections.abc import Iterator
from http import HTTPStatus

import jwt
import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.local_stack.issuer import Issuer, key_id, key_set
from tests.patience import standstill_seconds


@pytest.fixture(scope="module")
def issuer() -> Iterator[Issuer]:
    with Issuer() as running:
        yield running


def public_key(issuer: Issuer) -> jwt.PyJWK:
    discovery = requests.get(
        f"{issuer.issuer_url}/.well-known/openid-configuration", timeout=standstill_seconds()
    )
    keys = requests.get(discovery.json()["jwks_uri"], timeout=standstill_seconds()).json()
    return jwt.PyJWK(keys["keys"][0])


def test_discovery_names_the_issuer_itself(issuer: Issuer) -> None:
    url = f"{issuer.issuer_url}/.well-known/openid-configuration"
    document = requests.get(url, timeout=standstill_seconds()).json()
    assert document["issuer"] == issuer.issuer_url
    assert document["jwks_uri"] == issuer.jwks_url


def test_access_token_has_the_claims_of_a_user_pool(issuer: Issuer) -> None:
    token = issuer.issue_token("user-1", scopes=["freshet/read", "freshet/operate"], tenant="t1")
    claims = jwt.decode(token, public_key(issuer), algorithms=["RS256"], issuer=issuer.issuer_url)
    assert claims["sub"] == "user-1"
    assert claims["scope"] == "freshet/read freshet/operate"
    assert claims["client_id"] == issuer.audience
    assert claims["token_use"] == "access"
    assert claims["tenant"] == "t1"
    assert "aud" not in claims
    assert claims["exp"] == claims["iat"] + 3600


def test_identity_token_has_an_audience_and_no_scope(issuer: Issuer) -> None:
    token = issuer.issue_token("user-1", token_use="id", audience="someone")
    key = public_key(issuer)
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="someone")
    assert claims["aud"] == "someone"
    assert "scope" not in claims


def test_token_is_refused_when_expired(issuer: Issuer) -> None:
    token = issuer.issue_token("user-1", expires_in_seconds=-10)
    with pytest.raises(jwt.ExpiredSignatureError):
        jwt.decode(token, public_key(issuer), algorithms=["RS256"])


def test_token_of_another_key_is_refused(issuer: Issuer) -> None:
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    forged = jwt.encode({"sub": "user-1", "exp": int(time.time()) + 60}, stranger, "RS256")
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(forged, public_key(issuer), algorithms=["RS256"])


def test_key_set_shows_no_private_part(issuer: Issuer) -> None:
    (key,) = requests.get(issuer.jwks_url, timeout=standstill_seconds()).json()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}


def test_key_is_the_same_in_every_issuer_and_named_in_the_token(issuer: Issuer) -> None:
    with Issuer() as other:
        token = other.issue_token("user-1")
        assert requests.get(other.jwks_url, timeout=standstill_seconds()).json() == key_set()
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": key_id(), "typ": "JWT"}
    jwt.decode(token, public_key(issuer), algorithms=["RS256"])


def test_unknown_path_is_not_found(issuer: Issuer) -> None:
    assert (
        requests.get(f"{issuer.issuer_url}/token", timeout=standstill_seconds()).status_code
        == HTTPStatus.NOT_FOUND
    )
