"""What requests for refreshes have in common: key, dry run, and how a purchase is answered."""

from freshet.domain.call_errors import ERRORS_BY_REASON, CallFailed, ProviderError
from freshet.domain.errors import InvalidField
from freshet.domain.refresh import Refresh, RefreshStatus
from freshet.http.application import Api
from freshet.http.budget_shapes import preview_shape
from freshet.http.caller import Caller, Scope
from freshet.http.shapes import Shape
from freshet.services.billable_call import Purchase
from freshet.services.preview_refresh import Preview

_LONGEST_KEY = 255


def idempotency_key(api: Api) -> str | None:
    """Read the key under which a request may come again; raises InvalidField."""
    key = api.header("idempotency-key")
    if key is not None and not 1 <= len(key) <= _LONGEST_KEY:
        raise InvalidField("Idempotency-Key", f"must have 1 to {_LONGEST_KEY} characters")
    return key


def is_dry_run(api: Api) -> bool:
    """Read whether only an answer is wanted; raises InvalidJson, InvalidField."""
    dry_run = api.body(fields=frozenset({"dry_run"})).get("dry_run", False)
    if not isinstance(dry_run, bool):
        raise InvalidField("dry_run", "must be true or false")
    return dry_run


def failure_of(purchase: Purchase) -> CallFailed | None:
    """Give the provider's refusal; what may have been bought is an answer and no failure."""
    failure = purchase.failure or _recorded_failure(purchase.refresh)
    return failure if failure is not None and failure.is_surely_unbilled else None


def shown_preview(preview: Preview, api: Api, caller: Caller) -> Shape:
    """Show a dry run to its caller."""
    return preview_shape(
        preview,
        policy=api.parts.requesting.purchasing.policy,
        now=api.parts.now(),
        is_operator=Scope.OPERATE in caller.scopes,
    )


def _recorded_failure(refresh: Refresh) -> CallFailed | None:
    # The same key again gets the same verdict again.
    kind = ERRORS_BY_REASON.get(refresh.reason or "")
    if refresh.status is not RefreshStatus.REFUSED or kind is None or refresh.answer is None:
        return None
    return kind(refresh.answer) if issubclass(kind, ProviderError) else None
