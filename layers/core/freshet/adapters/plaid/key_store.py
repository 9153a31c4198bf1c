"""Plaid's public keys in one SSM parameter: no start of a process has to ask for them anew."""

import json
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from freshet.observability import logger

if TYPE_CHECKING:
    from freshet.adapters.plaid.key_memory import StoredKeys

_MOST_BYTES = 4_096  # of a standard parameter: some thirteen keys, and Plaid has one or two


class ParameterClient(Protocol):
    """What is asked of SSM."""

    def get_parameter(self, *, Name: str) -> Any:  # noqa: N803 - boto3's name
        """Read a parameter."""

    def put_parameter(
        self,
        *,
        Name: str,  # noqa: N803
        Value: str,  # noqa: N803
        Type: str,  # noqa: N803
        Overwrite: bool,  # noqa: N803
    ) -> Any:
        """Write a parameter."""


class SsmKeyStore:
    """The port KeyStore; it helps, and nothing waits long for it or fails without it."""

    def __init__(self, client: ParameterClient, name: str) -> None:
        """Bind to the parameter."""
        self._client = client
        self._name = name

    def load(self) -> "StoredKeys":
        """Give what is kept, {} in trouble."""
        try:
            return self._read()
        except (ClientError, BotoCoreError, ValueError, RecursionError):
            logger.warning("Webhook keys could not be read from where they are kept")
            return {}

    def save(self, keys: "StoredKeys") -> None:
        """Keep these beside what others have kept meanwhile; the newest, if not all find room."""
        kept = {**self.load(), **keys}
        newest = sorted(kept, key=lambda each: str(kept[each].get("served_at")), reverse=True)
        chosen: dict[str, Any] = {}
        for each in newest:
            if len(_written(chosen | {each: kept[each]})) <= _MOST_BYTES:
                chosen[each] = kept[each]
        try:
            self._client.put_parameter(
                Name=self._name, Value=_written(chosen), Type="String", Overwrite=True
            )
        except (ClientError, BotoCoreError):
            logger.warning("Webhook keys could not be kept")

    def _read(self) -> "StoredKeys":
        document = json.loads(self._client.get_parameter(Name=self._name)["Parameter"]["Value"])
        if not isinstance(document, dict):
            return {}
        return {name: each for name, each in document.items() if isinstance(each, dict)}


def _written(keys: "StoredKeys") -> str:
    return json.dumps(keys, separators=(",", ":"))
