"""What a visit to the institution changes, and what an account is worth."""

from decimal import Decimal, localcontext

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.instruments import PRECISION, value_of
from tests.simulators.plaid.models import Account

_MOVES = (Decimal("1.013"), Decimal("0.991"), Decimal("1.004"), Decimal("0.978"))


def move_market(account: Account, securities: dict[str, Document], *, revision: int) -> int:
    """Change every other price and one quantity; returns how many holdings changed."""
    moving = [
        held
        for held in account.holdings
        if not securities.get(held["security_id"], {}).get("is_cash_equivalent")
    ]
    changed = 0
    with localcontext(prec=PRECISION):
        for index, held in enumerate(moving):
            is_traded = index == revision % len(moving)
            if is_traded:
                # Away from zero, so that a short stays short and nothing closes by accident.
                lot = _lot(securities.get(held["security_id"], {}))
                held["quantity"] += lot if held["quantity"] >= 0 else -lot
            elif (index + revision) % 2:
                held["institution_price"] = _moved(held["institution_price"], revision + index)
            else:
                continue
            changed += 1
            quantity, price = Decimal(held["quantity"]), Decimal(held["institution_price"])
            held["institution_value"] = value_of(quantity, price)
    return changed


def current_value(account: Account) -> Decimal:
    """Return the stated worth, or the sum of the holdings in the account's currency."""
    if account.current is not None:
        return account.current
    with localcontext(prec=PRECISION):
        values = [
            Decimal(held["institution_value"])
            for held in account.holdings
            if held["iso_currency_code"] == account.currency
        ]
        if not values:
            return account.available or Decimal(0)
        return sum(values, Decimal(0)) - (account.margin_loan or Decimal(0))


def _lot(security: Document) -> int:
    # Options are counted in units of the underlying, and traded by the contract.
    return 100 if security.get("type") == "derivative" else 1


def _moved(price: Decimal, turn: int) -> Decimal:
    exact = Decimal(price)
    exponent = exact.as_tuple().exponent
    last_digit = Decimal((0, (1,), exponent if isinstance(exponent, int) else 0))
    moved = (exact * _MOVES[turn % len(_MOVES)]).quantize(last_digit)
    return moved if moved != exact else exact + last_digit
