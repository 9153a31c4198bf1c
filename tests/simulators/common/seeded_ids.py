"""Ids that carry an index: a whole population is known by its seed, without a table of it.

An id is a UUID whose free bits hold a tag and the index hidden by it, so that ids look random,
never collide, lead back to their index, and an id of another seed leads nowhere.
"""

import hashlib
import hmac
import uuid
from dataclasses import dataclass

_TAG_BYTES, _CONTENT_BYTES = 7, 8
_INDEX_BITS, _ORDINAL_BITS = 40, 16
# The free bits of a UUID around its version (4 bits) and variant (2 bits), 120 of them used.
_LOW_BITS, _MIDDLE_BITS = 60, 12
_VERSION_AND_VARIANT = 4 << 76 | 2 << 62


@dataclass(frozen=True, slots=True)
class SeededKey:
    """What an id stands for: the ordinal counts things of one kind under one index."""

    kind: int
    index: int
    ordinal: int = 0


class SeededIds:
    """Translates between keys and ids of one seed."""

    def __init__(self, seed: int) -> None:
        self._secret = f"seeded ids {seed}".encode()

    def encode(self, key: SeededKey) -> str:
        """Return the id of a key."""
        number = key.kind << _INDEX_BITS + _ORDINAL_BITS | key.ordinal << _INDEX_BITS | key.index
        content = number.to_bytes(_CONTENT_BYTES)
        tag = self._digest(b"tag", content)[:_TAG_BYTES]
        return _to_uuid(int.from_bytes(tag + self._hidden(content, tag)))

    def decode(self, text: str) -> SeededKey | None:
        """Return the key of an id, or None when it is not one of this seed."""
        try:
            packed = _from_uuid(uuid.UUID(text)).to_bytes(_TAG_BYTES + _CONTENT_BYTES)
        except ValueError:
            return None
        tag = packed[:_TAG_BYTES]
        content = self._hidden(packed[_TAG_BYTES:], tag)
        if self._digest(b"tag", content)[:_TAG_BYTES] != tag:
            return None
        number = int.from_bytes(content)
        ordinal = number >> _INDEX_BITS & (1 << _ORDINAL_BITS) - 1
        kind = number >> _INDEX_BITS + _ORDINAL_BITS
        key = SeededKey(kind, number & (1 << _INDEX_BITS) - 1, ordinal)
        # Another spelling of the same UUID is another id to the provider's clients.
        return key if self.encode(key) == text else None

    def secret(self, key: SeededKey) -> str:
        """Return a secret in the shape of a UUID that leads back to nothing."""
        number = key.kind << _INDEX_BITS + _ORDINAL_BITS | key.index
        digest = self._digest(b"secret", number.to_bytes(_CONTENT_BYTES))
        return str(uuid.UUID(bytes=digest[:16], version=4))

    def _hidden(self, content: bytes, tag: bytes) -> bytes:
        mask = self._digest(b"mask", tag)[:_CONTENT_BYTES]
        return bytes(left ^ right for left, right in zip(content, mask, strict=True))

    def _digest(self, purpose: bytes, content: bytes) -> bytes:
        return hmac.new(self._secret, purpose + content, hashlib.sha256).digest()


def _to_uuid(packed: int) -> str:
    low = packed & (1 << _LOW_BITS) - 1
    middle = packed >> _LOW_BITS & (1 << _MIDDLE_BITS) - 1
    high = packed >> _LOW_BITS + _MIDDLE_BITS
    return str(uuid.UUID(int=high << 80 | middle << 64 | low | _VERSION_AND_VARIANT))


def _from_uuid(identifier: uuid.UUID) -> int:
    low = identifier.int & (1 << _LOW_BITS) - 1
    middle = identifier.int >> 64 & (1 << _MIDDLE_BITS) - 1
    return identifier.int >> 80 << _LOW_BITS + _MIDDLE_BITS | middle << _LOW_BITS | low
