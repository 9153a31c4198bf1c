"""What requests for refreshes have in common: key, dry run, and how a purchase is answered."""

from typing import NotRequired

from freshet.domain.call_errors import ERRORS_BY_REASON, CallFailed, ProviderError, QuotaExhausted
from freshet.domain.errors import InvalidField
from freshet.domain.refresh import Refresh, RefreshStatus
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.operation import Parameter
from freshet.http.shapes.usage import PreviewShape, preview_shape
from freshet.http.shapes.vocabulary import Shape
from freshet.services.preview_refresh import Preview
from freshet.services.refresh_records import Purchase

_LONGEST_KEY = 255
IDEMPOTENCY_KEY = Parameter(
    name="Idempotency-Key",
    description="Draw one for each press of a button; the same key again is the same refresh",
    schema={"type": "string", "minLength": 1, "maxLength": _LONGEST_KEY},
)


class RefreshBody(Shape):
    """What is wanted; the body may be left out."""

    dry_run: NotRequired[bool]
    """Say what would happen and what it would cost, and do nothing."""


class EmptyBody(Shape):
    """Nothing is to be said; the body may be left out."""


def idempotency_key(api: Api) -> str | None:
    """Read the key under which a request may come again; raises InvalidField."""
    key = api.header("idempotency-key")
    if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
        raise InvalidField("Idempotency-Key", f"must have 1 to {_LONGEST_KEY} characters")
    return key


def is_dry_run(api: Api) -> bool:
    """Read whether only an answer is wanted; raises InvalidJson, InvalidField."""
    dry_run = api.body().get("dry_run", False)
    if not isinstance(dry_run, bool):
        raise InvalidField("dry_run", "must be true or false")
    return dry_run


def failure_of(purchase: Purchase) -> CallFailed | None:
    """Give the provider's refusal; what may have been bought is an answer and no failure."""
    failure = purchase.failure or _recorded_failure(purchase.refresh)
    return failure if failure is not None and failure.is_surely_unbilled else None


def shown_preview(preview: Preview, api: Api) -> PreviewShape:
    """Show a dry run to its caller."""
    return preview_shape(
        preview,
        policy=api.deps.requesting.purchasing.policy,
        now=api.deps.now(),
        is_operator=Scope.OPERATE in api.caller.scopes,
    )


def _recorded_failure(refresh: Refresh) -> CallFailed | None:
    # The same key again gets the same verdict again.
    kind = ERRORS_BY_REASON.get(refresh.reason or "")
    if refresh.status is not RefreshStatus.REFUSED or kind is None:
        return None
    if issubclass(kind, QuotaExhausted):
        return kind(refresh.retry_at or refresh.created_at)
    if refresh.answer is None or not issubclass(kind, ProviderError):
        return None
    return kind(refresh.answer)
