"""SnapTrade's deliveries: what is in the body, and what its canonical form makes of that."""

import json
from typing import Any

from tests.vectors.hmac_signing import EVENT, an_event, canonical, delivery, refused, written
from tests.vectors.vector import Vector

_LIMIT = 64 * 1024
_OAUTH = {
    "schemaVersion": "oauth_v1",
    "webhookId": "22222222-3333-4444-8555-666666666666",
    "oauthClientId": "acme-app",
    "eventTimestamp": "2026-11-20T15:00:00.000001+00:00",
    "userId": "33333333-4444-4555-8666-777777777777",
    "eventType": "CONNECTION_ADDED",
    "connectionId": "87b24961-b51e-4db8-9226-f198f6518a89",
}
_TRADE = an_event(
    eventType="TRADE_DETECTION",
    webookId="44444444-5555-4666-8777-888888888888",
    details={"orders": [{"status": "EXECUTED", "limit_price": "10.50", "legs": []}]},
)


def all_vectors() -> list[Vector]:
    """Give them in order."""
    return [*_shapes(), *_numbers(), *_texts(), *_sizes(), *_no_events()]


def _shapes() -> list[Vector]:
    nested = an_event(details={"z": {"b": 1, "a": [{"d": None, "c": True}]}, "a": {}})
    twice = b'{"userId":"nobody",' + canonical(EVENT)[1:]
    return [
        delivery("oauth_v1 body", document=_OAUTH),
        delivery("oauth_v1 body, raw form", document=_OAUTH, signed=written(_OAUTH)),
        delivery("trade with a misspelt id", document=_TRADE),
        delivery("unknown kind of event", document=an_event(eventType="BRAND_NEW")),
        delivery("nested keys in another order", document=nested),
        refused("list in another order", document=an_event(a=[1, 2]), signed=_form(a=[2, 1])),
        delivery("compact body in another order", body=_compact(dict(reversed(EVENT.items())))),
        delivery("name twice, the last one signed", body=twice),
        refused("name twice, the first one signed", body=_forged_twice()),
    ]


def _form(**changes: Any) -> bytes:
    return canonical(an_event(**changes))


def _compact(document: Any) -> bytes:
    return json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()


def _forged_twice() -> bytes:
    return canonical(EVENT)[:-1] + b',"userId":"nobody"}'


def _numbers() -> list[Vector]:
    numbers = {
        "ints": [0, 1, -7, 42],
        "decimals": [0.1, -2.5, 10.0, 123456.789],
        "exponents": [1e-07, 1e16, 1.5e300, 2.5e-300],
        "big numbers": [2**63, -(2**64), 10**40, 9007199254740993],
        "negative zero": [-0.0, 0],
        "booleans and null": [True, False, None],
    }
    other_forms = b'{"a":[1.50,1E2,1e-7,-0],' + canonical(EVENT)[1:]
    return [
        *(delivery(name, document=an_event(a=values)) for name, values in numbers.items()),
        delivery(
            "numbers written otherwise", body=other_forms, signed=_form(a=[1.5, 1e2, 1e-7, 0])
        ),
        refused("int that became a decimal", document=an_event(a=1.0), signed=_form(a=1)),
        refused("int that became a boolean", document=an_event(a=True), signed=_form(a=1)),
        refused("int that became a text", document=an_event(a="1"), signed=_form(a=1)),
        refused("big number, one more", document=an_event(a=2**63 + 1), signed=_form(a=2**63)),
        refused("zero without its sign", document=an_event(a=0.0), signed=_form(a=-0.0)),
        refused("false that became null", document=an_event(a=[None]), signed=_form(a=[False])),
    ]


def _texts() -> list[Vector]:
    names = an_event(userId="Zoë", details={"é": 1, "z": 2, "日本": 3})
    return [
        delivery("text not ASCII, signed escaped", document=names),
        delivery(
            "text not ASCII, arrives escaped", document=names, body=json.dumps(names).encode()
        ),
        delivery("text not ASCII, raw form", document=names, signed=written(names)),
        refused("text not ASCII, signed unescaped", document=names, signed=_unescaped(names)),
        delivery("text beyond the basic plane", document=an_event(userId="🌊-1")),
        delivery("escaped solidus and controls", body=_with_escapes(), signed=_form(a="/\t\x7f")),
        delivery("lone surrogate", body=_with(b'"\\ud83c"'), signed=_form(a="\ud83c")),
        refused("other normal form", document=an_event(a="e\u0301"), signed=_form(a="\u00e9")),
        refused("other letter that looks alike", document=an_event(a="а"), signed=_form(a="a")),
    ]


def _unescaped(document: Any) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _with(value: bytes) -> bytes:
    return b'{"a": ' + value + b", " + canonical(EVENT)[1:]


def _with_escapes() -> bytes:
    return _with(rb'"\/\t\u007F"')


def _sizes() -> list[Vector]:
    empty = len(written(an_event(padding="")))
    full, over = (an_event(padding="x" * (_LIMIT + more - empty)) for more in (0, 1))
    return [
        delivery("body of 64 KB", document=full),
        refused("body of 64 KB and a byte", "PayloadTooLarge", document=over),
        refused("empty body", body=b""),
        refused("empty body, signed", "not_json", body=b"", signed=b""),
        refused("empty object", "no_event_timestamp", document={}),
        refused("empty object, not signed by us", document={}, given="A" * 43 + "="),
    ]


def _no_events() -> list[Vector]:
    bodies = {
        "no JSON": b"not json",
        "JSON cut off": written(EVENT)[:-3],
        "two documents": canonical(EVENT) * 2,
        "form fields": b"eventType=CONNECTION_BROKEN&userId=user-1",
        "bytes that are no text": b"\xff\xfe\xfd",
        "nesting without end": b"[" * 20_000,
        "number too long to read": b'{"a":' + b"9" * 5000 + b"}",
        "null": b"null",
    }
    return [
        *(refused(name, "not_json", body=body, signed=body) for name, body in bodies.items()),
        *(refused(f"{name}, not signed", body=body) for name, body in bodies.items()),
        refused("list", "not_an_object", document=[EVENT]),
        refused("empty list", "not_an_object", document=[]),
        refused("text", "not_an_object", document="CONNECTION_BROKEN"),
        refused("number", "not_an_object", document=7),
        refused("list, not signed", document=[EVENT], given="A" * 43 + "="),
    ]
