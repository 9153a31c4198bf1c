"""What a provider tells us unasked, and what each kind of it calls for."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum

from msgspec import Struct

from freshet.domain.provider import Provider

LATE_AFTER = timedelta(seconds=300)
"""A delivery older than this is a retry, or a replay: it can only ask for a read once more."""


class Proven(Struct, frozen=True, kw_only=True):
    """What a provider's signature vouches for: a text, from which secrets are taken, and a time."""

    text: str
    signed_at: datetime


class VerifiedDelivery(Struct, frozen=True, kw_only=True):
    """A webhook that was let in: its text without secrets, the headers its event is read with."""

    provider: Provider
    headers: Mapping[str, str]
    text: str
    signed_at: datetime
    received_at: datetime

    @property
    def is_late(self) -> bool:
        """Tell whether it was under way for longer than a first try may be."""
        return self.received_at - self.signed_at > LATE_AFTER


class WebhookEffect(StrEnum):
    """What an event asks for; state is never taken from the event itself."""

    ACCOUNT_READ = "account_read"
    CONNECTION_READ = "connection_read"
    USER_READ = "user_read"
    """All connections of the provider's user are to be read."""
    TRANSACTIONS_READ = "transactions_read"
    HISTORY_READ = "history_read"
    NOTHING = "nothing"


class StatusHint(StrEnum):
    """What an event says of the connection's status; a read decides whether it is so."""

    ADDED = "added"
    BROKEN = "broken"
    REPAIRED = "repaired"
    EXPIRING = "expiring"
    REVOKED = "revoked"
    REMOVED = "removed"


class EventRule(Struct, frozen=True):
    """What one kind of event calls for, whether it can close a refresh, and what it suggests."""

    effect: WebhookEffect
    closes_refresh: bool = False
    status_hint: StatusHint | None = None


UNKNOWN_KIND = EventRule(WebhookEffect.NOTHING)
"""The rule of unknown kinds: kept, counted, and nothing else."""


class WebhookEvent(Struct, frozen=True, kw_only=True):
    """A verified event, reduced to ids and a kind; bodies and secrets stay outside."""

    provider: Provider
    id: str
    kind: str
    rule: EventRule
    provider_connection_id: str | None
    provider_account_id: str | None
    provider_user_id: str | None
    occurred_at: datetime
    received_at: datetime
    details: Mapping[str, str]
    link_ends_at: datetime | None = None


class LeftOfEvent(Struct, frozen=True, kw_only=True):
    """What a process that died may have left to do for an event."""

    is_parked: bool
    """It waits for an owner."""
    is_read_owed: bool
    """Its connection is marked and was not read since."""
