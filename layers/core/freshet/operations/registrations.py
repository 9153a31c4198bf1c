"""The operator event `register_connection`."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Literal

from msgspec import Struct

from freshet.domain.cadence import Cadence
from freshet.domain.cadence_rules import check_read_every, check_refresh_every
from freshet.domain.provider import Provider
from freshet.domain.provider_limits import ProviderLimits
from freshet.operations.operator import (
    CredentialForms,
    OperatorAction,
    OperatorEvent,
    Text,
    UserId,
    error,
    provider_named,
    with_credential,
)
from freshet.services.register_connection import (
    RegisterConnectionDependencies,
    Registration,
    register_connection,
)


class _RegisterConnection(OperatorEvent):
    """Registers a connection that exists at its provider already."""

    operation: Literal["register_connection"]
    user_id: UserId
    provider_connection_id: Text
    read_every: timedelta = timedelta(hours=24)
    refresh_every: timedelta | None = None
    provider: Provider
    credential: Any
    """In the form of its provider."""

    def to_registration(self, limits: ProviderLimits) -> Registration:
        """Say the same in the domain's words; raises InvalidField for a cadence."""
        check_read_every(self.read_every, limits, field="read_every")
        if self.refresh_every is not None:
            check_refresh_every(self.refresh_every, limits, field="refresh_every")
        return Registration(
            user_id=self.user_id,
            provider=self.provider,
            provider_connection_id=self.provider_connection_id,
            credential=self.credential.to_credential(self.provider_connection_id),
            cadence=Cadence(read_every=self.read_every, refresh_every=self.refresh_every),
        )


class RegistrationOperations(Struct, frozen=True):
    """Carries out the event."""

    deps: RegisterConnectionDependencies
    credential_forms: CredentialForms

    def operations(self) -> Mapping[str, OperatorAction]:
        """Give it by name."""
        return {"register_connection": self._register}

    def _register(self, event: dict[str, Any]) -> dict[str, Any]:
        provider = provider_named(event.get("provider"))
        if provider is None:
            return error("invalid_field", "provider: is not a known provider")
        form = self.credential_forms(provider)
        wanted = with_credential(_RegisterConnection, form).model_validate(event)
        registration = wanted.to_registration(self.deps.traits[provider].limits)
        connection = register_connection(registration, deps=self.deps)
        return {"connection_id": connection.id, "status": connection.link.status}
