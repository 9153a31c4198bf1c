"""Plaid's deliveries: when the token was made, and which body it speaks of."""

import hashlib
import json
from typing import Any

from tests.integration.plaid_vector import BODY
from tests.vectors.token_signing import NOW, claims, delivery, refused, token
from tests.vectors.vector import Vector

_LATE, _DAY, _AHEAD = 300, 24 * 3600, 60
_HASH = hashlib.sha256(BODY).hexdigest()


def all_vectors() -> list[Vector]:
    """Give them in order."""
    return [*_ages(), *_times(), *_bodies(), *_hashes(), *_documents()]


def _ages() -> list[Vector]:
    return [
        *(_aged(f"age {age} s", age) for age in (0, _LATE - 1, _LATE)),
        *(_aged(f"age {age} s", age, "accept_late") for age in (_LATE + 1, _DAY - 1, _DAY)),
        _aged(f"age {_DAY + 1} s", _DAY + 1, "reject", "too_old"),
        _aged("age of a year", 365 * _DAY, "reject", "too_old"),
        *(_aged(f"{ahead} s ahead", -ahead) for ahead in (1, _AHEAD - 1, _AHEAD)),
        _aged(f"{_AHEAD + 1} s ahead", -_AHEAD - 1, "reject", "from_the_future"),
        _aged("a year ahead", -365 * _DAY, "reject", "from_the_future"),
    ]


def _aged(name: str, age: int, verdict: str = "accept", reason: str | None = None) -> Vector:
    return delivery(name, verdict, reason, given=_issued(NOW - age))


def _issued(at: Any) -> str:
    return token(claims(iat=at))


def _times() -> list[Vector]:
    senseless = {
        "in words": "yesterday",
        "with a fraction": NOW - 10.5,
        "as a text": str(NOW - 10),
        "true": True,
        "with a fraction, as a text": f"{NOW}.5",
        "a list": [NOW],
        "an object": {"at": NOW},
        "huge": 10**30,
        "hugely negative": -(10**30),
        "infinite": float("inf"),
        "no number": float("nan"),
    }
    return [
        refused("time zero", "too_old", given=_issued(0)),
        refused("time negative", "too_old", given=_issued(-1)),
        refused("time in milliseconds", "bad_issue_time", given=_issued(NOW * 1000)),
        refused("time missing", "bad_signature", given=_issued(None)),
        refused("time null", "bad_signature", given=token(claims() | {"iat": None})),
        *(
            refused(f"time {name}", "bad_issue_time", given=_issued(at))
            for name, at in senseless.items()
        ),
    ]


def _bodies() -> list[Vector]:
    document = json.loads(BODY)
    bodies = {
        "one byte changed": BODY.replace(b'"new_holdings": 2', b'"new_holdings": 3'),
        "first byte changed": b"[" + BODY[1:],
        "indented by four": json.dumps(document, indent=4, sort_keys=True).encode(),
        "compact": json.dumps(document, separators=(",", ":"), sort_keys=True).encode(),
        "keys in another order": json.dumps(dict(reversed(document.items())), indent=2).encode(),
        "a line's end more": BODY + b"\n",
        "a byte order mark more": b"\xef\xbb\xbf" + BODY,
        "lines ended as on Windows": BODY.replace(b"\n", b"\r\n"),
        "last byte missing": BODY[:-1],
        "empty": b"",
        "empty object": b"{}",
        "not JSON": b"not json",
    }
    return [
        refused(f"body {name}", "body_changed", given=token(), body=body)
        for name, body in bodies.items()
    ]


def _hashes() -> list[Vector]:
    changed: dict[str, Any] = {
        "in capitals": _HASH.upper(),
        "with blanks": f" {_HASH} ",
        "with a prefix": f"sha256:{_HASH}",
        "cut in half": _HASH[:32],
        "empty": "",
        "a number": 7,
        "a list": [_HASH],
        "by SHA-512": hashlib.sha512(BODY).hexdigest(),
        "by SHA-1": hashlib.sha1(BODY).hexdigest(),  # noqa: S324 to be refused
        "not ASCII": "é" * 64,
    }
    null = claims() | {"request_body_sha256": None}
    return [
        *(
            refused(f"hash {name}", "body_changed", given=token(claims(request_body_sha256=value)))
            for name, value in changed.items()
        ),
        refused("hash missing", "bad_signature", given=token(claims(request_body_sha256=None))),
        refused("hash null", "bad_signature", given=token(null)),
        refused("claims that are a list", "bad_signature", given=token([_HASH, NOW])),
    ]


def _documents() -> list[Vector]:
    environments: dict[str, Any] = {"named production": "production", "a list": ["sandbox"]}
    objects = {
        "compact": b'{"environment":"sandbox","webhook_type":"ITEM","webhook_code":"ERROR"}',
        "empty object": b"{}",
        "not ASCII": '{"environment":"sandbox","note":"Zoë 日本 🌊"}'.encode(),
        "unknown kind": b'{"webhook_type":"BRAND","webhook_code":"NEW"}',
        "environment null": b'{"environment":null}',
    }
    others = {"list": b"[]", "text": b'"text"', "number": b"7", "null": b"null"}
    no_json = {
        "empty": b"",
        "words": b"not json",
        "cut off": BODY[:-2],
        "no text": b"\xff\xfe\xfd",
        "nesting without end": b"[" * 20_000,
    }
    return [
        *(delivery(f"signed body: {name}", body=body) for name, body in objects.items()),
        *(
            refused(f"environment {name}", "other_environment", body=_body_of(value))
            for name, value in environments.items()
        ),
        *(refused(f"signed {name}", "not_an_object", body=body) for name, body in others.items()),
        *(
            refused(f"signed, no JSON: {name}", "not_json", body=body)
            for name, body in no_json.items()
        ),
    ]


def _body_of(environment: Any) -> bytes:
    return json.dumps(json.loads(BODY) | {"environment": environment}, indent=2).encode()
