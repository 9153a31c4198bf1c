"""The provider's documents for Items, accounts, holdings and transactions."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.errors import webhook_error
from tests.simulators.plaid.knobs import PlaidKnobs
from tests.simulators.plaid.models import Account, Item
from tests.simulators.plaid.worth import Securities, current_value

_OFFERED = ("assets", "balance", "identity", "investments", "transactions")
_NEWER_FIELDS = {"figi", "cfi_code", "tax_lots", "margin_loan_amount"}
_NOVELTY = {"novelty_of_tomorrow": {"grade": "AA", "since": None}}


def item_document(item: Item, *, knobs: PlaidKnobs) -> Document:
    """Return the Item as it accompanies data; its error shows only in its own endpoint."""
    return _extended(
        {
            "item_id": item.id,
            "institution_id": item.institution.id,
            "institution_name": item.institution.name,
            "webhook": item.webhook or "",
            "auth_method": None,
            "error": None,
            "available_products": [name for name in _OFFERED if name not in item.products],
            "billed_products": list(item.products),
            "products": list(item.products),
            "consented_products": list(dict.fromkeys([*item.consented, *item.products])),
            "consent_expiration_time": instant(item.consent_expires_at, knobs),
            "update_type": "background",
        },
        knobs,
    )


def full_item_document(item: Item, *, knobs: PlaidKnobs) -> Document:
    """Return the Item with its error and consent, as only its own endpoint shows it."""
    return item_document(item, knobs=knobs) | {
        "error": webhook_error(item.error, style=knobs.answer_errors) if item.error else None,
        "created_at": instant(item.created_at, knobs),
        "consented_use_cases": ["Track and manage your finances"],
        "consented_data_scopes": ["account_balance_info", "investments"],
    }


def status_document(item: Item, *, knobs: PlaidKnobs) -> Document:
    """Return when the institution was last reached and when a webhook was last sent."""
    sent = item.last_webhook
    return {
        "investments": {
            "last_successful_update": instant(item.last_successful_update, knobs),
            "last_failed_update": instant(item.last_failed_update, knobs),
        },
        "transactions": None,
        "last_webhook": sent and {"sent_at": instant(sent[0], knobs), "code_sent": sent[1]},
    }


def account_document(
    account: Account, securities: Securities, *, knobs: PlaidKnobs, has_margin: bool
) -> Document:
    """Return an account; only investment endpoints tell the margin loan."""
    balances: Document = {
        "available": account.available,
        "current": current_value(account, securities),
        "limit": None,
        "iso_currency_code": account.currency,
        "unofficial_currency_code": None,
    }
    if has_margin:
        balances["margin_loan_amount"] = account.margin_loan
    document = {
        "account_id": account.id,
        "balances": _aged(balances, knobs),
        "mask": account.mask,
        "name": account.name,
        "official_name": account.official_name,
        "type": account.type,
        "subtype": account.subtype,
        "holder_category": "personal",
    }
    if knobs.persistent_account_ids:
        document["persistent_account_id"] = account.persistent_id
    return _extended(document, knobs)


def holding_documents(account: Account, *, knobs: PlaidKnobs) -> list[Document]:
    """Return the holdings of an account."""
    return [
        _extended(_aged({"account_id": account.id, **held}, knobs), knobs)
        for held in account.holdings
    ]


def security_documents(
    item: Item, used: Sequence[Document], *, knobs: PlaidKnobs
) -> list[Document]:
    """Return the securities that these holdings or transactions mention."""
    wanted: Collection[str] = {line["security_id"] for line in used}
    return [
        _extended(_aged(document, knobs), knobs)
        for security_id, document in item.securities.items()
        if security_id in wanted
    ]


def instant(moment: datetime | None, knobs: PlaidKnobs) -> str | None:
    """Return a time in UTC in the style the knob says."""
    if moment is None:
        return None
    timespec = "milliseconds" if knobs.timestamp_style == "milliseconds" else "seconds"
    return moment.astimezone(UTC).isoformat(timespec=timespec).replace("+00:00", "Z")


def _aged(document: Document, knobs: PlaidKnobs) -> Document:
    if knobs.newer_fields:
        return document
    return {name: value for name, value in document.items() if name not in _NEWER_FIELDS}


def _extended(document: Document, knobs: PlaidKnobs) -> Document:
    return document | _NOVELTY if knobs.extra_fields else document
