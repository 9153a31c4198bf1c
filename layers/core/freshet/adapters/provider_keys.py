"""Our own keys at the providers, from Secrets Manager: one JSON secret for each provider."""

import json
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from freshet.domain.errors import SecretUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_MAX_AGE_SECONDS = 300.0


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
        self._held: tuple[float, Keys] | None = None

    def current(self) -> Keys:
        """Give the keys; raises SecretUnavailable."""
        now = self._monotonic()
        if self._held is None or now - self._held[0] > _MAX_AGE_SECONDS:
            self._held = (now, self._read())
        return self._held[1]

    def _read(self) -> Keys:
        try:
            answer = self._client.get_secret_value(SecretId=self._arn)
            return self._parse(json.loads(answer["SecretString"]))
        except (ClientError, BotoCoreError, ValueError, KeyError, TypeError):
            # Not chained: a JSON error's text would carry the secret.
            raise SecretUnavailable("provider keys") from None
