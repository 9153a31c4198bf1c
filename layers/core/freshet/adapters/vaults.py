"""Credentials and provider keys in Secrets Manager."""

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from freshet.domain.credential import Credential, Secret
from freshet.domain.errors import CredentialMissing, SecretUnavailable

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient


@dataclass(frozen=True, slots=True)
class SecretsManagerVault:
    """The port CredentialVault: one secret for each user, holding all of the user's credentials."""

    client: "SecretsManagerClient"
    prefix: str

    def find(self, user_id: str, name: str) -> Credential:
        """Give a credential; raises CredentialMissing, SecretUnavailable.

        Nothing is cached: a pass asks once, and a rotated credential is never used again.
        """
        found = (self._read(user_id) or {}).get(name)
        if found is None:
            raise CredentialMissing(name)
        return Credential(subject=found["subject"], secret=Secret(found["secret"]))

    def keep(self, user_id: str, name: str, credential: Credential) -> None:
        """Store a credential; raises SecretUnavailable."""
        held = self._read(user_id)
        entry = {"subject": credential.subject, "secret": credential.secret.reveal()}
        if held is not None and held.get(name) == entry:
            return  # a secret's versions are few: 100, and one day each
        text = json.dumps({**(held or {}), name: entry})
        try:
            if held is None:
                self.client.create_secret(Name=self._name(user_id), SecretString=text)
            else:
                self.client.put_secret_value(SecretId=self._name(user_id), SecretString=text)
        except (ClientError, BotoCoreError) as error:
            raise SecretUnavailable("credential could not be stored") from error

    def forget(self, user_id: str, name: str) -> None:
        """Erase a credential, if it is there; raises SecretUnavailable."""
        held = self._read(user_id)
        if held is None or name not in held:
            return
        del held[name]
        if not held:
            self.forget_user(user_id)
            return
        try:
            self.client.put_secret_value(
                SecretId=self._name(user_id), SecretString=json.dumps(held)
            )
        except (ClientError, BotoCoreError) as error:
            raise SecretUnavailable("credential could not be erased") from error

    def forget_user(self, user_id: str) -> None:
        """Erase all credentials of a user; raises SecretUnavailable."""
        try:
            self.client.delete_secret(SecretId=self._name(user_id), ForceDeleteWithoutRecovery=True)
        except self.client.exceptions.ResourceNotFoundException:
            return
        except (ClientError, BotoCoreError) as error:
            raise SecretUnavailable("credentials could not be erased") from error

    def _read(self, user_id: str) -> dict[str, dict[str, str]] | None:
        try:
            answer = self.client.get_secret_value(SecretId=self._name(user_id))
        except self.client.exceptions.ResourceNotFoundException:
            return None
        except (ClientError, BotoCoreError) as error:
            raise SecretUnavailable("credential could not be read") from error
        held: dict[str, dict[str, str]] = json.loads(answer["SecretString"])
        return held

    def _name(self, user_id: str) -> str:
        # User ids may hold any character, secret names may not.
        return self.prefix + hashlib.sha256(user_id.encode()).hexdigest()[:40]
