"""Taking in what a user has linked: exchanged at Plaid, or found at SnapTrade."""

from dataclasses import dataclass, replace

from freshet.domain.call_errors import LinkInvalid
from freshet.domain.connection import Connection
from freshet.domain.credential import Secret
from freshet.domain.errors import InvalidField, SecretUnavailable
from freshet.domain.link_session import LinkSession
from freshet.domain.provider import Provider
from freshet.services.exchange_item import exchanged
from freshet.services.find_linked import found_at_portal
from freshet.services.linking import Linking
from freshet.services.take_in import first_read


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What a frontend brings back; none of it is believed, all of it is asked for."""

    user_id: str
    provider: Provider
    public_token: Secret | None = None
    provider_connection_id: str | None = None
    link_session_id: str | None = None
    state: str | None = None


@dataclass(frozen=True, slots=True)
class TakenIn:
    """A connection of the user's, and whether it came to be by this request."""

    connection: Connection
    is_new: bool


def finish_link(arrival: Arrival, *, parts: Linking) -> TakenIn:
    """Take in what was linked, whole or not at all; repeating does no harm.

    Raises InvalidField, NotFound, AlreadyOwned, LinkUnfinished, LinkInvalid and whatever else the
    provider says, SecretUnavailable, UserBusy.
    """
    session = _session(arrival, parts)
    if session is not None and session.repairs is not None:
        return TakenIn(_returned(session, session.repairs, parts), is_new=False)
    if session is not None and session.connection_id is not None:
        connection = parts.connections.get(arrival.user_id, session.connection_id)
        return TakenIn(connection, is_new=False)
    try:
        connection, is_new = _taken_in(arrival, session, parts)
    except (LinkInvalid, SecretUnavailable):
        if session is not None and arrival.provider is Provider.PLAID:
            parts.sessions.save(replace(session, is_failed=True))
        raise
    if session is not None:
        parts.sessions.save(replace(session, connection_id=connection.id))
    return TakenIn(connection, is_new)


def _session(arrival: Arrival, parts: Linking) -> LinkSession | None:
    if arrival.link_session_id is None:
        if arrival.state is not None:
            raise InvalidField("state", "means nothing without link_session_id")
        return None
    session = parts.sessions.get(arrival.user_id, arrival.link_session_id)
    if session.provider is not arrival.provider:
        raise InvalidField("provider", "is not the link session's")
    if arrival.state is not None and not session.is_opened_with(arrival.state):
        raise InvalidField("state", "is not the link session's")
    return session


def _returned(session: LinkSession, connection_id: str, parts: Linking) -> Connection:
    now = parts.clock()
    connection = parts.connections.change(
        session.user_id,
        connection_id,
        lambda row: replace(row, expiry=row.expiry.with_return(now)),
    )
    if session.returned_at is None:
        parts.sessions.save(replace(session, returned_at=now))
    parts.reads.send([first_read(connection)])
    return connection


def _taken_in(
    arrival: Arrival, session: LinkSession | None, parts: Linking
) -> tuple[Connection, bool]:
    if arrival.provider is Provider.SNAPTRADE:
        return found_at_portal(
            arrival.user_id, arrival.provider_connection_id, session, parts=parts
        )
    if arrival.public_token is None:
        raise InvalidField("public_token", "is missing")
    return exchanged(arrival.user_id, arrival.public_token, parts=parts)
