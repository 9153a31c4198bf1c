"""Plaid's deliveries: what is a token, who signed it, and with which algorithm."""

import json
from collections.abc import Callable
from typing import Any

from tests.integration.plaid_vector import KEY_ID, PUBLISHED_KEY, PUBLISHED_TOKEN
from tests.vectors.token_signing import (
    LONGER,
    STRANGER,
    claims,
    delivery,
    elliptic,
    header,
    jwk,
    pem,
    refused,
    shared,
    signing_input,
    token,
    unpadded,
)
from tests.vectors.vector import Vector

_GOOD = token()
_START, _SEALED = _GOOD.rsplit(".", 1)
_LONGER_KEY = {KEY_ID: jwk(LONGER, alg="ES384", crv="P-384")}


def all_vectors() -> list[Vector]:
    """Give them in order."""
    return [*_headers(), *_algorithms(), *_forgeries(), *_shapes()]


def _headers() -> list[Vector]:
    name = "plaid-verification"
    return [
        delivery("published delivery", given=PUBLISHED_TOKEN, jwks={KEY_ID: PUBLISHED_KEY}),
        refused("published delivery, our key", "bad_signature", given=PUBLISHED_TOKEN),
        delivery("own key"),
        delivery("header capitalised", headers={"Plaid-Verification": _GOOD}),
        delivery("header in capitals", headers={"PLAID-VERIFICATION": _GOOD}),
        refused("header twice", "not_a_token", headers={name: f"{_GOOD},{_GOOD}"}),
        refused("header twice, the first forged", "not_a_token", headers={name: f"x, {_GOOD}"}),
        refused("header missing", "no_signature", headers={}),
        refused("header empty", "no_signature", headers={name: ""}),
        refused("header blank", "not_a_token", headers={name: " "}),
        refused("header not ASCII", "not_a_token", headers={name: "é.☂.é"}),
        refused("token and a letter not ASCII", "not_a_token", given=_GOOD + "é"),
        refused("under another name", "no_signature", headers={"verification": _GOOD}),
        refused("as a bearer token", "no_signature", headers={"authorization": f"Bearer {_GOOD}"}),
        refused("under SnapTrade's name", "no_signature", headers={"signature": _GOOD}),
        refused("as a bearer token under its name", "not_a_token", given=f"Bearer {_GOOD}"),
    ]


def _signed(head: dict[str, object], sign: Callable[[str], bytes]) -> str:
    text = signing_input(head, claims())
    return f"{text}.{unpadded(sign(text))}"


def _algorithms() -> list[Vector]:
    none, symmetric = header(alg="none"), header(alg="HS256")
    return [
        _other("none", _signed(none, lambda _: b"")),
        _other("none, with a good signature", _signed(none, elliptic)),
        _other("None", _signed(header(alg="None"), lambda _: b"")),
        _other("missing", _signed(header(alg=None), elliptic)),
        _other("empty", _signed(header(alg=""), elliptic)),
        _other("number", _signed(header(alg=256), elliptic)),
        _other("es256", _signed(header(alg="es256"), elliptic)),
        _other("HS256, PEM as secret", _signed(symmetric, lambda text: shared(text, pem()))),
        _other("HS256, JWK as secret", _signed(symmetric, lambda text: shared(text, _document()))),
        _other("HS256, empty secret", _signed(symmetric, lambda text: shared(text, b""))),
        _other("ES384", token(head=header(alg="ES384"), private=LONGER), jwks=_LONGER_KEY),
        _other("ES384, over our key", _signed(header(alg="ES384"), elliptic)),
        _other("RS256", _signed(header(alg="RS256"), lambda _: bytes(range(256)))),
        _other("PS256", _signed(header(alg="PS256"), lambda _: bytes(range(256)))),
        _other("EdDSA", _signed(header(alg="EdDSA"), lambda _: bytes(64))),
    ]


def _other(name: str, given: str, **changes: Any) -> Vector:
    return refused(f"algorithm {name}", "wrong_algorithm", given=given, **changes)


def _document() -> bytes:
    return json.dumps(jwk()).encode()


def _forgeries() -> list[Vector]:
    stranger = {"jwk": jwk(STRANGER), "jku": "https://keys.example.com/jwks.json"}
    forged = {
        "signed by a stranger": token(private=STRANGER),
        "signed by a stranger who brings the key": token(head=header(**stranger), private=STRANGER),
        "ES256, PEM as secret": _signed(header(), lambda text: shared(text, pem())),
        "no signature": _START + ".",
        "signature of zeros": f"{_START}.{unpadded(bytes(64))}",
        "signature cut in half": f"{_START}.{unpadded(elliptic(_START)[:32])}",
        "signature and a byte more": f"{_START}.{unpadded(elliptic(_START) + bytes(1))}",
        "signature in DER": f"{_START}.{unpadded(bytes.fromhex('3006020101020101'))}",
        "signature of other claims": f"{signing_input(header(), claims(b'{}'))}.{_SEALED}",
        "signature of another header": f"{signing_input(header(typ='x'), claims())}.{_SEALED}",
    }
    longer = token(head=header(), private=LONGER)
    return [
        *(refused(name, "bad_signature", given=given) for name, given in forged.items()),
        delivery(
            "ES384 that calls itself ES256",
            "unavailable",
            "SecretUnavailable",
            given=longer,
            jwks=_LONGER_KEY,
        ),
    ]


def _shapes() -> list[Vector]:
    shapes = {
        "two parts": _START,
        "one part": "x",
        "four parts": _GOOD + ".more",
        "five parts": f"{_GOOD}.{_START}",
        "garbage": "a.b.c",
        "dots": "...",
        "header that is no JSON": f"{unpadded(b'not json')}.{_GOOD.split('.', 1)[1]}",
        "header that is a list": f"{unpadded(b'[]')}.{_GOOD.split('.', 1)[1]}",
        "header nested without end": f"{unpadded(b'[' * 20_000)}.{_GOOD.split('.', 1)[1]}",
        "critical header": token(head=header(crit=["x"], x=1)),
        "detached content": token(head=header(b64=False)),
        "signature cut within a byte": f"{_START}.{_SEALED[:43]}",
        "quotation marks": f'"{_GOOD}"',
        "line's end": _GOOD + "\n",
        "letters of the other alphabet": f"{_START}.+/{_SEALED[2:]}",
    }
    return [refused(name, "not_a_token", given=given) for name, given in shapes.items()]
