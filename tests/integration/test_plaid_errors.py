"""Plaid's refusals as a table over code, then type, then transport; never by their text."""

import json
from datetime import timedelta
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from freshet.adapters.plaid.endpoints import REFRESH
from freshet.adapters.plaid.errors import BY_CODE, error_for
from freshet.adapters.transport import Answer
from freshet.domain import call_errors
from freshet.domain.refresh import PATIENCE
from tests.builders import NOON

ITEM, INPUT, PLACE = "ITEM_ERROR", "INVALID_INPUT", "INSTITUTION_ERROR"
LIMIT, API, REQUEST = "RATE_LIMIT_EXCEEDED", "API_ERROR", "INVALID_REQUEST"
USER, ABSENT = call_errors.LoginRequired, call_errors.MissingUpstream
WITHDRAWN, UNCLEAR = call_errors.ConsentWithdrawn, call_errors.RefusedUnclearly
OPERATOR, UNSUPPORTED = call_errors.ProviderRejectedUs, call_errors.RefreshUnsupported
LATER, LIMITED = call_errors.ProviderUnavailable, call_errors.SubjectLimited
MINUTE, HOURS = timedelta(minutes=1), timedelta(hours=3)
CODES: list[tuple[str, str, int, type[call_errors.ProviderError]]] = [
    ("ITEM_LOGIN_REQUIRED", ITEM, 400, USER),
    ("INVALID_CREDENTIALS", ITEM, 400, USER),
    ("INVALID_MFA", ITEM, 400, USER),
    ("INSUFFICIENT_CREDENTIALS", ITEM, 400, USER),
    ("ITEM_LOCKED", ITEM, 400, USER),
    ("USER_SETUP_REQUIRED", ITEM, 400, USER),
    ("PASSWORD_RESET_REQUIRED", ITEM, 400, USER),
    ("ACCESS_NOT_GRANTED", ITEM, 400, USER),
    ("NO_ACCOUNTS", ITEM, 400, USER),
    ("ADDITIONAL_CONSENT_REQUIRED", INPUT, 400, USER),
    ("MFA_NOT_SUPPORTED", ITEM, 400, UNSUPPORTED),
    ("ITEM_NOT_SUPPORTED", ITEM, 400, UNSUPPORTED),
    ("NO_INVESTMENT_ACCOUNTS", ITEM, 400, UNSUPPORTED),
    ("NO_INVESTMENT_AUTH_ACCOUNTS", ITEM, 400, UNSUPPORTED),
    ("PRODUCT_NOT_ENABLED", ITEM, 400, UNSUPPORTED),
    ("PRODUCTS_NOT_SUPPORTED", ITEM, 400, UNSUPPORTED),
    ("PRODUCT_NOT_SUPPORTED", ITEM, 400, UNSUPPORTED),
    ("PRODUCT_NOT_READY", ITEM, 400, LATER),
    ("ITEM_NOT_FOUND", ITEM, 400, ABSENT),
    ("ITEM_CONCURRENTLY_DELETED", ITEM, 400, ABSENT),
    # Plaid's documents differ on its type.
    ("USER_PERMISSION_REVOKED", INPUT, 400, WITHDRAWN),
    ("USER_PERMISSION_REVOKED", ITEM, 400, WITHDRAWN),
    ("INSTITUTION_DOWN", PLACE, 400, LATER),
    ("INSTITUTION_NOT_RESPONDING", PLACE, 400, LATER),
    ("INSTITUTION_NOT_AVAILABLE", PLACE, 400, LATER),
    ("INSTITUTION_NO_LONGER_SUPPORTED", PLACE, 400, UNSUPPORTED),
    ("UNSUPPORTED_RESPONSE", PLACE, 400, UNSUPPORTED),
    ("INSTITUTION_REGISTRATION_REQUIRED", PLACE, 400, OPERATOR),
    ("UNAUTHORIZED_INSTITUTION", PLACE, 400, OPERATOR),
    ("INSTITUTION_NOT_ENABLED_IN_ENVIRONMENT", PLACE, 400, OPERATOR),
    ("INSTITUTION_RATE_LIMIT", LIMIT, 429, LIMITED),
    ("PLANNED_MAINTENANCE", API, 503, LATER),
    ("INVALID_ACCESS_TOKEN", INPUT, 400, OPERATOR),
    ("INVALID_ACCOUNT_ID", INPUT, 400, call_errors.MissingUpstream),
    ("INVALID_API_KEYS", INPUT, 400, OPERATOR),
    ("UNAUTHORIZED_ENVIRONMENT", INPUT, 400, OPERATOR),
    ("UNAUTHORIZED_ROUTE_ACCESS", INPUT, 400, OPERATOR),
    ("INVALID_PRODUCT", INPUT, 400, OPERATOR),
    ("INVALID_PUBLIC_TOKEN", INPUT, 400, call_errors.LinkInvalid),
    ("INVALID_LINK_TOKEN", INPUT, 400, call_errors.LinkInvalid),
    ("INVALID_INSTITUTION", INPUT, 400, OPERATOR),
    ("INVALID_LINK_CUSTOMIZATION", INPUT, 400, OPERATOR),
    ("INVALID_WEBHOOK_VERIFICATION_KEY_ID", INPUT, 400, OPERATOR),
    ("MISSING_FIELDS", REQUEST, 400, OPERATOR),
    ("UNKNOWN_FIELDS", REQUEST, 400, OPERATOR),
    ("INVALID_FIELD", REQUEST, 400, OPERATOR),
    ("INVALID_BODY", REQUEST, 400, OPERATOR),
    ("INVALID_HEADERS", REQUEST, 400, OPERATOR),
    ("INVALID_CONFIGURATION", REQUEST, 400, OPERATOR),
    ("INCOMPATIBLE_API_VERSION", REQUEST, 400, OPERATOR),
    ("SANDBOX_ONLY", REQUEST, 400, OPERATOR),
    ("SANDBOX_PRODUCT_NOT_ENABLED", "SANDBOX_ERROR", 400, OPERATOR),
    ("SANDBOX_WEBHOOK_INVALID", "SANDBOX_ERROR", 400, OPERATOR),
    ("NOT_FOUND", REQUEST, 404, OPERATOR),
    ("NO_LONGER_AVAILABLE", REQUEST, 404, call_errors.EndpointRetired),
    ("RATE_LIMIT", LIMIT, 429, LIMITED),
    ("INVESTMENTS_REFRESH_LIMIT", LIMIT, 429, LIMITED),
    ("INVESTMENT_HOLDINGS_GET_LIMIT", LIMIT, 429, LIMITED),
    ("INVESTMENT_TRANSACTIONS_LIMIT", LIMIT, 429, LIMITED),
    ("ACCOUNTS_LIMIT", LIMIT, 429, LIMITED),
    ("ITEM_GET_LIMIT", LIMIT, 429, LIMITED),
    ("INSTITUTIONS_GET_BY_ID_LIMIT", LIMIT, 429, LIMITED),
    ("INTERNAL_SERVER_ERROR", API, 500, LATER),
    ("plaid-internal-error", API, 500, LATER),
]
BY_TYPE: list[tuple[str, str, int, type[call_errors.ProviderError]]] = [
    ("SOMETHING_NEW", API, 500, LATER),
    ("SOMETHING_NEW_LIMIT", LIMIT, 429, LIMITED),
    ("SOMETHING_NEW", ITEM, 400, UNCLEAR),
    ("SOMETHING_NEW", "OAUTH_ERROR", 400, UNCLEAR),
    ("SOMETHING_NEW", PLACE, 400, LATER),
    ("SOMETHING_NEW", INPUT, 400, OPERATOR),
    ("SOMETHING_NEW", REQUEST, 400, OPERATOR),
    ("SOMETHING_NEW", "SANDBOX_ERROR", 400, OPERATOR),
    ("SOMETHING_NEW", "SOMETHING_ELSE", 418, OPERATOR),
]


def _error(status: int, body: bytes) -> call_errors.ProviderError:
    return error_for(Answer(status, CaseInsensitiveDict(), body), REFRESH)


def _envelope(code: str | None, kind: str | None, **changes: Any) -> bytes:
    document: dict[str, Any] = {
        "display_message": "account of A. Person",
        "documentation_url": "https://docs.example/#item-errors",
        "error_code": code,
        "error_message": "ITEM_LOGIN_REQUIRED of A. Person",
        "error_type": kind,
        "request_id": "k3Vt9QpXb2LrW7c",
        "suggested_action": None,
    }
    return json.dumps(document | changes).encode()


@pytest.mark.parametrize(("code", "kind", "status", "expected"), [*CODES, *BY_TYPE])
def test_refusal_means_what_the_table_says_when_it_comes_in_the_envelope(
    code: str, kind: str, status: int, expected: type[call_errors.ProviderError]
) -> None:
    error = _error(status, _envelope(code, kind))
    assert type(error) is expected
    assert (error.answer.status, error.answer.code) == (status, code)
    assert error.answer.request_id == "k3Vt9QpXb2LrW7c"
    assert error.is_surely_unbilled


def test_every_code_is_shown_here_when_one_is_added() -> None:
    assert BY_CODE.keys() == {code for code, *_ in CODES}


@pytest.mark.parametrize("kind", ["", ITEM, "SOMETHING_NEW"])
def test_code_decides_when_the_type_is_another(kind: str) -> None:
    assert type(_error(400, _envelope("ITEM_NOT_FOUND", kind))) is ABSENT


@pytest.mark.parametrize(
    ("code", "kind"), [("ITEM_NOT_FOUND", None), ("ITEM_NOT_FOUND", 7), (7, ITEM), ([], ITEM)]
)
def test_nothing_is_believed_when_the_envelope_is_not_the_documented_one(
    code: Any, kind: Any
) -> None:
    assert type(_error(400, _envelope(code, kind))) is call_errors.ProviderFailed


@pytest.mark.parametrize(
    ("code", "kind", "wait"),
    [
        ("INVESTMENTS_REFRESH_LIMIT", LIMIT, MINUTE),
        ("INSTITUTION_RATE_LIMIT", LIMIT, timedelta(minutes=15)),
        ("INSTITUTION_DOWN", PLACE, HOURS),
        ("INSTITUTION_NOT_RESPONDING", PLACE, HOURS),
        ("INSTITUTION_NOT_AVAILABLE", PLACE, HOURS),
        ("SOMETHING_NEW", PLACE, HOURS),
        ("PLANNED_MAINTENANCE", API, HOURS),
        ("INTERNAL_SERVER_ERROR", API, timedelta(minutes=5)),
        ("PRODUCT_NOT_READY", ITEM, timedelta(minutes=5)),
    ],
)
def test_plaid_is_left_alone_as_long_as_it_advises_when_it_is_in_trouble(
    code: str, kind: str, wait: timedelta
) -> None:
    error = _error(400, _envelope(code, kind))
    assert error.retryable
    assert error.retry_at(NOON) == NOON + wait
    # An outage of hours refuses a purchase; everything shorter is waited for.
    assert (wait > PATIENCE) is (wait == HOURS)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>502 ITEM_LOGIN_REQUIRED</html>",
        b'{"error_code": "ITEM_LOGIN',
        b"[]",
        b"null",
        b'"ITEM_LOGIN_REQUIRED"',
        b"\xff",
        b"{}",
        b'{"message": "Internal Server Error"}',
        b"[" * 100_000,
        _envelope(None, None),
    ],
)
@pytest.mark.parametrize("status", [302, 400, 500, 502, 504])
def test_call_may_have_been_billed_when_the_answer_is_not_plaids(status: int, body: bytes) -> None:
    error = _error(status, body)
    assert type(error) is call_errors.ProviderFailed
    assert (error.answer.status, error.answer.code) == (status, None)
    assert error.retryable
    assert not error.is_surely_unbilled


@pytest.mark.parametrize("request_id", [None, 7, {"a": 1}])
def test_request_id_is_left_out_when_it_is_no_text(request_id: Any) -> None:
    error = _error(400, _envelope("ITEM_LOCKED", ITEM, request_id=request_id))
    assert error.answer.request_id is None


def test_error_tells_no_text_of_the_provider_when_printed() -> None:
    error = _error(400, _envelope("ITEM_LOGIN_REQUIRED", ITEM))
    assert "Person" not in f"{error!s} {error!r} {error.answer!r}"


@pytest.mark.parametrize("body", [b"", b"<html>too many</html>", _envelope(None, None)])
def test_too_many_requests_are_not_billed_when_the_answer_is_not_plaids(body: bytes) -> None:
    error = _error(429, body)
    assert type(error) is LIMITED
    assert error.is_surely_unbilled
