"""Plaid's public keys as this process knows them, and as it tells the ones that start later."""

from collections.abc import Callable, Mapping
from copy import replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, Protocol

from msgspec import Struct

from freshet.adapters.plaid.key_judgement import judged_key, may_be_key_id
from freshet.adapters.plaid.look_up_budget import LookUpBudget
from freshet.domain.errors import SecretUnavailable, SignatureRejected
from freshet.domain.instants import from_text, to_text

type StoredKeys = Mapping[str, Mapping[str, Any]]
"""By key id: the key, and when Plaid served it."""

_ASKED_AGAIN_AFTER = timedelta(hours=1)
_NEVER_USED_AFTER = timedelta(hours=24)
_BETWEEN_TRIES = timedelta(minutes=1)
_UNKNOWN_LIFETIME = timedelta(minutes=5)
_MOST_UNKNOWN = 1_024


class KeyStore(Protocol):
    """Keeps keys beyond the life of a process; its trouble is logged and not raised."""

    def load(self) -> StoredKeys:
        """Give what is kept."""

    def save(self, keys: StoredKeys) -> None:
        """Keep these, too."""


class _Known(Struct, frozen=True):
    key: Mapping[str, Any]
    served_at: datetime
    asked_at: datetime
    is_kept: bool


class KeyMemory:
    """Remembers keys, asks for each again after an hour, and for unknown ids within a budget.

    A key that cannot be asked for again is used up to a day; one that is known costs no budget, so
    inventions cannot keep it from being used. It is kept for other processes only after a delivery
    has verified with it.
    """

    def __init__(
        self,
        look_up: Callable[[str], Mapping[str, Any] | None],
        *,
        random: Callable[[], float],
        store: KeyStore,
    ) -> None:
        """Take the look-up: a JWK, None for an unknown id; it raises SecretUnavailable."""
        self._look_up = look_up
        self._budget = LookUpBudget(random)
        self._store = store
        self._unknown: dict[str, datetime] = {}

    @cached_property
    def _known(self) -> dict[str, _Known]:
        # Read with the first delivery: the composition of a function sends no request.
        stored = self._store.load()
        return {each: known for each in stored if (known := _restored(each, stored[each]))}

    def find(self, key_id: str, *, now: datetime) -> Mapping[str, Any]:
        """Give a JWK; raises SignatureRejected for none, SecretUnavailable for trouble."""
        known = self._known.get(key_id)
        if known is None:
            return self._found(key_id, now)
        age = now - known.served_at
        if timedelta(0) <= age < _ASKED_AGAIN_AFTER:
            return known.key
        try:
            return self._asked_again(key_id, known, now)
        except SecretUnavailable:
            if not timedelta(0) <= age < _NEVER_USED_AFTER:
                raise
            return known.key  # better late to hear of its end than deaf

    def note_verified(self, key_id: str) -> None:
        """Take note that a delivery has verified with this key: others may rely on it."""
        known = self._known.get(key_id)
        if known is None or known.is_kept:
            return
        self._known[key_id] = replace(known, is_kept=True)
        self._store.save({key_id: {"key": known.key, "served_at": to_text(known.served_at)}})

    def _found(self, key_id: str, now: datetime) -> Mapping[str, Any]:
        if not may_be_key_id(key_id):
            raise SignatureRejected("impossible_key_id")
        if self._unknown.get(key_id, now) > now:
            raise SignatureRejected("unknown_key")
        # One that may not be looked up yet is our trouble, not a forgery.
        if not self._budget.admits(key_id, now=now):
            raise SecretUnavailable("too many key look-ups")
        return self._served(key_id, now)

    def _asked_again(self, key_id: str, known: _Known, now: datetime) -> Mapping[str, Any]:
        if timedelta(0) <= now - known.asked_at < _BETWEEN_TRIES:
            raise SecretUnavailable("webhook key")
        self._known[key_id] = replace(known, asked_at=now)
        return self._served(key_id, now)

    def _served(self, key_id: str, now: datetime) -> Mapping[str, Any]:
        document = self._look_up(key_id)
        if document is None:
            self._known.pop(key_id, None)
            if len(self._unknown) >= _MOST_UNKNOWN:
                self._unknown.clear()
            self._unknown[key_id] = now + _UNKNOWN_LIFETIME
            raise SignatureRejected("unknown_key")
        key = judged_key(key_id, document)
        self._known[key_id] = _Known(key, served_at=now, asked_at=now, is_kept=False)
        return key


def _restored(key_id: str, kept: Any) -> _Known | None:
    try:
        served_at = from_text(kept["served_at"])
        key = judged_key(key_id, kept["key"])
    except (SecretUnavailable, LookupError, TypeError, ValueError, AttributeError, OverflowError):
        return None  # written by another release, or by hand: Plaid is asked
    return _Known(key, served_at=served_at, asked_at=served_at, is_kept=True)
