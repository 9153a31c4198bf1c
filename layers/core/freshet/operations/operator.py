"""The operator's door: events that invoke the function `operate` directly (`sam remote invoke`)."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

from msgspec import Struct
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, create_model

from freshet.domain.errors import (
    AlreadyOwned,
    ConnectionRemoving,
    InvalidField,
    NotFound,
    UserLeaving,
)
from freshet.domain.identifiers import is_user_id
from freshet.domain.provider import Provider
from freshet.ports import CredentialForm

Text = Annotated[str, Field(min_length=1, max_length=256)]


def _user_id(text: str) -> str:
    if not is_user_id(text):
        raise ValueError("is not a user's id of at most 255 characters")
    return text


UserId = Annotated[str, AfterValidator(_user_id)]
CredentialForms = Callable[[Provider], type[CredentialForm]]
OperatorAction = Callable[[dict[str, Any]], dict[str, Any]]


class OperatorEvent(BaseModel):
    """What every operator event keeps to."""

    model_config = ConfigDict(extra="forbid", frozen=True)


_REFUSALS: dict[type[Exception], tuple[str, str]] = {
    AlreadyOwned: ("already_owned", "another user holds this connection"),
    ConnectionRemoving: ("connection_removing", "its user has asked for its removal"),
    UserLeaving: ("user_leaving", "everything of the user is being removed"),
}


class Operator(Struct, frozen=True):
    """Carries out operator events and answers what became of them."""

    operations: Mapping[str, OperatorAction]

    def run(self, event: dict[str, Any]) -> dict[str, Any]:
        """Carry out one event; a bad one is answered by naming its fields, never their values."""
        operation = self.operations.get(str(event.get("operation")))
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
