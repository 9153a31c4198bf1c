"""Opening a link session: the way to a provider's pages, to link anew or to repair a link."""

from dataclasses import dataclass
from datetime import timedelta

from freshet.domain.call_errors import (
    AccessRevoked,
    CallFailed,
    CredentialRefused,
    LoginRequired,
    MissingUpstream,
)
from freshet.domain.connection import Connection
from freshet.domain.connection_status import BROKEN, ConnectionStatus
from freshet.domain.errors import CredentialMissing, InvalidField, LinkGone, NotFound
from freshet.domain.identifiers import alias_of, new_link_session_id, new_state
from freshet.domain.link_session import LinkSession, digest_of
from freshet.domain.linking import PORTAL_LINK_LIVES, LinkOffer
from freshet.domain.orders import ReadOrder, ReadReason
from freshet.domain.provider import Provider
from freshet.services.linking import Linking
from freshet.services.register_user import (
    TIDIES_WITHIN,
    delete_given_up,
    registered_anew,
    registered_user,
)

# No webhook says that Plaid's update mode ended well, and a tab may close before it tells us:
# a repair is looked for unasked, within the longest delay of a queue.
_LOOKS_AFTER = (timedelta(minutes=5), timedelta(minutes=15))
_ENDED = (ConnectionStatus.REMOVING, ConnectionStatus.REMOVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkWish:
    """What a frontend asks for; `webhook` is where Plaid shall tell of a new Item."""

    user_id: str
    provider: Provider | None
    webhook: str
    redirect_uri: str | None = None
    connection_id: str | None = None
    institution: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class StartedLink:
    """A session with what is told this once and kept nowhere."""

    session: LinkSession
    state: str
    offer: LinkOffer


def start_link(wish: LinkWish, *, parts: Linking) -> StartedLink:
    """Open a link session.

    Raises InvalidField, NotFound, LinkGone, ProviderNotConfigured, CallFailed, SecretUnavailable,
    UserBusy.
    """
    if wish.redirect_uri is not None and wish.redirect_uri not in parts.redirect_uris:
        raise InvalidField("redirect_uri", "is not on the list of this deployment")
    broken = _connection(wish, parts)
    provider = _provider(wish, broken)
    state, now = wish.state or new_state(parts.random_bytes), parts.clock()
    offer = _repair(wish, broken, state, parts) if broken else _new(wish, provider, state, parts)
    session = LinkSession(
        id=new_link_session_id(parts.random_bytes),
        user_id=wish.user_id,
        provider=provider,
        state_digest=digest_of(state),
        created_at=now,
        expires_at=offer.expires_at,
        repairs=None if broken is None else broken.id,
        was_broken=broken is not None and broken.status in BROKEN,
    )
    parts.sessions.save(session)
    if broken is not None:
        parts.reads.send(_look(broken, after) for after in _LOOKS_AFTER)
    if provider is Provider.SNAPTRADE and parts.clock() - now < TIDIES_WITHIN:
        delete_given_up(wish.user_id, parts=parts)
    return StartedLink(session, state, offer)


def _connection(wish: LinkWish, parts: Linking) -> Connection | None:
    if wish.connection_id is None:
        return None
    if wish.institution is not None:
        raise InvalidField("institution", "is the connection's own")
    connection = parts.connections.get(wish.user_id, wish.connection_id)
    if connection.status in _ENDED:
        raise NotFound(connection.id)
    return connection


def _provider(wish: LinkWish, broken: Connection | None) -> Provider:
    provider = wish.provider or (broken.provider if broken else None)
    if provider is None:
        raise InvalidField("provider", "is missing")
    if broken is not None and provider is not broken.provider:
        raise InvalidField("provider", "is not the connection's")
    return provider


def _new(wish: LinkWish, provider: Provider, state: str, parts: Linking) -> LinkOffer:
    if provider is Provider.PLAID:
        made = parts.items.link_token(
            alias_of(wish.user_id),
            webhook=wish.webhook,
            redirect_uri=wish.redirect_uri,
            institution=wish.institution,
        )
        return LinkOffer(link_token=made.token, expires_at=made.expires_at)
    portal = parts.portal
    wishes = {"redirect_url": _way_back(wish, state), "broker": wish.institution}
    user = registered_user(wish.user_id, parts=parts)
    expires_at = parts.clock() + PORTAL_LINK_LIVES
    try:
        link = portal.portal(user, **wishes)
    except CredentialRefused:
        user = registered_anew(wish.user_id, user, parts=parts)
        expires_at = parts.clock() + PORTAL_LINK_LIVES
        link = portal.portal(user, **wishes)
    return LinkOffer(url=link.url, expires_at=expires_at)


def _repair(wish: LinkWish, broken: Connection, state: str, parts: Linking) -> LinkOffer:
    try:
        return _repair_offer(wish, broken, state, parts)
    except CredentialMissing as error:
        raise LinkGone(broken.id) from error
    except CallFailed as failure:
        is_unknown = isinstance(failure, AccessRevoked | MissingUpstream)
        if is_unknown or (
            broken.provider is Provider.SNAPTRADE and isinstance(failure, LoginRequired)
        ):
            raise LinkGone(broken.id) from failure
        raise


def _repair_offer(wish: LinkWish, broken: Connection, state: str, parts: Linking) -> LinkOffer:
    credential = parts.vault.find(wish.user_id, broken.credential_name)
    if broken.provider is Provider.PLAID:
        made = parts.items.repair_token(
            alias_of(wish.user_id), credential, redirect_uri=wish.redirect_uri
        )
        return LinkOffer(link_token=made.token, expires_at=made.expires_at)
    expires_at = parts.clock() + PORTAL_LINK_LIVES
    link = parts.portal.portal(
        credential,
        redirect_url=_way_back(wish, state),
        reconnect=broken.provider_connection_id,
    )
    return LinkOffer(url=link.url, expires_at=expires_at)


def _way_back(wish: LinkWish, state: str) -> str | None:
    # A path segment: what the portal makes of a query that is there already is not documented.
    return None if wish.redirect_uri is None else f"{wish.redirect_uri.rstrip('/')}/{state}"


def _look(connection: Connection, after: timedelta) -> ReadOrder:
    return ReadOrder(
        user_id=connection.user_id,
        connection_id=connection.id,
        reason=ReadReason.FIRST_LOAD,
        delay=after,
    )
