"""What SnapTrade's errors mean, as a table over HTTP status and code."""

from typing import Any

from freshet.adapters.exact_json import parsed_object
from freshet.adapters.snaptrade.endpoints import REFRESH, SYNC_TRANSACTIONS
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

_NOT_IMPLEMENTED, _TOO_MANY = 501, 429

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
    (403, "1066"): ProviderRejectedUs,
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
    409: ProviderUnavailable,
    410: EndpointRetired,
    425: ProviderUnavailable,
}
"""What an envelope means whose code is missing or not documented: never a verdict on a link."""


def error_for(answer: Answer, endpoint: Endpoint) -> ProviderError:
    """Translate an answer that is no success; never by its text.

    Only SnapTrade's own envelope with a documented code says something lasting of a connection.
    """
    document = parsed_object(answer.body)
    code = _code(document)
    told = endpoint.told(
        status=answer.status,
        code=code,
        request_id=answer.headers.get("X-Request-ID"),
    )
    kind = _kind(answer.status, code, document)
    if kind is RateLimited and _is_narrow(answer, endpoint):
        kind = SubjectLimited
    return kind(told, wait=wait_of(answer))


def _kind(status: int, code: str | None, document: dict[str, Any]) -> type[ProviderError]:
    if _is_text(document, "detail", "default_detail"):
        kind = BY_CODE.get((status, code or "")) or _BY_STATUS.get(status)
        if kind is not None:
            return kind
    if status == _NOT_IMPLEMENTED and _is_text(document, "error"):
        return RefreshNotAllowed  # the one error that is documented without a code
    if status == _TOO_MANY:
        return RateLimited
    return ProviderFailed if status >= 500 else UnreadableAnswer  # noqa: PLR2004


def _is_narrow(answer: Answer, endpoint: Endpoint) -> bool:
    """Tell whether a refusal for too many requests leaves our key's own limit aside."""
    if is_used_up(answer, CUSTOMER):
        return False
    # Connections have a limit for refreshes of their own, which is told in more than one way.
    is_documented = (answer.status, _code(parsed_object(answer.body)) or "") in BY_CODE
    return is_used_up(answer, ACCOUNT) or (
        endpoint in (REFRESH, SYNC_TRANSACTIONS) and not is_documented
    )


def _is_text(document: dict[str, Any], *names: str) -> bool:
    return any(isinstance(document.get(name), str) for name in names)


def _code(document: dict[str, Any]) -> str | None:
    # The live API sends text, the specification a number under another name.
    for name in ("code", "default_code"):
        code = document.get(name)
        if isinstance(code, str | int) and not isinstance(code, bool):
            return str(code)
    return None
