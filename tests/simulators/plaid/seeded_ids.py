"""Ids that hold an index, readable only with the seed: nothing needs to be kept to find it."""

import hashlib
import string
import uuid

ID_LENGTH = 37
_DIGITS = string.digits + string.ascii_letters
_VALUE_OF = {digit: value for value, digit in enumerate(_DIGITS)}
# A value this small in a space this large is no accident, so a foreign id is told from ours.
_MAX_INDEX = 2**48
_ROUNDS = 4
# 62 to the 37th is a little more than 2 to the 220th.
_ID_HALF_BITS, _UUID_HALF_BITS = 110, 64


class ReversibleNumbers:
    """A Feistel network: an index becomes a number that looks random, and comes back."""

    def __init__(self, seed: int, kind: str, *, half_bits: int) -> None:
        self._key = f"{seed}/{kind}"
        self._half_bits = half_bits
        self._mask = (1 << half_bits) - 1

    def number(self, index: int) -> int:
        """Return the number of an index."""
        left, right = index >> self._half_bits, index & self._mask
        for turn in range(_ROUNDS):
            left, right = right, left ^ self._mixed(turn, right)
        return left << self._half_bits | right

    def index(self, number: int) -> int | None:
        """Return the index of a number, or None when it was not made here."""
        left, right = number >> self._half_bits, number & self._mask
        for turn in reversed(range(_ROUNDS)):
            left, right = right ^ self._mixed(turn, left), left
        index = left << self._half_bits | right
        return index if index < _MAX_INDEX else None

    def _mixed(self, turn: int, half: int) -> int:
        text = f"{self._key}/{turn}/{half}"
        return int.from_bytes(hashlib.sha256(text.encode()).digest()) & self._mask


class SeededTexts:
    """Ids of letters and digits."""

    def __init__(self, seed: int, kind: str) -> None:
        self._numbers = ReversibleNumbers(seed, kind, half_bits=_ID_HALF_BITS)

    def text(self, index: int) -> str:
        """Return the id of an index."""
        number, digits = self._numbers.number(index), list[str]()
        for _ in range(ID_LENGTH):
            number, digit = divmod(number, len(_DIGITS))
            digits.append(_DIGITS[digit])
        return "".join(reversed(digits))

    def index(self, text: str) -> int | None:
        """Return the index of an id, or None when it was not made here."""
        if len(text) != ID_LENGTH or not set(text) <= set(_DIGITS):
            return None
        number = 0
        for digit in text:
            number = number * len(_DIGITS) + _VALUE_OF[digit]
        is_too_large = number >> 2 * _ID_HALF_BITS
        return None if is_too_large else self._numbers.index(number)


class SeededUuids:
    """Ids in the form of a UUID."""

    def __init__(self, seed: int, kind: str) -> None:
        self._numbers = ReversibleNumbers(seed, kind, half_bits=_UUID_HALF_BITS)

    def text(self, index: int) -> str:
        """Return the id of an index."""
        return str(uuid.UUID(int=self._numbers.number(index)))

    def index(self, text: str) -> int | None:
        """Return the index of an id, or None when it was not made here."""
        return self._numbers.index(uuid.UUID(text).int)
