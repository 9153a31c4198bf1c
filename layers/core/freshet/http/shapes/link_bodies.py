"""What a frontend sends to link, or to say that a user came back."""

from types import new_class
from typing import Annotated, Any, NotRequired

from freshet.domain.provider import Provider
from freshet.domain.provider_offer import ReturnForm
from freshet.http.shapes.vocabulary import ConnectionId, LinkSessionId, Look, Shape

LONGEST_TEXT = 2048
STATE_PATTERN = "^[A-Za-z0-9_-]{16,128}$"
AnyProvider = Annotated[str, Look(enum=[str(each) for each in Provider])]
Text = Annotated[str, Look(minLength=1, maxLength=LONGEST_TEXT)]
State = Annotated[str, Look(pattern=STATE_PATTERN)]


class NewLinkBody(Shape):
    """An institution is to be linked."""

    provider: AnyProvider
    redirect_uri: NotRequired[Text]
    """Where the user comes back to: one of the deployment's list."""
    institution: NotRequired[Text]
    """The provider's name of it, to skip the search."""
    state: NotRequired[State]
    """Drawn by the tab. Left out, we draw it."""


class RepairBody(Shape):
    """A link is to be repaired: the same connection, with all its ids."""

    connection_id: ConnectionId
    provider: NotRequired[AnyProvider]
    redirect_uri: NotRequired[Text]
    state: NotRequired[State]


_RETURN_FIELDS = {
    "link_session_id": LinkSessionId,
    "provider_connection_id": Text,
    "public_token": Text,
    "state": State,
}


def return_body(provider: Provider, form: ReturnForm) -> type:
    """Make the typed dictionary of one way to say that a user has linked."""
    fields: dict[str, Any] = {"provider": Annotated[str, Look(const=str(provider))]}
    fields |= {name: _RETURN_FIELDS[name] for name in form.required}
    fields |= {name: NotRequired[_RETURN_FIELDS[name]] for name in form.optional}
    described = {"__doc__": form.description, "__annotations__": fields, "__module__": __name__}
    return new_class(form.name, (Shape,), exec_body=lambda namespace: namespace.update(described))
