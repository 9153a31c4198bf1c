"""What an operator may ask about users' credentials."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from msgspec import Struct
from pydantic import Field

from freshet.domain.call_errors import CallFailed
from freshet.domain.errors import CredentialMissing, ProviderNotConfigured, SecretUnavailable
from freshet.operations.operator import OperatorAction, OperatorEvent, Text, UserId, error
from freshet.services.move_credentials import (
    MOST_USERS,
    MoveCredentialsDependencies,
    move_credentials,
)
from freshet.services.rotate_credential import (
    RotateCredentialDependencies,
    Rotation,
    rotate_credential,
)


class _MoveCredentials(OperatorEvent):
    """Moves users' credentials from Secrets Manager into the table."""

    operation: Literal["move_credentials"]
    user_ids: Annotated[list[UserId], Field(min_length=1, max_length=MOST_USERS)]


class _RotateCredential(OperatorEvent):
    """Has the provider replace the credential of a connection."""

    operation: Literal["rotate_credential"]
    user_id: UserId
    connection_id: Text


_SAID = {
    Rotation.UNKNOWN: (
        "rotation_unknown",
        "the provider's answer is lost; the connection is being read: send the event again",
    ),
    Rotation.LOST: (
        "credential_lost",
        "the old credential is void and the new one lost; its connections wait for their user",
    ),
}


class CredentialOperations(Struct, frozen=True):
    """Carries out the events; `moving` is None where credentials stay in Secrets Manager."""

    moving: MoveCredentialsDependencies | None
    rotating: RotateCredentialDependencies

    def operations(self) -> Mapping[str, OperatorAction]:
        """Give them by name."""
        return {"move_credentials": self._move, "rotate_credential": self._rotate}

    def _move(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _MoveCredentials.model_validate(event)
        if self.moving is None:
            return error("nowhere_to_move", "deploy with CredentialStore=kms first")
        moves = move_credentials(wanted.user_ids, deps=self.moving)
        return {
            "users": [
                {"user_id": each.user_id, "status": each.status, "reason": each.reason}
                for each in moves
            ]
        }

    def _rotate(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _RotateCredential.model_validate(event)
        try:
            rotation = rotate_credential(wanted.user_id, wanted.connection_id, deps=self.rotating)
        except CredentialMissing:
            return error("credential_missing", "there is none to rotate: the user must link again")
        except SecretUnavailable as trouble:
            return error("unavailable", f"nothing was changed: {trouble}")
        except ProviderNotConfigured:
            return error("provider_not_configured", "this deployment has no keys for it")
        except CallFailed as refused:
            return error(refused.reason, "the provider changed nothing")
        if rotation in _SAID:
            return error(*_SAID[rotation])
        return {"connection_id": wanted.connection_id, "status": rotation}
