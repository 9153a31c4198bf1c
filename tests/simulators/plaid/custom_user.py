"""The portfolio of the sandbox user `user_custom`, written in the password."""

from tests.simulators.common.exact_json import loads
from tests.simulators.plaid.plain_holdings import small_holding
from tests.simulators.plaid.plain_values import ValueRefused, Values
from tests.simulators.plaid.portfolio import Portfolio

CUSTOM_USER = "user_custom"
_WHOLE = "override_password"


def custom_portfolios(password: str) -> list[Portfolio]:
    """Return the accounts that a custom password describes; raises ValueRefused."""
    try:
        document = loads(password)
    except ValueError as error:
        raise ValueRefused(_WHOLE, "must be JSON") from error
    accounts = Values.of(document, _WHOLE).objects("override_accounts")
    if not accounts:
        raise ValueRefused(f"{_WHOLE}.override_accounts", "must not be empty")
    return [_portfolio(account) for account in accounts]


def _portfolio(account: Values) -> Portfolio:
    # More can be said about such a user than investments need: what else there is, is ignored.
    kind, subtype = account.text("type"), account.optional_text("subtype")
    has_holdings = account.document.get("holdings") is not None
    described = account.objects("holdings") if has_holdings else []
    held = [small_holding(each) for each in described]
    balance = account.optional_number("starting_balance")
    text = None if balance is None else str(balance)
    return Portfolio(
        name=account.object("meta").text("name", f"Custom {subtype or kind}"),
        subtype=subtype,
        type=kind,
        currency=account.text("currency", "USD"),
        securities=tuple(found for found, _ in held),
        holdings=tuple(line for _, line in held),
        # That the starting balance of a bank account can be withdrawn is our assumption.
        available=text if kind == "depository" else None,
        current=text,
    )
