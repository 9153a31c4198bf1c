"""Users' credentials in Secrets Manager."""

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError
from msgspec import Struct

from freshet.domain.credential import Credential, Secret
from freshet.domain.errors import CredentialMissing, SecretUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

type _Held = dict[str, dict[str, str]]

# A deleted secret keeps its name for a moment, whatever was asked for.
_PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0)


class SecretsManagerVault(Struct, frozen=True):
    """The port CredentialVault: one secret for each user, holding all of the user's credentials.

    A secret is read, changed and written whole, and there is no condition on the write: a
    caller that writes holds the user's lease.
    """

    client: "SecretsManagerClient"
    prefix: str
    wait: Callable[[float], None] = time.sleep

    def find(self, user_id: str, name: str) -> Credential:
        """Give a credential; raises CredentialMissing, SecretUnavailable.

        Nothing is cached: a pass asks once, and a rotated credential is never used again.
        """
        found = (self._read(user_id) or {}).get(name)
        if found is None:
            raise CredentialMissing(name)
        return _to_credential(found)

    def held(self, user_id: str) -> Mapping[str, Credential]:
        """Give all of a user's credentials by name; raises SecretUnavailable."""
        found = self._read(user_id) or {}
        return {name: _to_credential(entry) for name, entry in found.items()}

    def keep(self, user_id: str, name: str, credential: Credential) -> None:
        """Store a credential; raises SecretUnavailable."""
        held = self._read(user_id)
        entry = {"subject": credential.subject, "secret": credential.secret.reveal()}
        if held is None:
            self._create(user_id, {name: entry})
        elif held.get(name) != entry:  # a secret's versions are few: 100, and one day each
            self._replace(user_id, {**held, name: entry})

    def forget(self, user_id: str, name: str) -> None:
        """Drop one credential, and the secret with the last one; raises SecretUnavailable."""
        held = self._read(user_id)
        if held is None or name not in held:
            return
        left = {other: entry for other, entry in held.items() if other != name}
        if left:
            self._replace(user_id, left)
        else:
            self.forget_user(user_id)

    def forget_user(self, user_id: str) -> None:
        """Drop all of a user's credentials; raises SecretUnavailable."""
        try:
            # Otherwise the name would be taken for 7 days, and the user could not link again.
            self.client.delete_secret(SecretId=self._name(user_id), ForceDeleteWithoutRecovery=True)
        except self.client.exceptions.ResourceNotFoundException:
            return
        except (ClientError, BotoCoreError) as error:
            raise SecretUnavailable("credentials could not be dropped") from error

    def _create(self, user_id: str, held: _Held) -> None:
        for pause in _PAUSES_SECONDS:
            try:
                return self._created(user_id, held)
            except self.client.exceptions.InvalidRequestException:
                self.wait(pause)
        try:
            return self._created(user_id, held)
        except self.client.exceptions.InvalidRequestException:
            raise SecretUnavailable("the user's secret is still being deleted") from None

    def _created(self, user_id: str, held: _Held) -> None:
        try:
            self.client.create_secret(Name=self._name(user_id), SecretString=json.dumps(held))
        except self.client.exceptions.InvalidRequestException:
            raise
        except (ClientError, BotoCoreError) as error:
            raise _not_stored(error) from None

    def _replace(self, user_id: str, held: _Held) -> None:
        try:
            self.client.put_secret_value(
                SecretId=self._name(user_id), SecretString=json.dumps(held)
            )
        except (ClientError, BotoCoreError) as error:
            raise _not_stored(error) from None

    def _read(self, user_id: str) -> _Held | None:
        try:
            answer = self.client.get_secret_value(SecretId=self._name(user_id))
        except (
            self.client.exceptions.ResourceNotFoundException,
            self.client.exceptions.InvalidRequestException,  # it is marked for deletion
        ):
            return None
        except (ClientError, BotoCoreError) as error:
            raise SecretUnavailable("credential could not be read") from error
        held: _Held = json.loads(answer["SecretString"])
        return held

    def _name(self, user_id: str) -> str:
        # User ids may hold any character, secret names may not.
        return self.prefix + hashlib.sha256(user_id.encode()).hexdigest()[:40]


def _not_stored(error: Exception) -> SecretUnavailable:
    # Not chained: the text of a refused request may quote what was sent.
    return SecretUnavailable(f"credential could not be stored: {type(error).__name__}")


def _to_credential(entry: Mapping[str, str]) -> Credential:
    return Credential(subject=entry["subject"], secret=Secret(entry["secret"]))
