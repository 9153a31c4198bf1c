"""What came of a link session."""

from freshet.domain.link_session import LinkOutcome, LinkSession
from freshet.services.linking import Linking


def link_outcome(session: LinkSession, *, parts: Linking) -> LinkOutcome:
    """Say how far a session is: by what is stored, whoever brought it in."""
    others = [each for each in parts.sessions.of_user(session.user_id) if each.id != session.id]
    return session.outcome(
        parts.connections.of_user(session.user_id),
        claimed={each.connection_id for each in others if each.connection_id is not None},
        now=parts.clock(),
    )
