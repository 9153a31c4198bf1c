"""Opening a link session: the way to a provider's pages, to link anew or to repair a link."""

from datetime import timedelta

from msgspec import Struct

from freshet.domain.call_errors import AccessRevoked, MissingUpstream
from freshet.domain.commands import ReadCommand, ReadReason
from freshet.domain.connection import Connection
from freshet.domain.connection_status import BROKEN, ConnectionStatus
from freshet.domain.errors import CredentialMissing, InvalidField, LinkGone, NotFound
from freshet.domain.identifiers import new_link_session_id, new_state
from freshet.domain.link_session import LinkSession, digest_of
from freshet.domain.linking import LinkOffer, StartLink
from freshet.domain.provider import Provider
from freshet.domain.user_rate_limits import UserRateLimit
from freshet.ports import LinkFlow
from freshet.services.linking import LinkDependencies

# Not every provider says by a webhook that a repair ended well, and a tab may close before it
# tells us: a repair is looked for unasked, within the longest delay of a queue.
_LOOKS_AFTER = (timedelta(minutes=5), timedelta(minutes=15))
_TIDIES_WITHIN = timedelta(seconds=8)  # a call takes 14 at most, the function's time is 29
_ENDED = (ConnectionStatus.REMOVING, ConnectionStatus.REMOVED)


class StartedLink(Struct, frozen=True):
    """A session with what is told this once and kept nowhere."""

    session: LinkSession
    state: str
    offer: LinkOffer


def start_link(wanted: StartLink, *, deps: LinkDependencies) -> StartedLink:
    """Open a link session.

    Raises InvalidField, NotFound, TooManyRequests, LinkGone, ProviderNotConfigured, CallFailed,
    SecretUnavailable, UserBusy.
    """
    if wanted.redirect_uri is not None and wanted.redirect_uri not in deps.redirect_uris:
        raise InvalidField("redirect_uri", "is not on the list of this deployment")
    broken = _connection(wanted, deps)
    provider = _provider(wanted, broken)
    flow = deps.flow_at(provider)
    deps.limit(wanted.user_id, UserRateLimit.REPAIRING if broken else UserRateLimit.LINKING)
    state, now = wanted.state or new_state(deps.random_bytes), deps.clock()
    offer = _repair(flow, wanted, broken, state) if broken else flow.start(wanted, state=state)
    session = LinkSession(
        id=new_link_session_id(deps.random_bytes),
        user_id=wanted.user_id,
        provider=provider,
        state_digest=digest_of(state),
        created_at=now,
        expires_at=offer.expires_at,
        repairs=None if broken is None else broken.id,
        was_broken=broken is not None and broken.link.status in BROKEN,
    )
    deps.sessions.save(session)
    if broken is not None:
        deps.reads.send(_look(broken, after) for after in _LOOKS_AFTER)
    if deps.clock() - now < _TIDIES_WITHIN:
        flow.give_back(wanted.user_id)
    return StartedLink(session, state, offer)


def _connection(wanted: StartLink, deps: LinkDependencies) -> Connection | None:
    if wanted.connection_id is None:
        return None
    if wanted.institution is not None:
        raise InvalidField("institution", "is the connection's own")
    connection = deps.connections.get(wanted.user_id, wanted.connection_id)
    if connection.link.status in _ENDED:
        raise NotFound(connection.id)
    return connection


def _provider(wanted: StartLink, broken: Connection | None) -> Provider:
    provider = wanted.provider or (broken.provider if broken else None)
    if provider is None:
        raise InvalidField("provider", "is missing")
    if broken is not None and provider is not broken.provider:
        raise InvalidField("provider", "is not the connection's")
    return provider


def _repair(flow: LinkFlow, wanted: StartLink, broken: Connection, state: str) -> LinkOffer:
    try:
        return flow.repair(wanted, broken, state=state)
    except (CredentialMissing, AccessRevoked, MissingUpstream) as error:
        raise LinkGone(broken.id) from error


def _look(connection: Connection, after: timedelta) -> ReadCommand:
    return ReadCommand(
        user_id=connection.user_id,
        connection_id=connection.id,
        reason=ReadReason.FIRST_LOAD,
        delay=after,
    )
