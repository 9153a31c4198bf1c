"""The newer shape of balances: decimal text, and what the account may spend and owes."""

from collections.abc import Iterable
from decimal import Decimal

from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.answers import instant
from tests.simulators.snaptrade.models import Account, Balance
from tests.simulators.snaptrade.worth import total_value

_CENT = Decimal("0.01")


def newer_balances_document(account: Account) -> Document:
    """Return all balances of an account together."""
    total = total_value(account) if account.is_initialised else None
    balances = account.balances if account.is_initialised else []
    return {
        "account_id": account.id,
        "cash_or_margin": account.cash_or_margin,
        "net_value": None if total is None else _amount(account.currency, total),
        "cash": _amounts((each.currency, each.cash) for each in balances),
        "buying_power": _buying_power(account, balances) or None,
        "margin": _margin(account, balances),
        "data_freshness": {"as_of": instant(account.as_of)},
    }


def _buying_power(account: Account, balances: list[Balance]) -> list[Document]:
    if account.cash_or_margin == "margin":
        # One entry for the whole account.
        balances = [each for each in balances if each.currency == account.currency]
    powers = _amounts((each.currency, each.buying_power) for each in balances)
    basis = "margin" if account.cash_or_margin == "margin" else "cash"
    return [each | {"basis": basis} for each in powers]


def _margin(account: Account, balances: list[Balance]) -> Document | None:
    if account.cash_or_margin == "cash":
        return None
    owed = [(each.currency, -each.cash) for each in balances if each.cash is not None]
    # What is less than a cent is left out.
    return {"loan_balances": _amounts(pair for pair in owed if pair[1] >= _CENT)}


def _amounts(pairs: Iterable[tuple[str, Decimal | None]]) -> list[Document]:
    return [_amount(currency, amount) for currency, amount in pairs if amount is not None]


def _amount(currency: str, amount: Decimal) -> Document:
    return {"currency": currency, "amount": format(amount.quantize(_CENT), "f")}
