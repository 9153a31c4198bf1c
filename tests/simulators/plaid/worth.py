"""What an account is worth, as its institution works it out."""

from collections.abc import Mapping
from decimal import Decimal, localcontext

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.instruments import PRECISION
from tests.simulators.plaid.models import Account

_ZERO = Decimal(0)

type Securities = Mapping[str, Document]


def current_value(account: Account, securities: Securities) -> Decimal:
    """Return the stated worth, or lines and unlisted cash in the account's currency less debt."""
    if account.current is not None:
        return account.current
    lines = [each for each in account.holdings if each["iso_currency_code"] == account.currency]
    if not lines and account.unlisted_cash is None:
        return account.available or _ZERO
    with localcontext(prec=PRECISION):
        worth = sum((_line_value(line, securities) for line in lines), _ZERO)
        worth += account.unlisted_cash or _ZERO
        return worth - _unlisted_debt(account, lines, securities)


def _line_value(line: Document, securities: Securities) -> Decimal:
    value = line["institution_value"]
    if value is None or _is_future(securities.get(line["security_id"], {})):
        return _ZERO
    # Some institutions tell a short position by its lots alone.
    return -abs(Decimal(value)) if _is_short(line) else Decimal(value)


def _is_future(security: Document) -> bool:
    # The value of a future is what it moves, not what it is worth: its gains are in the cash.
    return security.get("type") == "derivative" and security.get("option_contract") is None


def _is_short(line: Document) -> bool:
    lots = line.get("tax_lots") or []
    return bool(lots) and all(lot.get("position_type") == "SHORT" for lot in lots)


def _unlisted_debt(account: Account, lines: list[Document], securities: Securities) -> Decimal:
    """Return the loan where the account nets it and no negative line of cash is that loan."""
    is_listed = any(
        securities.get(line["security_id"], {}).get("type") == "cash" and line["quantity"] < 0
        for line in lines
    )
    if account.is_before_debt or is_listed:
        return _ZERO
    return account.margin_loan or _ZERO
