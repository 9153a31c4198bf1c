"""Every problem answer: a row for each error that can reach the API."""

import json
from datetime import timedelta
from typing import Any

import pytest

from freshet.domain import call_errors, errors
from freshet.http.addressing import MethodNotAllowed
from freshet.http.caller import InvalidToken, NotACaller
from freshet.http.problems import TABLE, problem_for
from tests.builders import CONNECTION_ID, NOON, an_answer

SOON = NOON + timedelta(seconds=90)
ROWS: list[tuple[Exception, int, str, int | None]] = [
    (errors.InvalidJson(), 400, "invalid_json", None),
    (NotACaller("not an access token"), 403, "access_token_required", None),
    (InvalidToken("exp: is missing"), 403, "invalid_token", None),
    (errors.ActingForNobody(), 400, "user_missing", None),
    (errors.ActingNotAllowed(), 403, "acting_not_allowed", None),
    (errors.MissingScope("freshet/refresh"), 403, "missing_scope", None),
    (errors.NotFound(CONNECTION_ID), 404, "not_found", None),
    (MethodNotAllowed({"GET", "HEAD"}), 405, "method_not_allowed", None),
    (errors.TooManyRequests(SOON), 429, "too_many_requests", 90),
    (errors.PayloadTooLarge(), 413, "payload_too_large", None),
    (errors.AnswerTooLarge("Name a connection_id."), 422, "answer_too_large", None),
    (errors.InvalidField("limit", "too large"), 422, "invalid_field", None),
    (errors.TransactionsNotEnabled(), 422, "transactions_not_enabled", None),
    (call_errors.RefreshUnsupported(an_answer()), 422, "refresh_unsupported", None),
    (errors.IdempotencyMismatch(), 422, "idempotency_mismatch", None),
    (errors.AlreadyOwned(), 409, "already_owned", None),
    (errors.LinkUnfinished(), 409, "link_unfinished", None),
    (errors.LinkGone("x"), 409, "link_gone", None),
    (call_errors.LinkInvalid(an_answer()), 422, "link_invalid", None),
    (errors.HoldingsMoved(), 409, "holdings_moved", None),
    (errors.ConnectionRemoving(CONNECTION_ID), 409, "connection_removing", None),
    (errors.UserLeaving("user-1"), 409, "user_leaving", None),
    (errors.ConnectionNeedsUser(CONNECTION_ID, None), 402, "connection_needs_user", None),
    (errors.CredentialMissing("x"), 402, "connection_needs_user", None),
    (call_errors.LoginRequired(an_answer()), 402, "connection_needs_user", None),
    (call_errors.AccessRevoked(an_answer()), 402, "connection_needs_user", None),
    (call_errors.RefreshNotAllowed(an_answer()), 403, "refresh_not_allowed", None),
    (call_errors.ConnectionShared(an_answer()), 403, "refresh_not_allowed", None),
    (call_errors.MissingUpstream(an_answer()), 503, "provider_unavailable", None),
    (errors.ConnectionInDoubt(SOON), 503, "provider_unavailable", 90),
    (errors.ConnectionInDoubt(None), 503, "provider_unavailable", None),
    (errors.RefreshTooSoon(SOON), 429, "refresh_too_soon", 90),
    (call_errors.RateLimited(an_answer(), wait=timedelta(seconds=7)), 429, "rate_limited", 7),
    (call_errors.QuotaExhausted(SOON), 429, "rate_limited", 90),
    (call_errors.ProviderDown(SOON), 503, "provider_unavailable", 90),
    (errors.BudgetExhausted("user", SOON), 429, "budget_exhausted", 90),
    (call_errors.ProviderRejectedUs(an_answer()), 502, "provider_rejected_us", None),
    (errors.PurchasesStopped(), 503, "purchases_stopped", None),
    (errors.ProviderNotConfigured("x"), 503, "provider_not_configured", None),
    (call_errors.ProviderUnavailable(an_answer()), 503, "provider_unavailable", 60),
    (call_errors.NotReached(an_answer()), 503, "provider_unavailable", 60),
    (call_errors.CallFailed(), 503, "provider_unavailable", 60),
    (errors.NotBegun(), 503, "not_begun", 1),
    (errors.SecretUnavailable("x"), 503, "unavailable", None),
    (errors.QueueUnavailable("x"), 503, "unavailable", None),
    (errors.ConcurrentChange("x"), 503, "unavailable", None),
]


def _problem(error: Exception) -> tuple[Any, dict[str, Any]]:
    response = problem_for(error, now=NOON, connection_id=CONNECTION_ID)
    return response, json.loads(str(response.body))


@pytest.mark.parametrize(
    ("error", "status", "code", "retry_after"), ROWS, ids=lambda each: type(each).__name__
)
def test_problem_follows_the_table_when_an_error_is_known(
    error: Exception, status: int, code: str, retry_after: int | None
) -> None:
    response, body = _problem(error)
    assert (response.status_code, body["status"], body["code"]) == (status, status, code)
    assert body["retry_after"] == retry_after
    expected = None if retry_after is None else str(retry_after)
    assert response.headers.get("Retry-After") == expected
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.headers["Cache-Control"] == "no-store"
    assert body["title"]
    assert body["type"] == "about:blank"


def test_every_row_of_the_table_is_shown_here_when_one_is_added() -> None:
    throttled = {call_errors.ProviderThrottled}
    assert TABLE.keys() - throttled <= {type(row[0]) for row in ROWS}


def test_throttled_refresh_is_too_soon_when_the_provider_says_so() -> None:
    response, body = _problem(call_errors.ProviderThrottled(an_answer()))
    assert (response.status_code, body["code"]) == (429, "refresh_too_soon")


def test_way_to_relink_is_shown_only_when_the_user_can_help() -> None:
    _, body = _problem(call_errors.LoginRequired(an_answer()))
    assert body["user_action"] == {
        "type": "relink",
        "method": "POST",
        "href": "/v1/link-sessions",
        "body": {"connection_id": CONNECTION_ID},
    }
    assert _problem(errors.PurchasesStopped())[1]["user_action"] is None


def test_providers_answer_is_told_without_its_text_when_there_was_one() -> None:
    _, body = _problem(call_errors.ProviderUnavailable(an_answer()))
    told = {"name": "snaptrade", "status": 503, "code": "3002", "request_id": "request-1"}
    assert body["provider"] == told
    assert _problem(errors.NotFound("x"))[1]["provider"] is None
    assert _problem(call_errors.QuotaExhausted(SOON))[1]["provider"] is None


@pytest.mark.parametrize(
    ("error", "detail"),
    [
        (errors.InvalidField("limit", "too large"), "limit: too large"),
        (errors.MissingScope("freshet/refresh"), "This needs the scope freshet/refresh."),
        (errors.BudgetExhausted("user", SOON), "The user's budget allows no more refreshes."),
        (call_errors.ProviderUnavailable(an_answer()), "provider_unavailable"),
        (errors.NotFound("secret-id"), None),
        (errors.SecretUnavailable("arn"), None),
    ],
)
def test_detail_says_what_helps_and_nothing_else_when_shown(
    error: Exception, detail: str | None
) -> None:
    assert _problem(error)[1]["detail"] == detail


@pytest.mark.parametrize(("seconds", "shown"), [(-5, 1), (0, 1), (0.2, 1), (1.2, 2), (60, 60)])
def test_wait_is_rounded_up_when_shown(seconds: float, shown: int) -> None:
    error = errors.RefreshTooSoon(NOON + timedelta(seconds=seconds))
    assert _problem(error)[1]["retry_after"] == shown
