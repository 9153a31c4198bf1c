"""What a provider tells us unasked, and what each kind of it calls for."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from freshet.domain.provider import Provider

Marks = Mapping[str, datetime]
"""What webhooks left to be read, and when each of them was last heard."""

LATE_AFTER = timedelta(seconds=300)
"""A delivery older than this is a retry, or a replay: it can only ask for a read once more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What a provider's signature vouches for: a body, from which secrets are taken, and a time."""

    body: bytes
    signed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedDelivery:
    """A webhook that was let in: its body without secrets, the headers its event is read with."""

    provider: Provider
    headers: Mapping[str, str]
    body: bytes
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


@dataclass(frozen=True, slots=True)
class EventRule:
    """What one kind of event calls for, whether it can close a refresh, and what it suggests."""

    effect: WebhookEffect
    closes_refresh: bool = False
    status_hint: StatusHint | None = None


UNKNOWN_KIND = EventRule(WebhookEffect.NOTHING)
"""The rule of unknown kinds: kept, counted, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookEvent:
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


WHOLE_CONNECTION = "*"
"""The mark of an event that is about a connection and not about one of its accounts."""

_ASIDE = "read:"
"""Marks an account to be read by an event that says nothing of a refresh's end."""

_TRANSACTIONS = {
    WebhookEffect.HISTORY_READ: "history:",
    WebhookEffect.TRANSACTIONS_READ: "transactions:",
}
"""Marks an account, or them all, whose transactions are to be read: ever, or of the last days."""

_OWED = "owed:"
"""Marks what a visit was asked for and could not do: the next one tries, in its own time."""


def mark_of(event: WebhookEvent) -> str | None:
    """Name what the event leaves to be read: an account, the whole connection, or nothing."""
    if event.rule.effect is WebhookEffect.NOTHING or event.provider_connection_id is None:
        return None
    if event.rule.effect is WebhookEffect.ACCOUNT_READ and event.provider_account_id:
        aside = "" if event.rule.closes_refresh else _ASIDE
        return aside + event.provider_account_id
    if prefix := _TRANSACTIONS.get(event.rule.effect):
        return prefix + (event.provider_account_id or WHOLE_CONNECTION)
    return WHOLE_CONNECTION


def is_marked(marks: Marks, provider_account_id: str) -> bool:
    """Tell whether an event asked for this account to be read."""
    return provider_account_id in marks or _ASIDE + provider_account_id in marks


def transactions_event(marks: Marks, provider_account_id: str) -> WebhookEffect | None:
    """Say what events asked of this account's transactions, the most of it if there were more."""
    asked = {mark.removeprefix(_OWED) for mark in marks}
    for effect, prefix in _TRANSACTIONS.items():
        if asked & {prefix + provider_account_id, prefix + WHOLE_CONNECTION}:
            return effect
    return None


def is_about_transactions(mark: str) -> bool:
    """Tell whether a mark asks for transactions and nothing else."""
    return mark.removeprefix(_OWED).startswith(tuple(_TRANSACTIONS.values()))


def has_news(marks: Marks) -> bool:
    """Tell whether a mark is to be read now, and was not left by a visit that tried."""
    return not all(mark.startswith(_OWED) for mark in marks)


def owed_marks(marks: Marks, read: Collection[str]) -> Marks:
    """Give the marks of transactions that stay: all but those of the accounts that were read.

    Holdings need none of this, as every whole visit reads them.
    """
    answered = {prefix + each for prefix in _TRANSACTIONS.values() for each in read}
    return {
        _OWED + mark.removeprefix(_OWED): at
        for mark, at in marks.items()
        if is_about_transactions(mark) and mark.removeprefix(_OWED) not in answered
    }
