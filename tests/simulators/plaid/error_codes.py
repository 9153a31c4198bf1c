"""The error codes the simulated provider knows: their type, HTTP status and text."""

type Entry = tuple[str, int, str]

# A code we do not know has this type unless another one is asked for.
_USUAL_TYPE, _UNKNOWN_TEXT = "API_ERROR", "something went wrong"
_STATUS_OF_TYPE = {"RATE_LIMIT_EXCEEDED": 429}
_USUAL_STATUS = 400

_ITEM_CODES = {
    "ITEM_LOGIN_REQUIRED": "the login of this item is no longer valid",
    "INVALID_CREDENTIALS": "the institution did not accept the credentials",
    "INVALID_MFA": "the institution did not accept the second factor",
    "INSUFFICIENT_CREDENTIALS": "the user did not finish signing in",
    "ITEM_LOCKED": "the institution has locked this user's account",
    "USER_SETUP_REQUIRED": "the user has to act at the institution first",
    "PASSWORD_RESET_REQUIRED": "the user has to choose a new password",
    "MFA_NOT_SUPPORTED": "the second factor of this item is not supported",
    "ITEM_NOT_SUPPORTED": "items of this kind are not supported",
    "ACCESS_NOT_GRANTED": "the user did not grant the necessary access",
    "NO_ACCOUNTS": "this item has no accounts any more",
    "NO_INVESTMENT_ACCOUNTS": "this item has no investment accounts",
    "PRODUCT_NOT_READY": "the product is not ready yet, try again later",
    "PRODUCT_NOT_ENABLED": "the product is not enabled for this item",
    "PRODUCTS_NOT_SUPPORTED": "the institution does not support: {detail}",
    # Documents older than the catalogue have it in the singular.
    "PRODUCT_NOT_SUPPORTED": "the institution does not support: {detail}",
    "NO_INVESTMENT_AUTH_ACCOUNTS": "this item has no investment accounts",
    "ITEM_NOT_FOUND": "the item was removed",
    "ITEM_CONCURRENTLY_DELETED": "the item was removed while it was used",
}
_INPUT_CODES = {
    "USER_PERMISSION_REVOKED": "the account holder revoked access",
    "ADDITIONAL_CONSENT_REQUIRED": "the user has not consented to this product",
    "INVALID_ACCESS_TOKEN": "the access token is not valid in this environment",
    "INVALID_ACCOUNT_ID": "these accounts are not part of the item: {detail}",
    "INVALID_API_KEYS": "the client id or the secret is wrong",
    "UNAUTHORIZED_ENVIRONMENT": "this client has no access to this environment",
    "UNAUTHORIZED_ROUTE_ACCESS": "this client has no access to this route",
    "INVALID_PRODUCT": "client is not authorized to access the following products: {detail}",
    "INVALID_PUBLIC_TOKEN": "the public token is unknown, used or expired",
    "INVALID_LINK_TOKEN": "the link token is unknown or expired",
    "INVALID_INSTITUTION": "no such institution",
    "INVALID_LINK_CUSTOMIZATION": "the link customization is incomplete",
    "INVALID_WEBHOOK_VERIFICATION_KEY_ID": "no such webhook verification key",
}
_REQUEST_CODES = {
    "MISSING_FIELDS": "the following required fields are missing: {detail}",
    "UNKNOWN_FIELDS": "the following fields are not recognized by this endpoint: {detail}",
    "INVALID_FIELD": "{detail}",
    "INVALID_BODY": "the body is not a JSON object of type application/json",
    "INVALID_HEADERS": "a required header is missing",
    "INVALID_CONFIGURATION": "the request cannot be configured like this",
    "INCOMPATIBLE_API_VERSION": "this version of the interface is not served",
    "SANDBOX_ONLY": "this endpoint exists in the sandbox only",
}
_INSTITUTION_CODES = {
    "INSTITUTION_DOWN": "the institution is down",
    "INSTITUTION_NOT_RESPONDING": "the institution does not answer",
    "INSTITUTION_NOT_AVAILABLE": "the institution is not available",
    "INSTITUTION_NO_LONGER_SUPPORTED": "the institution is not supported any more",
    "UNSUPPORTED_RESPONSE": "the institution's data could not be read",
    "INSTITUTION_REGISTRATION_REQUIRED": "the institution wants a registration first",
    "UNAUTHORIZED_INSTITUTION": "this client may not use this institution",
    "INSTITUTION_NOT_ENABLED_IN_ENVIRONMENT": "the institution is not enabled here",
}
_LIMIT_TEXT = "rate limit exceeded for attempts to access this item. please try again later"
_LIMIT_CODES = (
    "RATE_LIMIT",
    "INVESTMENTS_REFRESH_LIMIT",
    "INVESTMENT_HOLDINGS_GET_LIMIT",
    "INVESTMENT_TRANSACTIONS_LIMIT",
    "ACCOUNTS_LIMIT",
    "ITEM_GET_LIMIT",
    "INSTITUTIONS_GET_BY_ID_LIMIT",
    "INSTITUTION_RATE_LIMIT",
    # No source says how the trial plan refuses another Item; our assumption.
    "ADDITION_LIMIT",
)


def _family(error_type: str, codes: dict[str, str]) -> dict[str, Entry]:
    return {code: (error_type, 400, text) for code, text in codes.items()}


CATALOGUE: dict[str, Entry] = {
    **_family("ITEM_ERROR", _ITEM_CODES),
    **_family("INVALID_INPUT", _INPUT_CODES),
    **_family("INVALID_REQUEST", _REQUEST_CODES),
    **_family("INSTITUTION_ERROR", _INSTITUTION_CODES),
    **dict.fromkeys(_LIMIT_CODES, ("RATE_LIMIT_EXCEEDED", 429, _LIMIT_TEXT)),
    "NOT_FOUND": ("INVALID_REQUEST", 404, "no such endpoint"),
    "NO_LONGER_AVAILABLE": ("INVALID_REQUEST", 404, "this endpoint is gone"),
    "INTERNAL_SERVER_ERROR": ("API_ERROR", 500, "an unexpected error occurred"),
    "plaid-internal-error": ("API_ERROR", 500, "an unexpected error occurred"),
    "PLANNED_MAINTENANCE": ("API_ERROR", 503, "down for planned maintenance"),
    "SANDBOX_PRODUCT_NOT_ENABLED": ("SANDBOX_ERROR", 400, "the item lacks: {detail}"),
    "SANDBOX_WEBHOOK_INVALID": ("SANDBOX_ERROR", 400, "the item has no usable webhook"),
}


def entry_of(code: str, error_type: str | None = None) -> Entry:
    """Return type, status and text of a code; another type overrules the catalogue's."""
    known = CATALOGUE.get(code, (_USUAL_TYPE, _USUAL_STATUS, _UNKNOWN_TEXT))
    if error_type is None:
        return known
    return error_type, _STATUS_OF_TYPE.get(error_type, known[1]), known[2]


def is_known_code(code: str) -> bool:
    """Tell whether the catalogue has this error code."""
    return code in CATALOGUE
