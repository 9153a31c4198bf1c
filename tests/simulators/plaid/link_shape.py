"""What a request for a link token may and must say."""

from typing import Any
from urllib.parse import urlsplit

from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.fields import (
    FLAG,
    NULLABLE_TEXT,
    NULLABLE_TEXTS,
    NUMBER,
    OBJECT,
    REQUIRED_TEXT,
    REQUIRED_TEXTS,
    TEXT,
    TEXTS,
    Field,
    Shape,
)

COUNTRIES = {
    "US", "GB", "ES", "NL", "FR", "IE", "CA", "DE", "IT", "PL", "DK", "NO", "SE", "EE", "LT",
    "LV", "PT", "BE", "AT", "FI",
}  # fmt: skip
LANGUAGES = {
    "da", "nl", "en", "et", "fr", "de", "hi", "it", "lv", "lt", "no", "pl", "pt", "ro", "es",
    "sv", "vi",
}  # fmt: skip
PRODUCTS = {
    "assets", "auth", "balance", "balance_plus", "beacon", "identity", "identity_match",
    "investments", "investments_auth", "liabilities", "payment_initiation",
    "identity_verification", "transactions", "credit_details", "income", "income_verification",
    "standing_orders", "transfer", "employment", "recurring_transactions", "transactions_refresh",
    "signal", "statements", "processor_payments", "processor_identity", "profile",
    "cra_base_report", "cra_income_insights", "cra_partner_insights", "cra_network_insights",
    "cra_cashflow_insights", "cra_monitoring", "cra_lend_score", "cra_plaid_credit_score",
    "layer", "pay_by_bank", "protect_linked_bank", "protect_transactions",
}  # fmt: skip
LINKED_LISTS = ("products", "required_if_supported_products", "optional_products")
CONSENTED_LIST = "additional_consented_products"
# The provider never takes this one at Link: it is an entitlement, asked for by calling.
NEVER_LINKED = "investments_refresh"

_USER_TEXTS = ("legal_name", "phone_number", "email_address", "ssn", "date_of_birth")
_USER_TIMES = ("phone_number_verified_time", "email_address_verified_time")
_USER: Shape = {
    "client_user_id": TEXT,
    **dict.fromkeys(_USER_TEXTS, TEXT),
    **dict.fromkeys(_USER_TIMES, NULLABLE_TEXT),
    **dict.fromkeys(("name", "address", "id_number"), OBJECT),
}
_UPDATE: Shape = {
    **dict.fromkeys(("account_selection_enabled", "reauthorization_enabled", "user"), FLAG),
    "item_ids": NULLABLE_TEXTS,
}
_INVESTMENTS: Shape = dict.fromkeys(
    ("allow_unverified_crypto_wallets", "allow_manual_entry", "async_update"), FLAG
)
_HOSTED: Shape = {
    **dict.fromkeys(("delivery_method", "completion_redirect_uri"), TEXT),
    "url_lifetime_seconds": NUMBER,
    "is_mobile_app": FLAG,
}
_OTHER_TEXTS = (
    "link_customization_name",
    "redirect_uri",
    "android_package_name",
    "institution_id",
    "third_party_user_token",
    "user_token",
    "appearance_mode",
    "consumer_report_permissible_purpose",
)
_OTHER_OBJECTS = (
    "account_filters", "institution_data", "card_switch", "eu_config", "payment_configuration",
    "payment_initiation", "employment", "income_verification", "base_report", "cra_options",
    "credit_partner_insights", "auth", "transfer", "identity_verification", "statements",
    "investments_auth", "transactions", "cashflow_report", "identity",
)  # fmt: skip
LINK_SHAPE: Shape = {
    "client_name": REQUIRED_TEXT,
    "language": REQUIRED_TEXT,
    "country_codes": REQUIRED_TEXTS,
    "user": Field(dict, members=_USER),
    "user_id": TEXT,
    **dict.fromkeys((*LINKED_LISTS, CONSENTED_LIST), NULLABLE_TEXTS),
    "webhook": TEXT,
    "access_token": NULLABLE_TEXT,
    "access_tokens": TEXTS,
    "update": Field(dict, members=_UPDATE),
    "investments": Field(dict, members=_INVESTMENTS),
    "hosted_link": Field(dict, members=_HOSTED),
    **dict.fromkeys(_OTHER_TEXTS, TEXT),
    **dict.fromkeys(_OTHER_OBJECTS, OBJECT),
    **dict.fromkeys(("cra_enabled", "financekit_supported", "enable_multi_item_link"), FLAG),
}


def check_link_request(body: dict[str, Any], *, is_update: bool) -> None:
    """Raise PlaidRefusal for values that make no sense; which code each gets is partly assumed."""
    if not (body.get("user_id") or body.get("user", {}).get("client_user_id")):
        raise PlaidRefusal("MISSING_FIELDS", "user.client_user_id")
    if not body["client_name"].strip():
        raise PlaidRefusal("INVALID_FIELD", "client_name must be a non-empty string")
    if body["language"] not in LANGUAGES:
        raise PlaidRefusal("INVALID_FIELD", "language is not supported")
    if not body["country_codes"] or not set(body["country_codes"]) <= COUNTRIES:
        raise PlaidRefusal("INVALID_FIELD", "country_codes must be supported countries")
    for name in ("webhook", "redirect_uri"):
        if name in body and not is_web_address(body[name]):
            raise PlaidRefusal("INVALID_FIELD", f"{name} must be a URL")
    linked = _check_products(body)
    if is_update and linked:
        raise PlaidRefusal("INVALID_FIELD", "products must be omitted in update mode")
    if not is_update and not body.get("products"):
        raise PlaidRefusal("MISSING_FIELDS", "products")
    if not is_update and "update" in body:
        raise PlaidRefusal("INVALID_FIELD", "update needs an access_token")


def check_product_names(names: list[str]) -> None:
    """Raise PlaidRefusal for products that do not exist or are never linked."""
    if NEVER_LINKED in names:
        raise PlaidRefusal("INVALID_PRODUCT", f'["{NEVER_LINKED}"]')
    unknown = sorted(set(names) - PRODUCTS)
    if unknown:
        raise PlaidRefusal("INVALID_FIELD", f"no such products: {', '.join(unknown)}")


def is_web_address(text: str) -> bool:
    """Tell whether webhooks could be sent there."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)


def _check_products(body: dict[str, Any]) -> list[str]:
    linked = [product for name in LINKED_LISTS for product in body.get(name) or []]
    check_product_names([*linked, *(body.get(CONSENTED_LIST) or [])])
    return linked
