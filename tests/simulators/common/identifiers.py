"""Ids from a seeded generator, so that two runs with one seed give the same ids."""

import random
import string
import threading
import uuid

_NAMESPACE = uuid.UUID("6f0f3f5e-2f0b-4c43-9a52-6f6a1d1c7e11")

_LETTERS_AND_DIGITS = string.ascii_letters + string.digits


def fixed_id(*parts: str) -> str:
    """Return the UUID that always belongs to these words."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(parts)))


class Identifiers:
    """A thread-safe source of new ids."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 ids of a simulator guard nothing
        self._lock = threading.Lock()

    def new_id(self) -> str:
        """Return a new UUID."""
        return str(uuid.UUID(int=self._bits(), version=4))

    def new_request_id(self) -> str:
        """Return 32 hexadecimal characters."""
        return f"{self._bits():032x}"

    def new_text(self, length: int) -> str:
        """Return letters and digits."""
        with self._lock:
            return "".join(self._random.choices(_LETTERS_AND_DIGITS, k=length))

    def _bits(self) -> int:
        with self._lock:
            return self._random.getrandbits(128)
