"""The links into the portal: what they ask for, and that each opens it once."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.brokerages import SLUGS
from tests.simulators.snaptrade.refusals import InvalidInput, LinkSpent
from tests.simulators.snaptrade.world import World

LINK_PATH = "/snapTrade/redeemToken"
_ACCESS = {"read": "read", "trade": "trade", "trade-if-available": "read"}
_LANGUAGES = {"en", "pt"}
_VERSIONS = {"v4", "v3", "v2"}
_TOKEN_LENGTH = 40
_TYPES = {
    "broker": str,
    "immediateRedirect": bool,
    "customRedirect": str,
    "reconnect": str,
    "connectionType": str,
    "showCloseButton": bool,
    "darkMode": bool,
    "locale": str,
    "connectionPortalVersion": str,
}


@dataclass(frozen=True, slots=True)
class LoginOptions:
    """What the customer wants of a portal session."""

    broker: str | None
    redirect: str | None
    reconnect: str | None
    access: str

    @classmethod
    def from_document(cls, document: Document) -> "LoginOptions":
        """Read the body of a login; raises InvalidInput. Unknown fields are ignored."""
        given = {name: item for name, item in document.items() if item is not None}
        for name, expected in _TYPES.items():
            if name in given and not isinstance(given[name], expected):
                raise InvalidInput
        _check_values(given)
        return cls(
            broker=given.get("broker") or None,
            redirect=given.get("customRedirect") or None,
            reconnect=given.get("reconnect") or None,
            access=_ACCESS[given.get("connectionType", "read")],
        )


@dataclass(slots=True)
class PortalLink:
    """One link to the portal."""

    token: str
    session_id: str
    user_id: str
    options: LoginOptions
    expires_at: datetime


class PortalLinks:
    """Issues links and takes each back once; the caller holds the lock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._links: dict[str, PortalLink] = {}

    def issue(self, user_id: str, options: LoginOptions, *, origin: str) -> Document:
        """Return a new link to the portal of this simulator."""
        world = self._world
        now = world.now()
        self._links = {key: item for key, item in self._links.items() if item.expires_at > now}
        expires_at = now + timedelta(seconds=world.knobs.link_seconds)
        token = world.giving_out(world.ids.new_text(_TOKEN_LENGTH))
        link = PortalLink(token, world.ids.new_id(), user_id, options, expires_at)
        self._links[link.session_id] = link
        fields = {"token": token, "clientId": world.settings.client_id}
        query = urlencode(fields | {"sessionId": link.session_id})
        return {"redirectURI": f"{origin}{LINK_PATH}?{query}", "sessionId": link.session_id}

    def find(self, address: str) -> PortalLink:
        """Return the link of a redirect URI or a session id; raises LinkSpent."""
        fields = parse_qs(urlsplit(address).query)
        (session_id,) = fields.get("sessionId", [address])
        link = self._links.get(session_id)
        if link is None or link.expires_at <= self._world.now():
            raise LinkSpent
        if fields and fields.get("token") != [link.token]:
            raise LinkSpent
        return link

    def spend(self, link: PortalLink) -> None:
        """Close a link for good."""
        del self._links[link.session_id]


def _check_values(given: Document) -> None:
    # Which wrong values the live service refuses, but for the locale, is our assumption.
    language = given.get("locale", "en").replace("_", "-").lower().partition("-")[0]
    is_sensible = (
        given.get("broker", SLUGS[0]) in SLUGS
        and given.get("connectionType", "read") in _ACCESS
        and given.get("connectionPortalVersion", "v4") in _VERSIONS
        and language in _LANGUAGES
        and bool(urlsplit(given.get("customRedirect", "https://a")).scheme)
    )
    if not is_sensible:
        raise InvalidInput
    try:
        uuid.UUID(given.get("reconnect") or str(uuid.UUID(int=0)))
    except ValueError as error:
        raise InvalidInput from error
