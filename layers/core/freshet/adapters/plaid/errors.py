"""What Plaid's refusals mean, as a table over `error_code`, then `error_type`, then transport.

The HTTP status says little: credentials, Items and institutions' outages are all 400.
"""

from datetime import timedelta
from typing import Any

from msgspec import Struct

from freshet.adapters.exact_json import parsed_object
from freshet.adapters.transport import Answer, Endpoint
from freshet.domain.call_errors import (
    ConsentWithdrawn,
    EndpointRetired,
    LinkInvalid,
    LoginRequired,
    MissingUpstream,
    ProviderError,
    ProviderFailed,
    ProviderRejectedUs,
    ProviderUnavailable,
    RefreshUnsupported,
    RefusedUnclearly,
    SubjectLimited,
)

_TOO_MANY = 429


class Meaning(Struct, frozen=True):
    """What an error is to us, and how long to leave Plaid alone."""

    kind: type[ProviderError]
    wait: timedelta | None = None


_USER = Meaning(LoginRequired)
_ABSENT = Meaning(MissingUpstream)
_UNCLEAR = Meaning(RefusedUnclearly, timedelta(hours=3))
_OPERATOR = Meaning(ProviderRejectedUs)
_LINK = Meaning(LinkInvalid)
_UNSUPPORTED = Meaning(RefreshUnsupported)
# The texts of these speak of the Item or of the institution; no code tells our key's limit apart.
_MINUTE = Meaning(SubjectLimited, timedelta(seconds=60))
_SOON = Meaning(ProviderUnavailable, timedelta(minutes=5))
# Plaid's own advice for an institution's outage is "a few hours or the next day".
_HOURS = Meaning(ProviderUnavailable, timedelta(hours=3))

BY_CODE: dict[str, Meaning] = {
    "ITEM_LOGIN_REQUIRED": _USER,
    "INVALID_CREDENTIALS": _USER,
    "INVALID_MFA": _USER,
    "INSUFFICIENT_CREDENTIALS": _USER,
    "ITEM_LOCKED": _USER,
    "USER_SETUP_REQUIRED": _USER,
    "PASSWORD_RESET_REQUIRED": _USER,
    "ACCESS_NOT_GRANTED": _USER,
    "NO_ACCOUNTS": _USER,
    "ADDITIONAL_CONSENT_REQUIRED": _USER,
    "ITEM_NOT_FOUND": _ABSENT,
    "ITEM_CONCURRENTLY_DELETED": _ABSENT,
    "USER_PERMISSION_REVOKED": Meaning(ConsentWithdrawn),
    "MFA_NOT_SUPPORTED": _UNSUPPORTED,
    "ITEM_NOT_SUPPORTED": _UNSUPPORTED,
    "NO_INVESTMENT_ACCOUNTS": _UNSUPPORTED,
    "NO_INVESTMENT_AUTH_ACCOUNTS": _UNSUPPORTED,
    "PRODUCT_NOT_ENABLED": _UNSUPPORTED,
    # The error catalogue has the plural; documents of one time had the singular.
    "PRODUCTS_NOT_SUPPORTED": _UNSUPPORTED,
    "PRODUCT_NOT_SUPPORTED": _UNSUPPORTED,
    "PRODUCT_NOT_READY": _SOON,
    "INSTITUTION_DOWN": _HOURS,
    "INSTITUTION_NOT_RESPONDING": _HOURS,
    "INSTITUTION_NOT_AVAILABLE": _HOURS,
    "INSTITUTION_NO_LONGER_SUPPORTED": _UNSUPPORTED,
    "UNSUPPORTED_RESPONSE": _UNSUPPORTED,
    "INSTITUTION_REGISTRATION_REQUIRED": _OPERATOR,
    "UNAUTHORIZED_INSTITUTION": _OPERATOR,
    "INSTITUTION_NOT_ENABLED_IN_ENVIRONMENT": _OPERATOR,
    "INSTITUTION_RATE_LIMIT": Meaning(SubjectLimited, timedelta(minutes=15)),
    "RATE_LIMIT": _MINUTE,
    "INVESTMENTS_REFRESH_LIMIT": _MINUTE,
    "INVESTMENT_HOLDINGS_GET_LIMIT": _MINUTE,
    "INVESTMENT_TRANSACTIONS_LIMIT": _MINUTE,
    "ACCOUNTS_LIMIT": _MINUTE,
    "ITEM_GET_LIMIT": _MINUTE,
    "INSTITUTIONS_GET_BY_ID_LIMIT": _MINUTE,
    "INTERNAL_SERVER_ERROR": _SOON,
    "plaid-internal-error": _SOON,
    "PLANNED_MAINTENANCE": _HOURS,
    # A stale account id, not a stale key: the next read lists the accounts anew.
    "INVALID_ACCOUNT_ID": Meaning(MissingUpstream),
    "INVALID_ACCESS_TOKEN": _OPERATOR,
    "INVALID_API_KEYS": _OPERATOR,
    "UNAUTHORIZED_ENVIRONMENT": _OPERATOR,
    "UNAUTHORIZED_ROUTE_ACCESS": _OPERATOR,
    "INVALID_PRODUCT": _OPERATOR,
    "INVALID_PUBLIC_TOKEN": _LINK,
    "INVALID_LINK_TOKEN": _LINK,
    "INVALID_INSTITUTION": _OPERATOR,
    "INVALID_LINK_CUSTOMIZATION": _OPERATOR,
    "INVALID_WEBHOOK_VERIFICATION_KEY_ID": _OPERATOR,
    "MISSING_FIELDS": _OPERATOR,
    "UNKNOWN_FIELDS": _OPERATOR,
    "INVALID_FIELD": _OPERATOR,
    "INVALID_BODY": _OPERATOR,
    "INVALID_HEADERS": _OPERATOR,
    "INVALID_CONFIGURATION": _OPERATOR,
    "INCOMPATIBLE_API_VERSION": _OPERATOR,
    "SANDBOX_ONLY": _OPERATOR,
    "SANDBOX_PRODUCT_NOT_ENABLED": _OPERATOR,
    "SANDBOX_WEBHOOK_INVALID": _OPERATOR,
    "NOT_FOUND": _OPERATOR,
    "NO_LONGER_AVAILABLE": Meaning(EndpointRetired),
}

_BY_TYPE: dict[str, Meaning] = {
    "API_ERROR": _SOON,
    "RATE_LIMIT_EXCEEDED": _MINUTE,
    "INSTITUTION_ERROR": _HOURS,
    "ITEM_ERROR": _UNCLEAR,
    "OAUTH_ERROR": _UNCLEAR,
}


def error_for(answer: Answer, endpoint: Endpoint) -> ProviderError:
    """Translate an answer that is no success; never by its text.

    An error in Plaid's envelope is not billed; anything else may hide a call that was.
    """
    document = parsed_object(answer.body)
    code, error_type = document.get("error_code"), document.get("error_type")
    is_told = isinstance(code, str) and isinstance(error_type, str)
    told = endpoint.told(
        status=answer.status,
        code=code if is_told else None,
        request_id=request_id_of(document),
    )
    if not (isinstance(code, str) and isinstance(error_type, str)):
        return _without_envelope(answer.status)(told)
    meaning = meaning_of(code, error_type)
    return meaning.kind(told, wait=meaning.wait)


def _without_envelope(status: int) -> type[ProviderError]:
    # A 429 without Plaid's envelope comes from a gateway before it: not worked and not billed.
    return SubjectLimited if status == _TOO_MANY else ProviderFailed


def meaning_of(code: str, error_type: str) -> Meaning:
    """Look an error up by its code, else by its type, else blame ourselves."""
    return BY_CODE.get(code) or _BY_TYPE.get(error_type, _OPERATOR)


def request_id_of(document: Any) -> str | None:
    """Give the id that Plaid's support asks for; every JSON answer has one."""
    request_id = document.get("request_id") if isinstance(document, dict) else None
    return request_id if isinstance(request_id, str) else None
