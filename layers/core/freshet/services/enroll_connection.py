"""Taking in what a user has made at a provider: saved, and read at once."""

from collections.abc import Callable

from msgspec import Struct

from freshet.domain.connection import Connection
from freshet.domain.identifiers import new_connection_id
from freshet.domain.link import Link
from freshet.domain.link_session import LinkSession, LinkStatus
from freshet.domain.linking import EnrolledConnection, LinkedConnection
from freshet.domain.read_schedule import ReadSchedule
from freshet.ports import Clock, Connections, Inbox, LinkSessions, ReadQueue
from freshet.services.enrollment import enroll_connection, resume_enrollment
from freshet.services.show_link import link_outcome


class ConnectionEnrollment(Struct, frozen=True, kw_only=True):
    """The port Enrollment, over what it needs from outside."""

    sessions: LinkSessions
    inbox: Inbox
    connections: Connections
    reads: ReadQueue
    random_bytes: Callable[[int], bytes]
    clock: Clock

    def enroll(self, linked: LinkedConnection) -> EnrolledConnection:
        """Save a connection and have it read, or find it there already; raises AlreadyOwned."""
        now = self.clock()
        wanted = Connection(
            id=new_connection_id(self.random_bytes),
            user_id=linked.user_id,
            provider=linked.provider,
            link=Link(
                provider_connection_id=linked.provider_connection_id,
                credential_name=linked.credential_name,
            ),
            schedule=ReadSchedule(next_read_at=now),
            due_at=now,
            created_at=now,
        )
        connection = enroll_connection(wanted, provider_user_id=linked.provider_user_id, deps=self)
        # A webhook or another tab may have been faster: then it is not new, and has an id already.
        return EnrolledConnection(connection, is_new=connection.id == wanted.id)

    def resume(self, connection: Connection) -> EnrolledConnection:
        """Give a saved connection back, and have it read where a crash has prevented that."""
        return EnrolledConnection(resume_enrollment(connection, deps=self), is_new=False)

    def found_for(self, session: LinkSession) -> Connection | None:
        """Give the connection that came of an attempt, by a tab or by a webhook."""
        outcome = link_outcome(session, deps=self)
        if outcome.status is not LinkStatus.COMPLETED or outcome.connection_id is None:
            return None
        return self.connections.get(session.user_id, outcome.connection_id)
