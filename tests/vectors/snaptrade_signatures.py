"""SnapTrade's deliveries: who signed them, with which key, and under which header."""

import hashlib
import hmac
import json
from base64 import b64encode
from typing import Any

from tests.vectors.hmac_signing import (
    EVENT,
    KEY,
    PREVIOUS_KEY,
    PUBLISHED_BODY,
    PUBLISHED_KEY,
    PUBLISHED_SIGNATURE,
    RETIRED_KEY,
    an_event,
    canonical,
    delivery,
    refused,
    signature,
    written,
)
from tests.vectors.vector import Vector

SIGNATURE = signature(canonical(EVENT))
_SHA512 = b64encode(hmac.new(KEY.encode(), canonical(EVENT), hashlib.sha512).digest()).decode()
_PLAIN = b64encode(hashlib.sha256(canonical(EVENT)).digest()).decode()
_OF_PUBLISHED: dict[str, Any] = {"given": PUBLISHED_SIGNATURE, "keys": (PUBLISHED_KEY,)}


def all_vectors() -> list[Vector]:
    """Give them in order."""
    return [*_published(), *_keys(), *_headers(), *_signatures(), *_other_bodies()]


def _published() -> list[Vector]:
    shuffled = dict(reversed(json.loads(PUBLISHED_BODY).items()))
    return [
        delivery("published delivery", body=PUBLISHED_BODY, **_OF_PUBLISHED),
        delivery("published delivery, written anew", body=written(shuffled), **_OF_PUBLISHED),
        refused("published delivery, our key", body=PUBLISHED_BODY, given=PUBLISHED_SIGNATURE),
    ]


def _keys() -> list[Vector]:
    raw = written(EVENT)
    both = (KEY, PREVIOUS_KEY)
    return [
        delivery("canonical form, current key"),
        delivery("raw form, current key", signed=raw),
        delivery("canonical form, current key of two", keys=both),
        delivery("canonical form, previous key", key=PREVIOUS_KEY, keys=both),
        delivery("raw form, previous key", signed=raw, key=PREVIOUS_KEY, keys=both),
        refused("previous key, no longer accepted", key=PREVIOUS_KEY),
        refused("key retired a day and a second ago", key=RETIRED_KEY),
        refused("raw form, key retired a day and a second ago", signed=raw, key=RETIRED_KEY),
        refused("neither of two keys", key="somebody-elses", keys=both),
        refused("empty key", key=""),
        delivery("secret unavailable", "unavailable", "SecretUnavailable", keys=()),
        delivery(
            "secret unavailable, forged",
            "unavailable",
            "SecretUnavailable",
            given="forged",
            keys=(),
        ),
        refused("secret unavailable, not signed", "no_signature", headers={}, keys=()),
    ]


def _headers() -> list[Vector]:
    other = "A" * 43 + "="
    return [
        delivery("header capitalised", headers={"Signature": SIGNATURE}),
        delivery("header in capitals", headers={"SIGNATURE": SIGNATURE}),
        delivery("other headers beside it", headers={"X-Signature": other, "Signature": SIGNATURE}),
        refused("header twice", headers={"signature": f"{SIGNATURE},{SIGNATURE}"}),
        refused("header twice, the second forged", headers={"signature": f"{SIGNATURE},{other}"}),
        refused("header twice, the first forged", headers={"signature": f"{other}, {SIGNATURE}"}),
        refused("header missing", "no_signature", headers={}),
        refused("header empty", "no_signature", headers={"signature": ""}),
        refused("header blank", headers={"signature": " "}),
        refused("header not ASCII", headers={"signature": "é☂"}),
        refused("header with a letter that is not ASCII", given=SIGNATURE + "é"),
        refused("header of full-width letters", given=_full_width(SIGNATURE)),
        refused("under another name", "no_signature", headers={"x-signature": SIGNATURE}),
        refused("under Plaid's name", "no_signature", headers={"plaid-verification": SIGNATURE}),
    ]


def _full_width(text: str) -> str:
    return "".join(chr(ord(character) + 0xFEE0) for character in text)


def _signatures() -> list[Vector]:
    return [
        refused("signature in lower case", given=SIGNATURE.lower()),
        refused("signature without padding", given=SIGNATURE.rstrip("=")),
        refused("signature cut in half", given=SIGNATURE[:22]),
        refused("signature and more", given=SIGNATURE + "A"),
        refused("signature with a line's end", given=SIGNATURE + "\n"),
        refused("signature with one character changed", given="A" + SIGNATURE[1:]),
        refused("signature whose last bits differ", given=_last_bits_changed(SIGNATURE)),
        refused("signature in hexadecimal", given=_hexadecimal()),
        refused("signature with its algorithm named", given="sha256=" + SIGNATURE),
        refused("signature by SHA-512", given=_SHA512),
        refused("hash without a key", given=_PLAIN),
        refused("deprecated secret as signature", given=EVENT["webhookSecret"]),
        refused("deprecated secret as key", key=EVENT["webhookSecret"]),
        refused("consumer key as signature", given=KEY),
        refused("signature of another event", given=signature(canonical(an_event(userId="u-2")))),
    ]


def _last_bits_changed(text: str) -> str:
    # 32 bytes leave two bits of the 43rd character unused: a lax decoder would not see these.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    return text[:42] + alphabet[alphabet.index(text[42]) ^ 1] + "="


def _hexadecimal() -> str:
    return hmac.new(KEY.encode(), canonical(EVENT), hashlib.sha256).hexdigest()


def _other_bodies() -> list[Vector]:
    late = an_event(eventTimestamp="2026-11-20T15:00:09+00:00")
    return [
        refused("one byte changed", body=written(EVENT).replace(b"user-1", b"user-2")),
        refused("field added", body=written(EVENT | {"more": 1})),
        refused("field left out", body=written(an_event(userId=None))),
        refused("secret left out", body=written(an_event(webhookSecret=None))),
        refused("time renewed", body=written(late)),
        refused("raw form, one blank more", signed=written(EVENT) + b" ", given=None),
        refused(
            "request of ours instead of an event",
            "no_event_timestamp",
            document={"content": None, "path": "/snapTrade/listUsers", "query": "clientId=ACME"},
        ),
    ]
