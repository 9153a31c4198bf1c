"""What SnapTrade's errors mean, as a table over HTTP status and code."""

from datetime import timedelta
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
_ABOUT_REFRESHES = (REFRESH, SYNC_TRANSACTIONS)
_LONGEST_PAUSE = timedelta(days=1)

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
    (429, "0000"): SubjectLimited,
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
    if answer.status == _NOT_IMPLEMENTED and endpoint not in _ABOUT_REFRESHES:
        kind = ProviderFailed
    if kind is SubjectLimited and _is_of_our_key(answer, endpoint, document):
        return RateLimited(told, wait=wait_of(answer))
    return kind(told, wait=wait_of(answer, most=_LONGEST_PAUSE))


def _kind(status: int, code: str | None, document: dict[str, Any]) -> type[ProviderError]:
    if _is_text(document, "detail", "default_detail"):
        kind = BY_CODE.get((status, code or "")) or _BY_STATUS.get(status)
        if kind is not None and not (kind is EndpointRetired and code is not None):
            return kind
    if status == _NOT_IMPLEMENTED and _is_text(document, "error"):
        return RefreshNotAllowed  # the one error that is documented without a code
    if status == _TOO_MANY:
        return SubjectLimited
    return ProviderFailed if status >= 500 else UnreadableAnswer  # noqa: PLR2004


def _is_of_our_key(answer: Answer, endpoint: Endpoint, document: dict[str, Any]) -> bool:
    """Tell whether too many requests are those of all users together.

    Its header says so. Without it, SnapTrade's envelope does, but for refreshes: connections have a
    limit for these of their own, which is told in more than one way.
    """
    if is_used_up(answer, CUSTOMER):
        return True
    is_theirs = _is_text(document, "detail", "default_detail")
    return is_theirs and endpoint not in _ABOUT_REFRESHES and not is_used_up(answer, ACCOUNT)


def _is_text(document: dict[str, Any], *names: str) -> bool:
    return any(isinstance(document.get(name), str) for name in names)


def _code(document: dict[str, Any]) -> str | None:
    # The live API sends text, the specification a number under another name.
    for name in ("code", "default_code"):
        code = document.get(name)
        if isinstance(code, str | int) and not isinstance(code, bool):
            return str(code)
    return None
