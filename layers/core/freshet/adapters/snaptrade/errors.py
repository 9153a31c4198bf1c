"""What SnapTrade's errors mean, as a table over HTTP status and code."""

from typing import Any

from freshet.adapters.exact_json import parsed_object
from freshet.adapters.snaptrade.limits import ACCOUNT, CUSTOMER, is_used_up, wait_of
from freshet.adapters.transport import Answer, Endpoint
from freshet.domain.call_errors import (
    AlreadyRegistered,
    CredentialRefused,
    EndpointRetired,
    LinkInvalid,
    LoginRequired,
    MissingUpstream,
    ProviderError,
    ProviderFailed,
    ProviderRejectedUs,
    ProviderThrottled,
    ProviderUnavailable,
    RateLimited,
    RefreshNotAllowed,
    SubjectLimited,
    UnreadableAnswer,
)

BY_CODE: dict[tuple[int, str], type[ProviderError]] = {
    (400, "1006"): LinkInvalid,
    (400, "1010"): AlreadyRegistered,
    (400, "1012"): ProviderRejectedUs,
    (400, "1023"): LinkInvalid,
    (400, "1076"): ProviderRejectedUs,
    (400, "1086"): LinkInvalid,
    (401, "0000"): ProviderRejectedUs,
    (401, "1076"): ProviderRejectedUs,
    (401, "1083"): CredentialRefused,
    (402, "3003"): LoginRequired,
    (402, "3011"): LoginRequired,
    (403, "1066"): RefreshNotAllowed,
    (403, "1140"): LoginRequired,
    (403, "1141"): RefreshNotAllowed,
    (404, "1011"): MissingUpstream,
    (409, "1166"): ProviderUnavailable,
    (425, "3012"): ProviderUnavailable,
    (429, "0000"): RateLimited,
    (429, "throttled"): ProviderThrottled,
    (500, "1000"): ProviderFailed,
    (500, "3000"): ProviderFailed,
    (503, "3002"): ProviderUnavailable,
}

_BY_STATUS: dict[int, type[ProviderError]] = {
    400: ProviderRejectedUs,
    401: ProviderRejectedUs,
    402: LoginRequired,
    403: RefreshNotAllowed,
    404: MissingUpstream,
    409: ProviderUnavailable,
    410: EndpointRetired,
    425: ProviderUnavailable,
    429: RateLimited,
    501: RefreshNotAllowed,
}


def error_for(answer: Answer, endpoint: Endpoint) -> ProviderError:
    """Translate an answer that is no success; never by its text."""
    document = parsed_object(answer.body)
    code = _code(document)
    told = endpoint.told(
        status=answer.status,
        code=code,
        request_id=answer.headers.get("X-Request-ID"),
    )
    kind = BY_CODE.get((answer.status, code or "")) or _by_status(answer.status)
    if kind is RateLimited and is_used_up(answer, ACCOUNT) and not is_used_up(answer, CUSTOMER):
        kind = SubjectLimited
    return kind(told, wait=wait_of(answer))


def _by_status(status: int) -> type[ProviderError]:
    fallback = ProviderFailed if status >= 500 else UnreadableAnswer  # noqa: PLR2004
    return _BY_STATUS.get(status, fallback)


def _code(document: dict[str, Any]) -> str | None:
    # The live API sends text, the specification a number under another name.
    code = document.get("code", document.get("default_code"))
    return None if code is None else str(code)
