"""Our own keys at the providers, from Secrets Manager: one JSON secret for each provider."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from freshet.domain.errors import SecretUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

PREVIOUS_ACCEPTED_FOR = timedelta(hours=24)
"""How long after a rotation the provider may still sign with the key before."""

_MAX_AGE_SECONDS = 300.0
_LEAST_AGE_SECONDS = 60.0
_CURRENT, _PREVIOUS = "AWSCURRENT", "AWSPREVIOUS"


class _Version[Keys](Struct, frozen=True):
    keys: Keys
    created_at: datetime


class SecretKeys[Keys]:
    """Reads a provider's keys, and remembers them for five minutes."""

    def __init__(
        self,
        client: "SecretsManagerClient",
        secret_arn: str,
        *,
        parse: Callable[[Mapping[str, Any]], Keys],
        monotonic: Callable[[], float],
    ) -> None:
        """Bind to the secret; `monotonic` is a clock in seconds."""
        self._client = client
        self._arn = secret_arn
        self._parse = parse
        self._monotonic = monotonic
        self._read_at = 0.0
        self._versions: dict[str, _Version[Keys] | None] = {}

    def current(self) -> Keys:
        """Give the keys that sign; raises SecretUnavailable."""
        return self._current().keys

    def accepted(self, *, now: datetime) -> Sequence[Keys]:
        """Give the keys that a provider may have signed with, newest first.

        Raises SecretUnavailable.
        """
        current = self._current()
        if now - current.created_at > PREVIOUS_ACCEPTED_FOR:
            return [current.keys]
        previous = self._version(_PREVIOUS)
        return [current.keys] if previous is None else [current.keys, previous.keys]

    def read_again(self) -> bool:
        """Read anew, at most once a minute; False if that was too recently or did not succeed."""
        if self._monotonic() - self._read_at < _LEAST_AGE_SECONDS:
            return False
        return self._renew()

    def _current(self) -> _Version[Keys]:
        if not self._versions or self._monotonic() - self._read_at > _MAX_AGE_SECONDS:
            self._renew()
        current = self._versions.get(_CURRENT)
        if current is None:
            raise SecretUnavailable("provider keys")
        return current

    def _renew(self) -> bool:
        # What is remembered stays until the new is there: a forgery that makes us look again
        # during an outage must not take our keys away.
        self._read_at = self._monotonic()
        try:
            self._versions = {_CURRENT: self._read(_CURRENT)}
        except SecretUnavailable:
            return False
        return True

    def _version(self, stage: str) -> _Version[Keys] | None:
        if stage not in self._versions:
            self._versions[stage] = self._read(stage)
        return self._versions[stage]

    def _read(self, stage: str) -> _Version[Keys] | None:
        try:
            answer = self._client.get_secret_value(SecretId=self._arn, VersionStage=stage)
        except self._client.exceptions.ResourceNotFoundException:
            return None
        except (ClientError, BotoCoreError):
            raise SecretUnavailable("provider keys") from None
        try:
            keys = self._parse(json.loads(answer["SecretString"]))
        except (ValueError, KeyError, TypeError):
            # No key at all, like the placeholder that a new stack starts with and that becomes the
            # previous version when it is filled in.
            return None
        return _Version(keys, answer["CreatedDate"])


def secret_keys[Keys](
    aws: Callable[[str], Any], secret_arn: str, parse: Callable[[Mapping[str, Any]], Keys]
) -> SecretKeys[Keys]:
    """Build the reader of our own keys at a provider."""
    return SecretKeys(aws("secretsmanager"), secret_arn, parse=parse, monotonic=time.monotonic)
