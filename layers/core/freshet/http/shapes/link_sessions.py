"""An attempt to link as JSON; what opens the provider's pages is told once."""

from freshet.domain.credential import Secret
from freshet.domain.instants import to_text
from freshet.domain.link_session import LinkOutcome, LinkSession, LinkStatus
from freshet.domain.provider import Provider
from freshet.http.shapes.vocabulary import ConnectionId, Instant, LinkSessionId, Shape
from freshet.services.start_link import StartedLink


class LinkSessionShape(Shape):
    """An attempt to link, or to repair a link."""

    id: LinkSessionId
    status: LinkStatus
    provider: Provider
    url: str | None
    """The page to open, where the provider has one, in the answer to POST alone; for one visit."""
    link_token: str | None
    """What the provider's widget is opened with, where it has one, in the answer to POST alone."""
    connection_id: ConnectionId | None
    """The connection that came of it, or the one to be repaired."""
    created_at: Instant
    expires_at: Instant


class StartedLinkShape(LinkSessionShape):
    """A new attempt, with what only the tab that made it knows."""

    state: str
    """Compare it when the user comes back, and send it along to `POST /v1/connections`."""


def link_session_shape(session: LinkSession, outcome: LinkOutcome) -> LinkSessionShape:
    """Show an attempt without what opens the provider's pages."""
    return {
        "id": session.id,
        "status": outcome.status,
        "provider": session.provider,
        "url": None,
        "link_token": None,
        "connection_id": outcome.connection_id or session.repairs,
        "created_at": to_text(session.created_at),
        "expires_at": to_text(session.expires_at),
    }


def started_link_shape(started: StartedLink) -> StartedLinkShape:
    """Show a new attempt to the user who made it."""
    session, offer = started.session, started.offer
    shape = link_session_shape(session, LinkOutcome(LinkStatus.PENDING))
    return {
        **shape,
        "url": _revealed(offer.url),
        "link_token": _revealed(offer.link_token),
        "state": started.state,
    }


def _revealed(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()
