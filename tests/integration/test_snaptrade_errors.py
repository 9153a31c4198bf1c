"""SnapTrade's refusals as a table over status and code; never by their text."""

import json
from datetime import timedelta
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from freshet.adapters.snaptrade.endpoints import POSITIONS, REFRESH, SYNC_TRANSACTIONS
from freshet.adapters.snaptrade.errors import BY_CODE, error_for
from freshet.adapters.transport import Answer, Endpoint
from freshet.domain import call_errors
from tests.builders import NOON

TABLE = [
    (400, "1076", call_errors.ProviderRejectedUs),
    (400, "1012", call_errors.ProviderRejectedUs),
    (400, "1010", call_errors.AlreadyRegistered),
    (400, "1006", call_errors.LinkInvalid),
    (400, "1023", call_errors.LinkInvalid),
    (400, "1086", call_errors.LinkInvalid),
    (400, None, call_errors.ProviderRejectedUs),
    (401, "1076", call_errors.ProviderRejectedUs),
    (401, "0000", call_errors.ProviderRejectedUs),
    (401, None, call_errors.ProviderRejectedUs),
    (401, "1083", call_errors.CredentialRefused),
    (402, "3003", call_errors.LoginRequired),
    (402, "3011", call_errors.LoginRequired),
    (402, "9999", call_errors.UnreadableAnswer),
    (402, None, call_errors.UnreadableAnswer),
    (403, "1066", call_errors.ProviderRejectedUs),
    (403, "1140", call_errors.LoginRequired),
    (403, None, call_errors.UnreadableAnswer),
    (403, "9999", call_errors.UnreadableAnswer),
    (403, "1141", call_errors.RefreshNotAllowed),
    (404, "1011", call_errors.MissingUpstream),
    (404, None, call_errors.UnreadableAnswer),
    (404, "9999", call_errors.UnreadableAnswer),
    (409, "1166", call_errors.ProviderUnavailable),
    (410, None, call_errors.EndpointRetired),
    (425, "3012", call_errors.ProviderUnavailable),
    (429, "0000", call_errors.SubjectLimited),
    (429, None, call_errors.SubjectLimited),
    (429, "9999", call_errors.SubjectLimited),
    (429, "throttled", call_errors.ProviderThrottled),
    (500, "1000", call_errors.ProviderFailed),
    (500, "3000", call_errors.ProviderFailed),
    (501, None, call_errors.ProviderFailed),
    (502, None, call_errors.ProviderFailed),
    (503, "3002", call_errors.ProviderUnavailable),
    (503, None, call_errors.ProviderFailed),
    (504, None, call_errors.ProviderFailed),
    (302, None, call_errors.UnreadableAnswer),
    (418, None, call_errors.UnreadableAnswer),
]
PERHAPS_BILLED = (call_errors.ProviderFailed, call_errors.UnreadableAnswer)


def _error(status: int, body: bytes, **headers: str) -> call_errors.ProviderError:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return error_for(Answer(status, CaseInsensitiveDict(named), body), REFRESH)


def _bodies(status: int, code: str | None) -> list[bytes]:
    live: dict[str, Any] = {"detail": "Text 1076 throttled", "status_code": status}
    spec: dict[str, Any] = {"default_detail": "Text 1076 throttled"}
    if code is None:
        return [json.dumps(each).encode() for each in (live, spec)]
    variants = [live | {"code": code}, spec | {"default_code": code}]
    if code.isdecimal() and not code.startswith("0"):
        variants += [live | {"code": int(code)}, spec | {"default_code": int(code)}]
    return [json.dumps(each).encode() for each in variants]


@pytest.mark.parametrize(("status", "code", "kind"), TABLE)
def test_refusal_means_what_the_table_says_when_told_in_any_variant(
    status: int, code: str | None, kind: type[call_errors.ProviderError]
) -> None:
    for body in _bodies(status, code):
        error = _error(status, body, X_Request_ID="request-1")
        assert type(error) is kind
        assert error.answer.code == code
        assert (error.answer.status, error.answer.request_id) == (status, "request-1")
        assert error.is_surely_unbilled is not isinstance(error, PERHAPS_BILLED)


def test_every_code_is_shown_here_when_one_is_added() -> None:
    assert BY_CODE.keys() <= {(status, code) for status, code, _ in TABLE}


NOT_THEIRS = [
    b"",
    b"<html>1076</html>",
    b'{"code',
    b"[]",
    b'"3003"',
    b"\xff",
    b"null",
    b'{"code": "3003"}',
    b'{"detail": 7, "code": "1011"}',
    b'{"detail": "x", "code": ["1141"]}',
    b'{"detail": "x", "code": true}',
    b'{"message": "Forbidden"}',
]
BY_CLASS = {
    400: call_errors.UnreadableAnswer,
    401: call_errors.UnreadableAnswer,
    402: call_errors.UnreadableAnswer,
    403: call_errors.UnreadableAnswer,
    404: call_errors.UnreadableAnswer,
    409: call_errors.UnreadableAnswer,
    410: call_errors.UnreadableAnswer,
    425: call_errors.UnreadableAnswer,
    429: call_errors.SubjectLimited,
    500: call_errors.ProviderFailed,
    501: call_errors.ProviderFailed,
    503: call_errors.ProviderFailed,
}


# In SnapTrade's envelope these say that our request or the moment is wrong, whatever the code.
IN_ENVELOPE = {400, 401, 409, 410, 425}
NOT_BELIEVED = [
    (status, body)
    for status in BY_CLASS
    for body in NOT_THEIRS
    if not (b'"x"' in body and status in IN_ENVELOPE)
]


@pytest.mark.parametrize(("status", "body"), NOT_BELIEVED)
def test_answer_is_trouble_of_the_moment_when_it_is_not_snaptrades(
    status: int, body: bytes
) -> None:
    error = _error(status, body)
    assert type(error) is BY_CLASS[status]
    assert error.retryable
    assert error.is_surely_unbilled is (status == 429)


def test_code_is_read_from_its_other_name_when_it_is_null() -> None:
    body = b'{"detail": "x", "code": null, "default_detail": "x", "default_code": 1141}'
    assert type(_error(403, body)) is call_errors.RefreshNotAllowed


def test_broker_cannot_do_it_when_the_error_without_a_code_says_so() -> None:
    assert type(_error(501, b'{"error": "not implemented"}')) is call_errors.RefreshNotAllowed


LEFT, NONE_LEFT = {"X-RateLimit-Remaining": "7"}, {"X-RateLimit-Remaining": "0"}
NONE_OF_ACCOUNT = {"X-RateLimit-Account-Remaining": "0"}
SUBJECT, KEY = call_errors.SubjectLimited, call_errors.RateLimited


@pytest.mark.parametrize(
    ("endpoint", "headers", "in_envelope", "elsewhere"),
    [
        (REFRESH, {}, SUBJECT, SUBJECT),
        (SYNC_TRANSACTIONS, {}, SUBJECT, SUBJECT),
        (REFRESH, LEFT, SUBJECT, SUBJECT),
        (REFRESH, NONE_LEFT, KEY, KEY),
        (POSITIONS, {}, KEY, SUBJECT),
        (POSITIONS, NONE_OF_ACCOUNT, SUBJECT, SUBJECT),
        (POSITIONS, NONE_LEFT, KEY, KEY),
    ],
)
def test_limit_is_that_of_our_key_only_when_it_is_said_to_be(
    endpoint: Endpoint,
    headers: dict[str, str],
    in_envelope: type[call_errors.ProviderError],
    elsewhere: type[call_errors.ProviderError],
) -> None:
    theirs = (
        b'{"detail": "x"}',
        b'{"detail": "x", "code": "new"}',
        b'{"detail": "x", "code": "0000"}',
    )
    for bodies, kind in ((theirs, in_envelope), ((b"<html>", b'{"code": "throttled"}'), elsewhere)):
        for body in bodies:
            error = error_for(Answer(429, CaseInsensitiveDict(headers), body), endpoint)
            assert type(error) is kind
            assert error.is_surely_unbilled


@pytest.mark.parametrize(
    ("endpoint", "headers", "seconds"),
    [(REFRESH, {}, 86400), (POSITIONS, {}, 9999), (REFRESH, NONE_LEFT, 9999)],
)
def test_long_wait_is_kept_for_a_connection_and_shortened_for_our_key(
    endpoint: Endpoint, headers: dict[str, str], seconds: int
) -> None:
    waiting = CaseInsensitiveDict(headers | {"Retry-After": "864000"})
    error = error_for(Answer(429, waiting, b'{"detail": "x"}'), endpoint)
    assert error.wait == timedelta(seconds=seconds)


def test_gateway_does_not_say_that_a_broker_cannot_refresh() -> None:
    answer = Answer(501, CaseInsensitiveDict(), b'{"error": "Not Implemented"}')
    assert type(error_for(answer, POSITIONS)) is call_errors.ProviderFailed
    assert type(error_for(answer, REFRESH)) is call_errors.RefreshNotAllowed


def test_endpoint_is_not_retired_when_another_code_stands_beside_it() -> None:
    assert type(_error(410, b'{"detail": "x", "code": "9"}')) is call_errors.UnreadableAnswer


def test_error_tells_no_text_of_the_provider_when_printed() -> None:
    error = _error(402, b'{"detail": "account of A. Person", "code": "3003"}')
    assert "Person" not in f"{error!s} {error!r} {error.answer!r}"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, 60),
        ({"Retry_After": "7"}, 7),
        ({"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "9", "Retry_After": "7"}, 9),
        ({"X_RateLimit_Remaining": "0", "Retry_After": "7"}, 7),
        ({"X_RateLimit_Remaining": "5", "X_RateLimit_Reset": "9", "Retry_After": "7"}, 7),
        ({"X_RateLimit_Account_Remaining": "0", "X_RateLimit_Account_Reset": "31"}, 31),
        (
            {
                "X_RateLimit_Remaining": "0",
                "X_RateLimit_Reset": "9",
                "X_RateLimit_Account_Remaining": "0",
                "X_RateLimit_Account_Reset": "31",
            },
            9,
        ),
        ({"Retry_After": "Fri, 20 Nov 2026 12:00:00 GMT"}, 60),
        ({"Retry_After": "-7"}, 60),
    ],
)
def test_wait_is_the_providers_when_it_says_how_long(headers: dict[str, str], seconds: int) -> None:
    error = _error(429, b'{"code": "0000"}', **headers)
    assert error.retry_at(NOON) == NOON + timedelta(seconds=seconds)
