"""The scanner for secrets finds what was put there, and nothing where there is nothing."""

import base64
import gzip
import json
import urllib.parse
import zlib
from collections.abc import Callable
from typing import Any

import pytest

from freshet.adapters.dynamodb.compression import pack
from tests.leaks import TooShort, joined, leaks, readable, rows_content

SECRET = "b3f0c9d1-7a52-4e0b-9d4e-0c1f2a3b4c5d"
LINK = 'https://portal.example/open?token=AbCd/1234&name="x"'
AROUND = json.dumps({"holdings": [{"symbol": f"S{number}"} for number in range(50)]})


def around(secret: str) -> str:
    return AROUND[:-1] + f', "kept": "{secret}"' + AROUND[-1:]


WRAPPED: dict[str, Callable[[str], str | bytes]] = {
    "plain": around,
    "JSON": lambda secret: json.dumps({"a": secret}),
    "JSON within JSON": lambda secret: json.dumps({"a": json.dumps({"b": secret.strip('"')})}),
    "escaped slashes": lambda secret: json.dumps(secret).replace("/", r"\/"),
    "a query": lambda secret: "https://x.example/?a=" + urllib.parse.quote(secret, safe=""),
    "hexadecimal": lambda secret: secret.encode().hex(),
    "base64": lambda secret: base64.b64encode(secret.encode()),
    "base64, second place": lambda secret: base64.b64encode(b"x" + secret.encode() + b"yz"),
    "base64, third place": lambda secret: base64.b64encode(b"xy" + secret.encode() + b"y"),
    "base64 for addresses": lambda secret: base64.urlsafe_b64encode(b"xy" + secret.encode()),
    "gzip": lambda secret: gzip.compress(around(secret).encode()),
    "zlib": lambda secret: zlib.compress(around(secret).encode()),
    "a packed document": lambda secret: pack(around(secret)),
    "a document packed against another": lambda secret: pack(around(secret), known=AROUND),
}


@pytest.mark.parametrize("wrap", WRAPPED.values(), ids=WRAPPED.keys())
def test_secret_is_found_however_it_is_wrapped(wrap: Callable[[str], str | bytes]) -> None:
    wrapped = wrap(SECRET)
    content = readable(wrapped) if isinstance(wrapped, bytes) else wrapped.encode()
    found = leaks({"row": content, "log": AROUND.encode()}, {"user secret": SECRET})
    assert found == ["user secret in row"]


@pytest.mark.parametrize(
    "value",
    [
        {"S": SECRET},
        {"M": {"a": {"L": [{"S": f"x{SECRET}"}]}}},
        {"M": {SECRET: {"N": "1"}}},
        {"B": pack(around(SECRET))},
    ],
)
def test_secret_is_found_wherever_it_lies_in_a_row(value: dict[str, Any]) -> None:
    row = {"PK": {"S": "USER#user-1"}, "kept": value}
    assert leaks({"rows": rows_content([row])}, {"user secret": SECRET}) == ["user secret in rows"]


@pytest.mark.parametrize("wrap", ["plain", "JSON", "escaped slashes", "a query", "base64"])
def test_link_is_found_when_its_signs_are_escaped(wrap: str) -> None:
    assert leaks({"log": joined([AROUND, WRAPPED[wrap](LINK)])}, {"link": LINK})


def test_nothing_is_found_when_only_another_secret_is_there() -> None:
    other = SECRET.replace("b3f0", "b3f1")
    for wrap in WRAPPED.values():
        wrapped = wrap(other)
        content = readable(wrapped) if isinstance(wrapped, bytes) else wrapped.encode()
        assert leaks({"row": content}, {"user secret": SECRET}) == []


def test_secret_itself_is_not_in_what_is_said_of_it() -> None:
    assert SECRET not in str(leaks({"log": SECRET.encode()}, {"user secret": SECRET}))


def test_text_that_is_too_short_to_look_for_is_refused() -> None:
    with pytest.raises(TooShort):
        leaks({"log": b""}, {"pin": "1234"})
