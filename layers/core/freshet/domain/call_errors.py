"""Every way in which a call to a provider can bring nothing.

CallFailed
├── QuotaExhausted ─ ProviderDown · AllowanceExhausted · OutOfTime
│                                we said no before the provider had to
└── ProviderError                decided by the provider or on the way to it
    ├── NotReached · UnreadableAnswer
    ├── AnswerLost ─ AnswerTooSlow · AnswerTooLarge
    ├── ProviderUnavailable · ProviderFailed · ProviderThrottled
    ├── RateLimited ─ SubjectLimited
    ├── LoginRequired ─ CredentialRefused · AccessRevoked ─ ConsentWithdrawn
    ├── RefusedUnclearly
    ├── RefreshNotAllowed ─ RefreshUnsupported · ConnectionShared
    ├── MissingUpstream
    ├── AlreadyRegistered · LinkInvalid
    └── ProviderRejectedUs ─ EndpointRetired

What they mean for money stands on the class: `is_surely_unbilled`, `retryable`, `reason`.
"""

from datetime import UTC, datetime, timedelta
from typing import ClassVar

from msgspec import Struct

from freshet.domain.errors import FreshetError

_USUAL_WAIT = timedelta(minutes=1)
_ANY_TIME = datetime.min.replace(tzinfo=UTC)


class ProviderAnswer(Struct, frozen=True, kw_only=True):
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

    def pause_until(self, now: datetime) -> datetime | None:
        """Say until when the same call would fail again; None where no time is known."""
        return self.retry_at(now) if self.retryable else None


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


class ProviderDown(QuotaExhausted):
    """The provider failed everybody a moment ago; the request was not sent."""

    reason = "provider_down"


class AllowanceExhausted(QuotaExhausted):
    """The schedule has read often enough for this user today; the provider asks us not to."""

    reason = "read_allowance_exhausted"


class OutOfTime(QuotaExhausted):
    """Our own function would end before the call could; the request was not sent."""

    reason = "out_of_time"

    def __init__(self, free_at: datetime = _ANY_TIME) -> None:
        """Need no time: the next function that takes the work up has all of its own."""
        super().__init__(free_at)

    def retry_at(self, now: datetime) -> datetime:
        """Say when another function may have taken the work up."""
        return max(now + _USUAL_WAIT, self.free_at)


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


class AnswerTooSlow(AnswerLost):
    """The call was cut at its deadline, with the answer missing or still coming in."""

    reason = "provider_answer_too_slow"


class AnswerTooLarge(AnswerLost):
    """The answer was cut where it grew beyond what we hold."""

    reason = "provider_answer_too_large"


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


class SubjectLimited(RateLimited):
    """A narrower limit than our key's: of one account, one Item, one institution."""

    reason = "provider_rate_limited_here"


class ProviderThrottled(ProviderError):
    """This connection was refreshed too recently, says the provider."""

    retryable = False
    reason = "provider_throttled"

    def pause_until(self, now: datetime) -> datetime | None:
        """Wait as long as the provider says; it may not say how long."""
        return None if self.wait is None else now + self.wait


class LoginRequired(ProviderError):
    """The link is broken; only the user can repair it."""

    retryable = False
    reason = "login_required"


class CredentialRefused(LoginRequired):
    """The provider does not know the credential, or its subject: nothing makes it good again."""


class AccessRevoked(LoginRequired):
    """The user, the provider or we have ended the link; a new one is needed."""

    reason = "access_revoked"


class ConsentWithdrawn(AccessRevoked):
    """The user has withdrawn the consent: nothing of the connection is asked for any more."""

    reason = "consent_withdrawn"


class RefusedUnclearly(ProviderError):
    """The provider refuses this connection, for a reason that no document of its names."""

    reason = "provider_code_unknown"


class RefreshNotAllowed(ProviderError):
    """The provider does not refresh this connection for us."""

    retryable = False
    reason = "refresh_not_allowed"


class ConnectionShared(RefreshNotAllowed):
    """The connection was shared with us by another customer: it is theirs to refresh."""

    reason = "shared"


class RefreshUnsupported(RefreshNotAllowed):
    """The institution behind the connection cannot do it, for anybody."""

    reason = "refresh_unsupported"


class MissingUpstream(ProviderError):
    """The provider says that it does not know the thing."""

    retryable = False
    reason = "missing_upstream"


class AlreadyRegistered(ProviderError):
    """The provider has a user of this id; its secret was shown when it was registered."""

    retryable = False
    reason = "already_registered"


class LinkInvalid(ProviderError):
    """What the user brought back from linking is spent, expired or of another login."""

    retryable = False
    reason = "link_invalid"


class ProviderRejectedUs(ProviderError):
    """The provider refuses our keys or our request: an operator must look."""

    retryable = False
    reason = "provider_rejected_us"


class EndpointRetired(ProviderRejectedUs):
    """The provider has ended this operation for customers like us."""

    reason = "endpoint_retired"


ERRORS_BY_REASON: dict[str, type[CallFailed]] = {
    each.reason: each
    for each in (
        QuotaExhausted,
        ProviderDown,
        AllowanceExhausted,
        OutOfTime,
        NotReached,
        AnswerLost,
        AnswerTooSlow,
        AnswerTooLarge,
        UnreadableAnswer,
        ProviderUnavailable,
        ProviderFailed,
        RateLimited,
        SubjectLimited,
        ProviderThrottled,
        LoginRequired,
        AccessRevoked,
        ConsentWithdrawn,
        RefusedUnclearly,
        RefreshNotAllowed,
        RefreshUnsupported,
        ConnectionShared,
        MissingUpstream,
        AlreadyRegistered,
        LinkInvalid,
        ProviderRejectedUs,
        EndpointRetired,
    )
}
"""What a reason on record stands for."""
