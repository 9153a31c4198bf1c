"""Every error the API can answer with, as RFC 9457 problems: one table, one renderer."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from aws_lambda_powertools.event_handler import Response
from msgspec import Struct

from freshet.domain import call_errors, errors
from freshet.http.addressing import MethodNotAllowed
from freshet.http.caller import InvalidToken, NotACaller
from freshet.http.shapes.problems import ProblemShape, ProviderVerdictShape
from freshet.http.shapes.user_actions import relink


class Problem(Struct, frozen=True):
    """How a kind of error looks from outside."""

    status: int
    code: str
    title: str


TABLE: dict[type[Exception], Problem] = {
    errors.InvalidJson: Problem(400, "invalid_json", "The body is not JSON"),
    NotACaller: Problem(403, "access_token_required", "This token cannot call the API"),
    InvalidToken: Problem(403, "invalid_token", "A claim of the token cannot be used"),
    errors.ActingForNobody: Problem(400, "user_missing", "The header Freshet-User is missing"),
    errors.ActingNotAllowed: Problem(403, "acting_not_allowed", "This token acts for itself only"),
    errors.TransactionsNotEnabled: Problem(
        422, "transactions_not_enabled", "Transactions are not enabled for this provider"
    ),
    call_errors.RefreshUnsupported: Problem(422, "refresh_unsupported", "Refresh is not supported"),
    errors.MissingScope: Problem(403, "missing_scope", "The token lacks a scope"),
    errors.NotFound: Problem(404, "not_found", "Not found"),
    MethodNotAllowed: Problem(405, "method_not_allowed", "The path has no such method"),
    errors.TooManyRequests: Problem(429, "too_many_requests", "Too many requests of one user"),
    errors.PayloadTooLarge: Problem(413, "payload_too_large", "The body is too large"),
    errors.AnswerTooLarge: Problem(422, "answer_too_large", "The answer would be too large"),
    errors.InvalidField: Problem(422, "invalid_field", "A field is not valid"),
    errors.IdempotencyMismatch: Problem(
        422, "idempotency_mismatch", "The key was used for another request"
    ),
    errors.HoldingsMoved: Problem(
        409, "holdings_moved", "The holdings have changed since the first page"
    ),
    errors.LinkUnfinished: Problem(409, "link_unfinished", "Nothing was linked so far"),
    errors.LinkGone: Problem(409, "link_gone", "The link cannot be repaired; link anew"),
    call_errors.LinkInvalid: Problem(422, "link_invalid", "The link is spent or has expired"),
    errors.AlreadyOwned: Problem(409, "already_owned", "Linked by another user"),
    errors.ConnectionNeedsUser: Problem(402, "connection_needs_user", "Connection needs the user"),
    errors.ConnectionInDoubt: Problem(503, "provider_unavailable", "The provider is in trouble"),
    errors.ConnectionRemoving: Problem(
        409, "connection_removing", "The connection is being removed"
    ),
    errors.UserLeaving: Problem(409, "user_leaving", "Everything of the user is being removed"),
    errors.CredentialMissing: Problem(402, "connection_needs_user", "Connection needs the user"),
    call_errors.LoginRequired: Problem(402, "connection_needs_user", "Connection needs the user"),
    call_errors.RefreshNotAllowed: Problem(403, "refresh_not_allowed", "Refresh is not allowed"),
    errors.RefreshTooSoon: Problem(429, "refresh_too_soon", "Refreshed too recently"),
    call_errors.ProviderThrottled: Problem(429, "refresh_too_soon", "Refreshed too recently"),
    call_errors.RateLimited: Problem(429, "rate_limited", "The provider's quota is used up"),
    call_errors.QuotaExhausted: Problem(429, "rate_limited", "The provider's quota is used up"),
    call_errors.ProviderDown: Problem(503, "provider_unavailable", "The provider is in trouble"),
    errors.BudgetExhausted: Problem(429, "budget_exhausted", "A budget is used up"),
    call_errors.ProviderRejectedUs: Problem(502, "provider_rejected_us", "The provider refuses us"),
    errors.PurchasesStopped: Problem(503, "purchases_stopped", "Purchases are stopped"),
    errors.ProviderNotConfigured: Problem(
        503, "provider_not_configured", "The provider is not configured"
    ),
    call_errors.CallFailed: Problem(503, "provider_unavailable", "The provider is in trouble"),
    errors.NotBegun: Problem(503, "not_begun", "Not begun; send the request again"),
    errors.SecretUnavailable: Problem(503, "unavailable", "Trouble on our side"),
    errors.QueueUnavailable: Problem(503, "unavailable", "Trouble on our side"),
    errors.ConcurrentChange: Problem(503, "unavailable", "Trouble on our side"),
}


def problem_for(
    error: Exception,
    *,
    now: datetime,
    connection_id: str | None = None,
    not_before: datetime | None = None,
) -> Response[str]:
    """Answer with an error of the table."""
    body = problem_body(error, now=now, connection_id=connection_id, not_before=not_before)
    retry_after = body["retry_after"]
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if isinstance(error, MethodNotAllowed):
        headers["Allow"] = error.allowed
    return problem_response(body["status"], body, headers)


def problem_body(
    error: Exception,
    *,
    now: datetime,
    connection_id: str | None = None,
    not_before: datetime | None = None,
) -> ProblemShape:
    """Render an error of the table, the most specific row first.

    Where asking again may help, it is told to wait until `not_before` at least.
    """
    problem = _problem_of(error)
    can_be_mended = problem.code == _NEEDS_USER
    return {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "code": problem.code,
        "detail": _detail(error),
        "provider": _provider(error),
        "user_action": relink(connection_id) if can_be_mended and connection_id else None,
        "retry_after": _retry_after(error, now, not_before),
    }


def code_of(error: Exception) -> str:
    """Name an error of the table."""
    return _problem_of(error).code


def _problem_of(error: Exception) -> Problem:
    return next(TABLE[kind] for kind in type(error).__mro__ if kind in TABLE)


def problem_response(status: int, body: ProblemShape, headers: dict[str, str]) -> Response[str]:
    """Wrap a problem document."""
    return Response(
        status_code=status,
        content_type="application/problem+json",
        body=json.dumps(body),
        headers={**headers, "Cache-Control": "no-store"},
    )


BEFORE_MONEY: tuple[type[Exception], ...] = (
    errors.ConnectionNeedsUser,
    errors.ConnectionInDoubt,
    errors.ConnectionRemoving,
    errors.UserLeaving,
    errors.PurchasesStopped,
    errors.RefreshTooSoon,
    errors.BudgetExhausted,
    errors.IdempotencyMismatch,
)
"""What a refresh is refused for before the provider is asked."""

AT_THE_PROVIDER: tuple[type[Exception], ...] = (
    call_errors.LoginRequired,
    call_errors.RefreshNotAllowed,
    call_errors.RefreshUnsupported,
    call_errors.ProviderThrottled,
    call_errors.RateLimited,
    call_errors.ProviderRejectedUs,
    call_errors.CallFailed,
    errors.ProviderNotConfigured,
    errors.SecretUnavailable,
)
"""What asking a provider can come to."""

_SECOND = timedelta(seconds=1)
_NEEDS_USER = "connection_needs_user"

_DETAILS: dict[type[Exception], Callable[[Any], str]] = {
    errors.InvalidField: lambda error: f"{error.field}: {error.reason}",
    errors.MissingScope: lambda error: f"This needs the scope {error.scope}.",
    errors.BudgetExhausted: lambda error: f"The {error.scope}'s budget allows no more refreshes.",
    call_errors.CallFailed: lambda error: error.reason,
    NotACaller: str,
    InvalidToken: str,
    errors.AnswerTooLarge: str,
}


def _detail(error: Exception) -> str | None:
    for kind in type(error).__mro__:
        if kind in _DETAILS:
            return _DETAILS[kind](error)
    return None


def _provider(error: Exception) -> ProviderVerdictShape | None:
    answer = error.answer if isinstance(error, call_errors.CallFailed) else None
    if answer is None:
        return None
    return {
        "name": answer.provider,
        "status": answer.status,
        "code": answer.code,
        "request_id": answer.request_id,
    }


def _retry_after(error: Exception, now: datetime, not_before: datetime | None) -> int | None:
    at: datetime | None = None
    if isinstance(error, errors.ConnectionInDoubt | errors.RefreshTooSoon | errors.TooManyRequests):
        at = error.retry_at
    elif isinstance(error, errors.BudgetExhausted):
        at = error.resets_at
    elif isinstance(error, errors.NotBegun):
        at = now + _SECOND
    elif isinstance(error, call_errors.ProviderThrottled) or (
        isinstance(error, call_errors.CallFailed) and error.retryable
    ):
        is_exhausted = isinstance(error, call_errors.QuotaExhausted)
        limited = is_exhausted or type(error) is call_errors.RateLimited
        # Where a pause is on record for the connection, it says when; our key's limit comes on top.
        own = error.retry_at(now) if limited or not_before is None else not_before
        at = max(own, not_before or own)
    # Rounded up: a client that waits this long is not sent away once more.
    return None if at is None else max(1, -((now - at) // _SECOND))
