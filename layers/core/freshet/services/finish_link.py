"""Taking in what a user has linked, in the way of its provider."""

from copy import replace

from freshet.domain.connection import Connection
from freshet.domain.errors import InvalidField
from freshet.domain.link_session import LinkSession
from freshet.domain.linking import EnrolledConnection, FinishLink
from freshet.domain.user_rate_limits import UserRateLimit
from freshet.services.enrollment import first_read
from freshet.services.linking import LinkDependencies


def finish_link(returned: FinishLink, *, deps: LinkDependencies) -> EnrolledConnection:
    """Take in what was linked, whole or not at all; repeating does no harm.

    Raises InvalidField, NotFound, TooManyRequests, AlreadyOwned, LinkUnfinished, LinkInvalid and
    whatever else the provider says, SecretUnavailable, UserBusy.
    """
    session = _session(returned, deps)
    is_repair = session is not None and session.repairs is not None
    deps.limit(returned.user_id, UserRateLimit.REPAIRING if is_repair else UserRateLimit.LINKING)
    if session is not None and session.repairs is not None:
        return EnrolledConnection(_returned(session, session.repairs, deps), is_new=False)
    if session is not None and session.connection_id is not None:
        connection = deps.connections.get(returned.user_id, session.connection_id)
        return EnrolledConnection(connection, is_new=False)
    enrolled = deps.flow_at(returned.provider).finish(returned, session)
    if session is not None:
        deps.sessions.save(replace(session, connection_id=enrolled.connection.id))
    return enrolled


def _session(returned: FinishLink, deps: LinkDependencies) -> LinkSession | None:
    if returned.link_session_id is None:
        if returned.state is not None:
            raise InvalidField("state", "means nothing without link_session_id")
        return None
    session = deps.sessions.get(returned.user_id, returned.link_session_id)
    if session.provider is not returned.provider:
        raise InvalidField("provider", "is not the link session's")
    if returned.state is not None and not session.is_opened_with(returned.state):
        raise InvalidField("state", "is not the link session's")
    return session


def _returned(session: LinkSession, connection_id: str, deps: LinkDependencies) -> Connection:
    now = deps.clock()
    connection = deps.connections.change(
        session.user_id,
        connection_id,
        lambda row: replace(row, link=replace(row.link, expiry=row.link.expiry.with_return(now))),
    )
    if session.returned_at is None:
        deps.sessions.save(replace(session, returned_at=now))
    deps.reads.send([first_read(connection)])
    return connection
