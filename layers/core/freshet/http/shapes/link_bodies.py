"""What a frontend sends to link, or to say that a user came back."""

from typing import Annotated, Literal, NotRequired

from freshet.domain.provider import Provider
from freshet.http.shapes.vocabulary import ConnectionId, LinkSessionId, Look, Shape

LONGEST_TEXT = 2048
STATE_PATTERN = "^[A-Za-z0-9_-]{16,128}$"
AnyProvider = Literal[Provider.SNAPTRADE, Provider.PLAID]
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


class SnapTradeReturnBody(Shape):
    """The user came back from SnapTrade's portal."""

    provider: Literal[Provider.SNAPTRADE]
    link_session_id: LinkSessionId
    provider_connection_id: NotRequired[Text]
    state: NotRequired[State]


class SnapTradeConnectionBody(Shape):
    """SnapTrade's portal has named a connection."""

    provider: Literal[Provider.SNAPTRADE]
    provider_connection_id: Text


class PlaidReturnBody(Shape):
    """Link has ended at Plaid; a repair brings no public token."""

    provider: Literal[Provider.PLAID]
    link_session_id: LinkSessionId
    public_token: NotRequired[Text]
    state: NotRequired[State]


class PlaidTokenBody(Shape):
    """Link has ended at Plaid, and nobody knows in which session."""

    provider: Literal[Provider.PLAID]
    public_token: Text
