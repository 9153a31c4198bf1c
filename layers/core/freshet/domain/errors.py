"""Everything that can go wrong, as one family.

FreshetError
├── RequestError                 the caller's doing
│   ├── InvalidJson · InvalidField · PayloadTooLarge · NotFound
│   ├── MissingScope · ActingForNobody · ActingNotAllowed
│   ├── TransactionsNotEnabled
│   └── AlreadyOwned             the provider's connection belongs to another user
├── WebhookRefused               SignatureRejected · MalformedWebhook · UnknownProvider
├── RefreshRefused               decided here, before any money
│   ├── ConnectionNeedsUser · PurchasesStopped · RefreshTooSoon · BudgetExhausted
├── CallFailed                   a call to a provider that brought nothing
│   ├── QuotaExhausted           our own limiter said no before the provider had to
│   └── ProviderError            decided by the provider or on the way to it
│       ├── NotReached · AnswerLost · UnreadableAnswer
│       ├── ProviderUnavailable · ProviderFailed · RateLimited · ProviderThrottled
│       ├── LoginRequired ─ AccessRevoked
│       ├── RefreshNotAllowed ─ RefreshUnsupported
│       ├── MissingUpstream
│       └── ProviderRejectedUs
├── ProviderNotConfigured · VisitTooLong
├── ConcurrentChange             somebody else wrote first
├── QueueUnavailable · SecretUnavailable · CredentialMissing
└── ConfigurationError
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
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


class NotFound(RequestError):
    """It does not exist, or belongs to somebody else: the answer is the same."""


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
    """Reading transactions costs a subscription at this provider, and nobody has opted in."""


class AlreadyOwned(RequestError):
    """The provider's connection is registered for another user."""


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


_USUAL_WAIT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderAnswer:
    """What may be told of a provider's answer: never its URL, its query or its body."""

    provider: str
    operation: str
    status: int | None = None
    code: str | None = None
    request_id: str | None = None


class CallFailed(FreshetError):
    """A call to a provider that brought nothing."""

    retryable = True
    is_surely_unbilled: ClassVar[bool] = True
    reason: ClassVar[str] = "call_failed"
    answer: ProviderAnswer | None = None

    def retry_at(self, now: datetime) -> datetime:
        """Say when the same call may succeed."""
        return now + _USUAL_WAIT


class QuotaExhausted(CallFailed):
    """Our limiter has no token; the request was not sent."""

    reason = "quota_exhausted"

    def __init__(self, free_at: datetime) -> None:
        """Keep the time at which tokens will be there."""
        super().__init__(self.reason)
        self.free_at = free_at

    def retry_at(self, now: datetime) -> datetime:
        """Say when tokens will be there, which the limiter knows."""
        return max(now, self.free_at)


class ProviderError(CallFailed):
    """The provider did not give us what we asked for."""

    reason = "provider_error"

    def __init__(self, answer: ProviderAnswer, *, wait: timedelta | None = None) -> None:
        """Keep the answer and how long the provider asked us to wait."""
        super().__init__(f"{answer.provider} {answer.operation}: {self.reason}")
        self.answer: ProviderAnswer = answer
        self.wait = wait

    def retry_at(self, now: datetime) -> datetime:
        """Wait as long as the provider asked for, or a minute."""
        return now + (self.wait or _USUAL_WAIT)


class NotReached(ProviderError):
    """The request never left: no connection."""

    reason = "provider_not_reached"


class AnswerLost(ProviderError):
    """The request left, and what became of it is not known."""

    is_surely_unbilled = False
    reason = "provider_answer_lost"


class UnreadableAnswer(ProviderError):
    """HTML, an empty body, cut-off JSON or a shape we do not know."""

    is_surely_unbilled = False
    reason = "provider_answer_unreadable"


class ProviderUnavailable(ProviderError):
    """Known trouble at the provider or the broker; asking later can help."""

    reason = "provider_unavailable"


class ProviderFailed(ProviderError):
    """The provider broke while working: it may have charged before it did."""

    is_surely_unbilled = False
    reason = "provider_failed"


class RateLimited(ProviderError):
    """The provider's quota for our key is used up."""

    reason = "provider_rate_limited"


class ProviderThrottled(ProviderError):
    """This connection was refreshed too recently, says the provider."""

    retryable = False
    reason = "provider_throttled"


class LoginRequired(ProviderError):
    """The link is broken; only the user can repair it."""

    retryable = False
    reason = "login_required"


class AccessRevoked(LoginRequired):
    """The user, the provider or we have ended the link; a new one is needed."""

    reason = "access_revoked"


class RefreshNotAllowed(ProviderError):
    """The provider does not refresh this connection for us."""

    retryable = False
    reason = "refresh_not_allowed"


class RefreshUnsupported(RefreshNotAllowed):
    """The institution behind the connection cannot do it, for anybody."""

    reason = "refresh_unsupported"


class MissingUpstream(ProviderError):
    """The provider does not know the thing, or it is shared and not ours to steer."""

    retryable = False
    reason = "missing_upstream"


class ProviderRejectedUs(ProviderError):
    """The provider refuses our keys or our request: an operator must look."""

    retryable = False
    reason = "provider_rejected_us"


ERRORS_BY_REASON: dict[str, type[CallFailed]] = {
    each.reason: each
    for each in (
        QuotaExhausted,
        NotReached,
        AnswerLost,
        UnreadableAnswer,
        ProviderUnavailable,
        ProviderFailed,
        RateLimited,
        ProviderThrottled,
        LoginRequired,
        AccessRevoked,
        RefreshNotAllowed,
        RefreshUnsupported,
        MissingUpstream,
        ProviderRejectedUs,
    )
}
"""What a reason on record stands for."""


class ProviderNotConfigured(FreshetError):
    """This deployment has no keys for the provider."""


class VisitTooLong(FreshetError):
    """A provider so slow, or a connection so large, that time ran out before every account."""

    retryable = True


class ConcurrentChange(FreshetError):
    """Somebody else changed the row first; whoever raises this wrote nothing."""

    retryable = True


class QueueUnavailable(FreshetError):
    """A message could not be handed over durably."""

    retryable = True


class SecretUnavailable(FreshetError):
    """A key or credential could not be had: trouble on our side."""

    retryable = True


class CredentialMissing(FreshetError):
    """The vault answers and holds no such credential: the user must link again."""


def refusal_reason(refusal: FreshetError) -> str:
    """Name a refusal of our own, for the record."""
    return _REFUSAL_REASONS.get(type(refusal), "refused")


_REFUSAL_REASONS: dict[type[FreshetError], str] = {
    ConnectionNeedsUser: "connection_needs_user",
    PurchasesStopped: "purchases_stopped",
    RefreshTooSoon: "cooldown",
    BudgetExhausted: "budget_exhausted",
    ProviderNotConfigured: "provider_not_configured",
    CredentialMissing: "credential_missing",
}


class ConfigurationError(FreshetError):
    """An environment variable is missing or malformed; the text names it."""
