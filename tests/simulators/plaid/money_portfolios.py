"""Invented portfolios whose cash or debt is told in one of the ways that institutions have."""

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.instruments import dollars, holding, security
from tests.simulators.plaid.portfolio import Portfolio


def leveraged() -> Portfolio:
    """Half bought on credit: 100,000 in shares, 40,000 owed, `current` is what is left."""
    stock = _leveraged_stock()
    return Portfolio(
        name="Leveraged Margin",
        subtype="brokerage",
        available="0",
        margin_loan="40000",
        securities=(stock,),
        holdings=(holding(stock, "1000", "100", "82000"),),
    )


def leveraged_gross() -> Portfolio:
    """The same account at an institution whose `current` leaves the loan out."""
    stock = _leveraged_stock()
    return Portfolio(
        name="Leveraged Margin before Debt",
        subtype="brokerage",
        margin_loan="40000",
        is_before_debt=True,
        securities=(stock,),
        holdings=(holding(stock, "1000", "100", "82000"),),
    )


def leveraged_cash_line() -> Portfolio:
    """The same account with the loan told twice: in the balances, and as a negative cash line."""
    stock, cash = _leveraged_stock(), dollars()
    return Portfolio(
        name="Leveraged Margin with Cash Line",
        subtype="brokerage",
        available="0",
        margin_loan="40000",
        securities=(stock, cash),
        holdings=(holding(stock, "1000", "100", "82000"), holding(cash, "-40000", "1", None)),
    )


def unlisted_cash() -> Portfolio:
    """A retirement account with cash that is in the balances only."""
    fund = security("mutual fund", "BALDX", "Balanced Index Fund")
    return Portfolio(
        name="Rollover",
        subtype="ira",
        available="13055.06",
        unlisted_cash="13055.06",
        securities=(fund,),
        holdings=(holding(fund, "12", "101.655", "1104.00"),),
    )


def unlisted_coins() -> Portfolio:
    """Coins whose `available` is as much as `current`, most of it listed nowhere."""
    coin = security("cryptocurrency", "PEBB", "Pebble Coin")
    return Portfolio(
        name="Coin Wallet",
        subtype="crypto exchange",
        available="48200.03",
        current="48200.03",
        price_times="exact",
        securities=(coin,),
        holdings=(holding(coin, "8", "554.67", None),),
    )


def cash_management() -> Portfolio:
    """A bank account by its type that lists a fund and keeps unlisted cash beside it."""
    fund = security("mutual fund", "LIQDX", "Liquid Reserves Fund", is_cash_equivalent=True)
    return Portfolio(
        name="Cash Management",
        subtype="cash management",
        type="depository",
        available="5250.25",
        unlisted_cash="1250.25",
        securities=(fund,),
        holdings=(holding(fund, "4000", "1", "4000"),),
    )


def other_account() -> Portfolio:
    """An account of the type `other` that holds shares and cash."""
    stock, cash = security("equity", "OTHR", "Otherwise Holdings Inc."), dollars()
    return Portfolio(
        name="Other",
        subtype="other",
        type="other",
        available="120.50",
        securities=(stock, cash),
        holdings=(holding(stock, "30", "45.10", "1200.00"), holding(cash, "120.50", "1", None)),
    )


def _leveraged_stock() -> Document:
    return security("equity", "LEVR", "Leverage Works Inc.")
