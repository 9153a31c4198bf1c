"""What a provider tells us unasked, and what each kind calls for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from freshet.domain.provider import Provider


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedDelivery:
    """A webhook that was let in: its body without secrets, the headers its event is read with."""

    provider: Provider
    headers: Mapping[str, str]
    body: bytes
    received_at: datetime


class Calls(StrEnum):
    """What an event asks for; state is never taken from the event itself."""

    ACCOUNT_READ = "account_read"
    CONNECTION_READ = "connection_read"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
    """A verified event, reduced to ids and a kind; bodies and secrets stay outside."""

    provider: Provider
    id: str
    kind: str
    calls_for: Calls
    provider_connection_id: str | None
    provider_account_id: str | None
    provider_user_id: str | None
    occurred_at: datetime | None
    received_at: datetime
    details: Mapping[str, str]


WHOLE_CONNECTION = "*"
"""The mark of an event that is about a connection and not about one of its accounts."""


def mark_of(event: WebhookEvent) -> str | None:
    """Name what the event leaves to be read: an account, the whole connection, or nothing."""
    if event.calls_for is Calls.NOTHING or event.provider_connection_id is None:
        return None
    if event.calls_for is Calls.ACCOUNT_READ and event.provider_account_id:
        return event.provider_account_id
    return WHOLE_CONNECTION
