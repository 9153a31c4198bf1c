"""What came of a link session."""

from typing import Protocol

from freshet.domain.link_session import LinkOutcome, LinkSession
from freshet.ports import Clock, Connections, LinkSessions


class ShowLinkDependencies(Protocol):
    """What it takes."""

    @property
    def sessions(self) -> LinkSessions:
        """Know the user's other attempts."""

    @property
    def connections(self) -> Connections:
        """Know what the user has linked."""

    @property
    def clock(self) -> Clock:
        """Tell the time."""


def link_outcome(session: LinkSession, *, deps: ShowLinkDependencies) -> LinkOutcome:
    """Say how far a session is: by what is stored, also where a webhook brought it in."""
    others = [each for each in deps.sessions.of_user(session.user_id) if each.id != session.id]
    return session.outcome(
        deps.connections.of_user(session.user_id),
        claimed={each.connection_id for each in others if each.connection_id is not None},
        now=deps.clock(),
    )
