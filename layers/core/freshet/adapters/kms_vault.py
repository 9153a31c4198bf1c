"""Users' credentials as ciphertext in ConnectionsTable, one row each, encrypted directly by KMS."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from freshet import metrics
from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import Table
from freshet.domain.credential import Credential, Secret
from freshet.domain.errors import CredentialMissing, SecretUnavailable
from freshet.observability import count, logger
from freshet.ports import Clock

_UNREADABLE = "InvalidCiphertextException"


class KeyService(Protocol):
    """The two calls of KMS that are used, as boto3's client has them."""

    @property
    def encrypt(self) -> Callable[..., Mapping[str, Any]]:
        """Encrypt up to 4,096 bytes."""

    @property
    def decrypt(self) -> Callable[..., Mapping[str, Any]]:
        """Decrypt."""


class KmsVault(Struct, frozen=True):
    """The port CredentialVault: a ciphertext opens in its own user's row only.

    Nothing is cached: a pass asks once, a rotated credential is never used again, and a call of
    KMS costs a thousandth of the time that the provider takes afterwards.
    """

    key_service: KeyService
    key_arn: str
    table: Table
    clock: Clock

    def find(self, user_id: str, name: str) -> Credential:
        """Give a credential; raises CredentialMissing, SecretUnavailable.

        A ciphertext that belongs elsewhere or is damaged counts as missing: trying again cannot
        help, linking again does. A key that cannot be used is trouble on our side.
        """
        with _read_trouble():
            row = self.table.get(keys.credential(user_id, name))
        if row is None or "ciphertext" not in row:
            raise CredentialMissing(name)
        entry = json.loads(self._decrypted(user_id, name, row["ciphertext"]))
        return Credential(subject=entry["subject"], secret=Secret(entry["secret"]))

    def keep(self, user_id: str, name: str, credential: Credential) -> None:
        """Store a credential; raises SecretUnavailable."""
        entry = {"subject": credential.subject, "secret": credential.secret.reveal()}
        try:
            answer = self.key_service.encrypt(
                KeyId=self.key_arn,
                Plaintext=json.dumps(entry).encode(),
                EncryptionContext=_context(user_id, name),
            )
            self.table.put(
                {**keys.credential(user_id, name), "ciphertext": answer["CiphertextBlob"]}
            )
        except (ClientError, BotoCoreError) as error:
            # Not chained: the text of a refused request may quote what was sent.
            kind = type(error).__name__
            raise SecretUnavailable(f"credential could not be stored: {kind}") from None

    def forget(self, user_id: str, name: str) -> None:
        """Drop one credential; raises SecretUnavailable."""
        with _drop_trouble():
            if self.table.get(keys.credential(user_id, name)) is not None:
                self._empty(keys.credential(user_id, name))

    def forget_user(self, user_id: str) -> None:
        """Drop all of a user's credentials; raises SecretUnavailable."""
        every = keys.credential(user_id, "")
        with _drop_trouble():
            for row in self.table.query(every["PK"], every["SK"]):
                self._empty({"PK": row["PK"], "SK": row["SK"]})

    def _empty(self, key: Mapping[str, str]) -> None:
        # Emptied at once, taken away by its expiry: no function may delete rows.
        self.table.put({**key, "expires_at": int(self.clock().timestamp())})

    def _decrypted(self, user_id: str, name: str, ciphertext: bytes) -> bytes:
        try:
            answer = self.key_service.decrypt(
                KeyId=self.key_arn,
                CiphertextBlob=ciphertext,
                EncryptionContext=_context(user_id, name),
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != _UNREADABLE:
                raise SecretUnavailable("credential could not be decrypted") from error
            count(metrics.CREDENTIAL_UNREADABLE)
            logger.error("Credential unreadable", reason="ciphertext_of_another_row")
            raise CredentialMissing(name) from error
        except BotoCoreError as error:
            raise SecretUnavailable("credential could not be decrypted") from error
        plaintext: bytes = answer["Plaintext"]
        return plaintext


def _context(user_id: str, name: str) -> dict[str, str]:
    return {"user": user_id, "credential": name}


@contextmanager
def _read_trouble() -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise SecretUnavailable("credential could not be read") from error


@contextmanager
def _drop_trouble() -> Iterator[None]:
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise SecretUnavailable("credentials could not be dropped") from error
