"""What an operator may ask by invoking the api function directly (`sam remote invoke`).

An HTTP request cannot look like one of these: the gateway wraps it in an envelope of its own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from freshet.domain.cadence import Cadence
from freshet.domain.cadence_rules import check_read_every, check_refresh_every
from freshet.domain.errors import (
    AlreadyOwned,
    ConnectionRemoving,
    InvalidField,
    NotFound,
    UserLeaving,
)
from freshet.domain.provider import Provider
from freshet.domain.provider_limits import ProviderLimits
from freshet.ports import CredentialForm
from freshet.services.process_webhook import ProcessWebhookDependencies
from freshet.services.register_connection import (
    RegisterConnectionDependencies,
    Registration,
    register_connection,
)
from freshet.services.replay_webhooks import replay_connection, replay_event, replay_parked
from freshet.services.switch_purchases import SwitchPurchasesDependencies, switch_purchases

Text = Annotated[str, Field(min_length=1, max_length=256)]
CredentialForms = Callable[[Provider], type[CredentialForm]]


class OperatorEvent(BaseModel):
    """What every operator event keeps to."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class _RegisterConnection(OperatorEvent):
    """Registers a connection that exists at its provider already."""

    operation: Literal["register_connection"]
    user_id: Text
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


class _SwitchPurchases(OperatorEvent):
    """Turns the kill switch; it needs nothing but its name."""

    operation: Literal["stop_purchases", "resume_purchases"]


class _ReplayWebhook(OperatorEvent):
    """Works a stored webhook event again."""

    operation: Literal["replay_webhook"]
    provider: Provider
    event_id: Text


class _ReplayWebhooks(OperatorEvent):
    """Works all there is about a connection again."""

    operation: Literal["replay_webhooks"]
    provider: Provider
    provider_connection_id: Text


class _ReplayParked(OperatorEvent):
    """Works the parked events whose connection is known by now."""

    operation: Literal["replay_parked_webhooks"]
    provider: Provider


_REFUSALS: dict[type[Exception], tuple[str, str]] = {
    AlreadyOwned: ("already_owned", "another user holds this connection"),
    ConnectionRemoving: ("connection_removing", "its user has asked for its removal"),
    UserLeaving: ("user_leaving", "everything of the user is being removed"),
}
OperatorAction = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Operator:
    """Carries out operator events and answers what became of them."""

    registering: RegisterConnectionDependencies
    switching: SwitchPurchasesDependencies
    replaying: ProcessWebhookDependencies
    credential_forms: CredentialForms
    further: Callable[[], Mapping[str, OperatorAction]] = dict
    """Gives what is asked for so seldom that it is loaded only then, by operation."""

    def run(self, event: dict[str, Any]) -> dict[str, Any]:
        """Carry out one event; a bad one is answered by naming its fields, never their values."""
        name = str(event.get("operation"))
        operation = self._operations().get(name) or self.further().get(name)
        if operation is None:
            return error("invalid_field", "operation: is not a known operation")
        try:
            return operation(event)
        except ValidationError as refused:
            return error("invalid_field", "; ".join(_named(each) for each in refused.errors()))
        except InvalidField as refused:
            return error("invalid_field", str(refused))
        except NotFound as refused:
            return error("not_found", f"{refused} is not known here")
        except tuple(_REFUSALS) as refused:
            return error(*_REFUSALS[type(refused)])

    def _operations(self) -> dict[str, OperatorAction]:
        return {
            "register_connection": self._register_connection,
            "stop_purchases": self._switch_purchases,
            "resume_purchases": self._switch_purchases,
            "replay_webhook": self._replay_webhook,
            "replay_webhooks": self._replay_webhooks,
            "replay_parked_webhooks": self._replay_parked,
        }

    def _register_connection(self, event: dict[str, Any]) -> dict[str, Any]:
        provider = provider_named(event.get("provider"))
        if provider is None:
            return error("invalid_field", "provider: is not a known provider")
        form = self.credential_forms(provider)
        wanted = with_credential(_RegisterConnection, form).model_validate(event)
        registration = wanted.to_registration(self.registering.traits[provider].limits)
        connection = register_connection(registration, deps=self.registering)
        return {"connection_id": connection.id, "status": connection.link.status}

    def _switch_purchases(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _SwitchPurchases.model_validate(event).operation == "stop_purchases"
        is_stopped = switch_purchases(is_stopped=wanted, deps=self.switching)
        return {"purchases_stopped": is_stopped}

    def _replay_webhook(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _ReplayWebhook.model_validate(event)
        is_worked = replay_event(wanted.provider, wanted.event_id, deps=self.replaying)
        return {"worked": is_worked}

    def _replay_webhooks(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _ReplayWebhooks.model_validate(event)
        waiting = replay_connection(
            wanted.provider, wanted.provider_connection_id, deps=self.replaying
        )
        return {"parked_events_worked": waiting}

    def _replay_parked(self, event: dict[str, Any]) -> dict[str, Any]:
        wanted = _ReplayParked.model_validate(event)
        return {"parked_events_worked": replay_parked(wanted.provider, deps=self.replaying)}


def _named(wrong: Any) -> str:
    return f"{'.'.join(str(part) for part in wrong['loc'])}: {wrong['msg']}"


def provider_named(name: object) -> Provider | None:
    """Find a provider by the name that an operator has written."""
    return next((each for each in Provider if each == name), None)


def with_credential[Model: BaseModel](
    model: type[Model], form: type[CredentialForm]
) -> type[Model]:
    """Narrow a model's field `credential` to the form of one provider."""
    return create_model(model.__name__, __base__=model, credential=(form, ...))


def error(code: str, detail: str) -> dict[str, Any]:
    """Answer why an event was not carried out."""
    return {"error": {"code": code, "detail": detail}}
