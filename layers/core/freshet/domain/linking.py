"""How a user links: what a frontend asks for and gets to open, and what came of it."""

from datetime import datetime

from msgspec import Struct

from freshet.domain.connection import Connection
from freshet.domain.credential import Secret
from freshet.domain.provider import Provider


class LinkOffer(Struct, frozen=True, kw_only=True):
    """What the frontend gets to open: the address of a page, or the token of a widget."""

    expires_at: datetime
    url: Secret | None = None
    link_token: Secret | None = None


class StartLink(Struct, frozen=True, kw_only=True):
    """A request to link, or to repair a link; webhooks reach us below `webhooks_at`."""

    user_id: str
    provider: Provider | None
    webhooks_at: str
    redirect_uri: str | None = None
    connection_id: str | None = None
    institution: str | None = None
    state: str | None = None


class FinishLink(Struct, frozen=True, kw_only=True):
    """What a frontend brings back; none of it is believed, all of it is asked for."""

    user_id: str
    provider: Provider
    public_token: Secret | None = None
    provider_connection_id: str | None = None
    link_session_id: str | None = None
    state: str | None = None


class LinkedConnection(Struct, frozen=True, kw_only=True):
    """A connection that a user has made at a provider, and the name of its credential here."""

    user_id: str
    provider: Provider
    provider_connection_id: str
    credential_name: str
    provider_user_id: str | None = None


class EnrolledConnection(Struct, frozen=True):
    """A connection of the user's, and whether it came to be by this request."""

    connection: Connection
    is_new: bool
