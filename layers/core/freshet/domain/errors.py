"""Everything that can go wrong, as one family.

FreshetError
├── RequestError                 the caller's doing
│   ├── InvalidJson · InvalidField · PayloadTooLarge · NotFound · HoldingsMoved
│   ├── AnswerTooLarge · TooManyRequests
│   ├── MissingScope · ActingForNobody · ActingNotAllowed
│   ├── TransactionsNotEnabled · IdempotencyMismatch · UserLeaving
│   ├── LinkUnfinished · LinkGone
│   └── AlreadyOwned             the provider's connection belongs to another user
├── WebhookRefused               SignatureRejected · MalformedWebhook · UnknownProvider
├── RefreshRefused               decided here, before any money
│   ├── ConnectionNeedsUser · ConnectionRemoving · PurchasesStopped
│   ├── RefreshTooSoon · BudgetExhausted
├── CallFailed                   a call to a provider that brought nothing: see call_errors.py
├── ProviderNotConfigured · VisitTooLong · SnapshotTooLarge
├── ConcurrentChange · Erased    another writer was first, or erased everything
├── PassedOn                     an account that lives on under another connection
├── KeysNotFilledIn
├── QueueUnavailable · SecretUnavailable ─ UserBusy · StoreBusy · CredentialMissing
└── ConfigurationError
"""

from datetime import datetime
from typing import ClassVar


class FreshetError(Exception):
    """Anything Freshet raises on purpose."""

    retryable: ClassVar[bool] = False


class RequestError(FreshetError):
    """The caller asked for something we will not do."""


class InvalidJson(RequestError):
    """The body is not JSON."""


class InvalidField(RequestError):
    """A field is unknown, missing or of the wrong kind."""

    def __init__(self, field: str, reason: str) -> None:
        """Name the field and what is wrong with it, never its value."""
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


class PayloadTooLarge(RequestError):
    """The body is over the limit."""


class AnswerTooLarge(RequestError):
    """What was asked for does not fit into one answer; the text says what to ask for instead."""


class TooManyLines(RequestError):
    """The lines of holdings are too many for one answer, whatever is in them."""


class NotFound(RequestError):
    """It does not exist, or belongs to another user: the answer is the same."""


class TooManyRequests(RequestError):
    """One user has asked for more than one person can want; says when there is room again."""

    def __init__(self, retry_at: datetime) -> None:
        """Keep when to come back."""
        super().__init__("too many requests")
        self.retry_at = retry_at


class HoldingsMoved(RequestError):
    """Between two pages the holdings became others: together the pages would be a lie."""


class MissingScope(RequestError):
    """The token lacks a scope."""

    def __init__(self, scope: str) -> None:
        """Name the scope that would have helped."""
        super().__init__(scope)
        self.scope = scope


class ActingForNobody(RequestError):
    """A token that acts for users came without the user's name."""


class ActingNotAllowed(RequestError):
    """A user's token named another user."""


class TransactionsNotEnabled(RequestError):
    """Reading transactions costs a subscription at this provider, and was not enabled."""


class IdempotencyMismatch(RequestError):
    """The key has been used before, for a request that asked for something else."""


class AlreadyOwned(RequestError):
    """The provider's connection is registered for another user."""


class LinkUnfinished(RequestError):
    """Nothing has come of the link session so far."""


class LinkGone(RequestError):
    """There is nothing left to repair: the user links anew, and gets another connection."""


class UserLeaving(RequestError):
    """Everything of the user is being erased: nothing can be added until that is over."""


class WebhookRefused(FreshetError):
    """A delivery that is not let in; `reason` is a metric dimension, not a text."""

    def __init__(self, reason: str) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


class SignatureRejected(WebhookRefused):
    """Not proven to come from the provider, or not at this time."""


class MalformedWebhook(WebhookRefused):
    """Signed by the provider and still not an event."""


class UnknownProvider(WebhookRefused):
    """No provider of that name is configured."""


class RefreshRefused(FreshetError):
    """A refresh that was not bought, for a reason of our own."""


class ConnectionNeedsUser(RefreshRefused):
    """Only the user can help: by linking the connection again."""

    def __init__(self, connection_id: str, reason: str | None) -> None:
        """Keep what the way to re-link needs."""
        super().__init__(reason or "needs_user")
        self.connection_id = connection_id
        self.reason = reason


class ConnectionInDoubt(RefreshRefused):
    """The provider has said that the link is broken, and it is not believed yet."""

    def __init__(self, retry_at: datetime | None) -> None:
        """Keep when another look can decide."""
        super().__init__("connection_in_doubt")
        self.retry_at = retry_at


class ConnectionRemoving(RefreshRefused):
    """The user has asked for the connection to be removed."""


class PurchasesStopped(RefreshRefused):
    """The operator's kill switch is on."""


class RefreshTooSoon(RefreshRefused):
    """The cooldown since the last refresh of this connection is not over."""

    def __init__(self, retry_at: datetime) -> None:
        """Keep when it makes sense to ask again."""
        super().__init__("cooldown")
        self.retry_at = retry_at


class BudgetExhausted(RefreshRefused):
    """A budget has no room for another refresh."""

    def __init__(self, scope: str, resets_at: datetime) -> None:
        """Name the budget and when it opens again."""
        super().__init__(scope)
        self.scope = scope
        self.resets_at = resets_at


class NotBegun(FreshetError):
    """There was no time left for this connection; the same request again goes on with it."""


class ProviderNotConfigured(FreshetError):
    """This deployment has no keys for the provider."""


class ReadRunTooLong(FreshetError):
    """A provider so slow, or a connection so large, that time ran out before every account."""

    retryable = True


class SnapshotTooLarge(FreshetError):
    """An account's holdings do not fit into one row, compressed as they are."""


class ConcurrentChange(FreshetError):
    """Another writer changed the row first; the one that raises this wrote nothing."""

    retryable = True


class Erased(FreshetError):
    """What was to be written belongs to something that was erased meanwhile."""


class MigratedAccounts(FreshetError):
    """The account belongs to a newer connection now, which alone says what becomes of it."""


class QueueUnavailable(FreshetError):
    """A message could not be handed over durably."""

    retryable = True


class SecretUnavailable(FreshetError):
    """A key or credential could not be had: trouble on our side."""

    retryable = True


class KeysNotFilledIn(FreshetError):
    """A provider's secret still holds what the stack made: nothing can be called."""


class UserBusy(SecretUnavailable):
    """Another function holds a user's credentials for longer than we wait; nothing was changed."""


class StoreBusy(FreshetError):
    """The table did not take everything in time; what it took is there, the rest is not."""

    retryable = True


class CredentialMissing(FreshetError):
    """The vault answers and holds no such credential: the user must link again."""


def refusal_reason(refusal: FreshetError) -> str:
    """Name a refusal of our own, for the record."""
    return _REFUSAL_REASONS.get(type(refusal), "refused")


_REFUSAL_REASONS: dict[type[FreshetError], str] = {
    ConnectionNeedsUser: "connection_needs_user",
    ConnectionInDoubt: "connection_in_doubt",
    ConnectionRemoving: "connection_removing",
    PurchasesStopped: "purchases_stopped",
    RefreshTooSoon: "cooldown",
    BudgetExhausted: "budget_exhausted",
    ProviderNotConfigured: "provider_not_configured",
    CredentialMissing: "credential_missing",
}


class ConfigurationError(FreshetError):
    """An environment variable is missing or malformed; the text names it."""
