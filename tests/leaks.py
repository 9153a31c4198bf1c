"""Finding secrets where none may be, however they are wrapped."""

import base64
import json
import urllib.parse
import uuid
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Any

from freshet.adapters.dynamodb.compression import unpack

_WINDOW = 1 << zlib.MAX_WBITS
_SHORTEST = 8  # a shorter text stands anywhere by chance


def leaks(places: Mapping[str, bytes], secrets: Mapping[str, str]) -> list[str]:
    """Name each secret that shows somewhere, and the place; the secrets themselves are not told."""
    return [
        f"{name} in {place}"
        for name, secret in secrets.items()
        for place, content in places.items()
        if any(form in content for form in forms_of(secret))
    ]


def forms_of(secret: str) -> set[bytes]:
    """Give how a secret may be written: plain, escaped, in base64 or hexadecimal, as a number."""
    if len(secret) < _SHORTEST:
        raise TooShort(len(secret))
    plain = secret.encode()
    quoted = json.dumps(secret)[1:-1]
    forms = {plain, quoted.encode(), quoted.replace("/", r"\/").encode(), plain.hex().encode()}
    forms |= {urllib.parse.quote(secret, safe="").encode(), urllib.parse.quote(secret).encode()}
    forms |= set(_in_base64(plain))
    with suppress(ValueError):
        forms.add(uuid.UUID(secret).bytes)
    return forms


def readable(value: bytes) -> bytes:
    """Give bytes with what can be read in them: packed documents and compressed texts."""
    return b"\n".join([value, *_inflated(value)])


def joined(texts: Iterable[str | bytes]) -> bytes:
    """Make one content of many texts."""
    return b"\n".join(text.encode() if isinstance(text, str) else text for text in texts)


def rows_content(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Make one content of rows as DynamoDB gives them, bytes unpacked as far as they can be."""
    return joined(part for row in rows for part in _parts_of(row))


class TooShort(Exception):
    """A text that would be found anywhere says nothing."""

    def __init__(self, length: int) -> None:
        super().__init__(f"a secret of {length} characters cannot be looked for")


def _parts_of(value: object) -> Iterator[str | bytes]:
    match value:
        case bytes():
            yield readable(value)
        case dict():
            for name, each in value.items():
                yield str(name)
                yield from _parts_of(each)
        case list():
            for each in value:
                yield from _parts_of(each)
        case _:
            yield str(value)


def _in_base64(plain: bytes) -> Iterator[bytes]:
    """What stays the same of it wherever it stands within an encoded text."""
    for before in range(3):
        padded = b"\0" * before + plain
        # The first and last characters also depend on what stands beside it.
        first, last = -(-before * 8 // 6), len(padded) * 8 // 6
        for encode in (base64.b64encode, base64.urlsafe_b64encode):
            yield encode(padded)[first:last]


def _inflated(value: bytes) -> Iterator[bytes]:
    with suppress(ValueError, LookupError, StopIteration, zlib.error):
        yield joined(unpack(value))
    # Gzip or zlib by its header; or a stream against a text that is not at hand: then everything
    # that the text does not have is still there, and a secret is nothing that texts have.
    for bits, against in (
        (zlib.MAX_WBITS | 32, b""),
        (-zlib.MAX_WBITS, b"\0" * _WINDOW),
    ):
        with suppress(zlib.error):
            inflate = zlib.decompressobj(bits, zdict=against)
            yield inflate.decompress(value) + inflate.flush()
