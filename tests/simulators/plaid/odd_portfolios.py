"""Invented portfolios that readers stumble over: unknown kinds, missing values, great size."""

from decimal import Decimal

from tests.simulators.plaid.instruments import holding, security
from tests.simulators.plaid.portfolio import Portfolio

HUGE = 1500
"""More holdings than any page a reader might expect; the provider has no pages here."""


def oddities() -> Portfolio:
    """No ticker, no type, no cost, no quantity, vesting shares, and one security twice."""
    note = security(None, None, "Private placement note", institution_security_id="NOTE-7")
    grant = security("equity", "EMPL", "Employer Holdings plc")
    gone = security("other", "GONE", "Sold last week")
    vesting = {"vested_quantity": Decimal("12.5"), "vested_value": Decimal("250.00")}
    return Portfolio(
        name="Odds and Ends",
        subtype=None,
        securities=(note, grant, gone),
        holdings=(
            holding(note, "1", "0", None),
            holding(grant, "50", "20", None, **vesting),
            holding(gone, "0", "3.10", "0"),
            holding(gone, "2", "3.10", "6.20"),
        ),
    )


def novelties() -> Portfolio:
    """Kinds of tomorrow: an account subtype and security types that no list has."""
    contract = security("prediction contract", "RAIN27", "Rain in May 2027", subtype="binary event")
    ticket = security("carbon credit", None, "Carbon credit 2031")
    return Portfolio(
        name="Novelties",
        subtype="prediction market",
        securities=(contract, ticket),
        holdings=(holding(contract, "20", "0.61", "9.40"), holding(ticket, "3", "41.2", None)),
    )


def vault() -> Portfolio:
    """An account of an unknown type that holds something all the same."""
    bar = security("other", "GOLDBAR", "One kilogram of gold")
    return Portfolio(
        name="Vault",
        subtype="allocated metal",
        type="vault",
        securities=(bar,),
        holdings=(holding(bar, "1.5", "84120.55", "99000"),),
    )


def huge() -> Portfolio:
    """More than a thousand holdings."""
    return generated(HUGE)


def generated(count: int) -> Portfolio:
    """A portfolio of any size, for measurements."""
    numbers = range(count)
    stocks = [security("equity", f"GEN{n}", f"Generated {n} Inc.") for n in numbers]
    holdings = [
        holding(stocks[n], f"{n % 97 + 1}.{n % 1000:03d}", f"{n % 389 + 5}.{n * 7 % 100:02d}", "9")
        for n in numbers
    ]
    return Portfolio(f"Generated {count}", "brokerage", securities=stocks, holdings=holdings)
