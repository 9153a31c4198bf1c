"""What webhooks left to be read of a connection, and when each of them was last heard."""

from collections.abc import Collection, Mapping
from copy import replace
from datetime import datetime
from enum import StrEnum

from msgspec import Struct, field

from freshet.domain.webhooks import StatusHint, WebhookEffect, WebhookEvent


class ReadSubject(StrEnum):
    """What a provider has something new of."""

    CONNECTION = "connection"
    REMOVAL = "removal"
    """The connection, of which the provider says that it is there no more."""
    HOLDINGS = "holdings"
    REFRESHED_HOLDINGS = "refreshed_holdings"
    """Holdings of an account for which the provider says that a refresh has ended."""
    TRANSACTIONS = "transactions"
    HISTORY = "history"
    """Transactions as far back as the provider goes, not of the last days alone."""


_TRANSACTIONS = (ReadSubject.HISTORY, ReadSubject.TRANSACTIONS)
_SUBJECTS = {
    WebhookEffect.HISTORY_READ: ReadSubject.HISTORY,
    WebhookEffect.TRANSACTIONS_READ: ReadSubject.TRANSACTIONS,
}


class PendingRead(Struct, frozen=True):
    """One thing to read: of one account, or of all of them."""

    subject: ReadSubject
    provider_account_id: str | None = None

    @property
    def is_about_transactions(self) -> bool:
        """Tell whether transactions are to be read and nothing else."""
        return self.subject in _TRANSACTIONS


class Announcement(Struct, frozen=True):
    """When a thing to read was last announced, and what the provider failed to bring along."""

    at: datetime
    failed_parts: tuple[str, ...] = ()
    is_owed: bool = False
    """A read was asked for it and could not do it: the next one tries, in its own time."""


def pending_read_of(event: WebhookEvent) -> PendingRead | None:
    """Say what the event leaves to be read: an account, the whole connection, or nothing."""
    effect, account = event.rule.effect, event.provider_account_id
    if effect is WebhookEffect.NOTHING or event.provider_connection_id is None:
        return None
    if effect is WebhookEffect.ACCOUNT_READ and account:
        is_end = event.rule.closes_refresh
        subject = ReadSubject.REFRESHED_HOLDINGS if is_end else ReadSubject.HOLDINGS
        return PendingRead(subject, account)
    if effect in _SUBJECTS:
        return PendingRead(_SUBJECTS[effect], account)
    is_end = event.rule.status_hint in (StatusHint.REMOVED, StatusHint.REVOKED)
    return PendingRead(ReadSubject.REMOVAL if is_end else ReadSubject.CONNECTION)


class PendingReads(Struct, frozen=True):
    """Everything that is to be read because a provider announced it."""

    announced: Mapping[PendingRead, Announcement] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Tell whether anything is to be read."""
        return bool(self.announced)

    @property
    def has_news(self) -> bool:
        """Tell whether a thing is to be read now, and was not left by a read that tried."""
        return not all(each.is_owed for each in self.announced.values())

    @property
    def is_about_everything(self) -> bool:
        """Tell whether an event was about the connection and not about one of its accounts."""
        whole = (ReadSubject.CONNECTION, ReadSubject.REMOVAL)
        return any(PendingRead(each) in self.announced for each in whole)

    @property
    def has_removal(self) -> bool:
        """Tell whether the provider has announced that the connection is gone."""
        return PendingRead(ReadSubject.REMOVAL) in self.announced

    @property
    def transactions_count(self) -> int:
        """Count the things that are about transactions and nothing else."""
        return sum(read.is_about_transactions for read in self.announced)

    def has_holdings_of(self, provider_account_id: str) -> bool:
        """Tell whether an event asked for this account to be read."""
        holdings = (ReadSubject.HOLDINGS, ReadSubject.REFRESHED_HOLDINGS)
        return any(PendingRead(each, provider_account_id) in self.announced for each in holdings)

    def refreshed(self, provider_account_id: str) -> Announcement | None:
        """Give the announcement that a refresh of this account has ended."""
        return self.announced.get(PendingRead(ReadSubject.REFRESHED_HOLDINGS, provider_account_id))

    def transactions_of(self, provider_account_id: str) -> ReadSubject | None:
        """Say what events asked of this account's transactions, the most of it if there were more.

        Transactions that are announced of no account in particular are those of each.
        """
        for subject in _TRANSACTIONS:
            asked = (PendingRead(subject, provider_account_id), PendingRead(subject))
            if not self.announced.keys().isdisjoint(asked):
                return subject
        return None

    def with_event(self, event: WebhookEvent, *, at: datetime) -> "PendingReads":
        """Note what an event leaves to be read."""
        read = pending_read_of(event)
        if read is None:
            return self
        return PendingReads({**self.announced, read: announcement_of(event, at=at)})

    def after_read(
        self, started_at: datetime, *, is_through: bool, transactions_read: Collection[str]
    ) -> "PendingReads":
        """Forget what a read has answered; what was announced during the read stays.

        Transactions stay owed but for the accounts in `transactions_read`, unless the read came
        through all of them. Holdings need none of this, as every whole read brings them.
        """
        left = {}
        for read, announcement in self.announced.items():
            if announcement.at >= started_at:
                left[read] = announcement
            elif not is_through and _is_owed(read, transactions_read):
                left[read] = replace(announcement, is_owed=True)
        return PendingReads(left)


def announcement_of(event: WebhookEvent, *, at: datetime) -> Announcement:
    """Note an event that was heard at an instant."""
    return Announcement(at, tuple(sorted(event.details)))


def _is_owed(read: PendingRead, transactions_read: Collection[str]) -> bool:
    return read.is_about_transactions and read.provider_account_id not in transactions_read
