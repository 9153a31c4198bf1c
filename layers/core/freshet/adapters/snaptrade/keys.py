"""Our own keys at SnapTrade, from Secrets Manager."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from freshet.domain.credential import Secret
from freshet.domain.errors import SecretUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

_MAX_AGE_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class SnapTradeKeys:
    """The partner's client id and consumer key."""

    client_id: str
    consumer_key: Secret


class SecretSnapTradeKeys:
    """Reads the keys, and remembers them for five minutes."""

    def __init__(
        self, client: "SecretsManagerClient", secret_arn: str, *, monotonic: Callable[[], float]
    ) -> None:
        """Bind to the secret; `monotonic` is a clock in seconds."""
        self._client = client
        self._arn = secret_arn
        self._monotonic = monotonic
        self._held: tuple[float, SnapTradeKeys] | None = None

    def current(self) -> SnapTradeKeys:
        """Give the keys that sign; raises SecretUnavailable."""
        now = self._monotonic()
        if self._held is None or now - self._held[0] > _MAX_AGE_SECONDS:
            self._held = (now, self._read())
        return self._held[1]

    def _read(self) -> SnapTradeKeys:
        try:
            answer = self._client.get_secret_value(SecretId=self._arn)
            document = json.loads(answer["SecretString"])
            return SnapTradeKeys(document["client_id"], Secret(document["consumer_key"]))
        except (ClientError, BotoCoreError, ValueError, KeyError, TypeError):
            # Not chained: a JSON error's text would carry the secret.
            raise SecretUnavailable("SnapTrade keys") from None
