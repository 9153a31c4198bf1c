"""What opens a provider's own pages for a user; each of them is a secret."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from freshet.domain.credential import Secret

PORTAL_LINK_LIVES = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class PortalLink:
    """Where to send the user: a link for five minutes and one visit; it is itself a secret."""

    url: Secret
    session_id: str


@dataclass(frozen=True, slots=True)
class LinkToken:
    """What Link is opened with, until it expires: four hours for a new Item, else half an hour."""

    token: Secret
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkOffer:
    """What the frontend gets to open: SnapTrade's portal by its address, or Plaid's Link."""

    expires_at: datetime
    url: Secret | None = None
    link_token: Secret | None = None
