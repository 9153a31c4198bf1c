"""Invented accounts: one function for each."""

from decimal import Decimal

from tests.simulators.snaptrade.instruments import option, position, security, tax_lot
from tests.simulators.snaptrade.models import Portfolio, cash_in


def everyday() -> Portfolio:
    """Two stocks, an ETF with tax lots and a money-market fund that is cash at the same time."""
    fund = position(
        security("etf", "WIDE", "Wide Market ETF", exchange="ARCX"), "12.5", "301.20", "250.00"
    )
    fund["tax_lots"] = [
        tax_lot("lot-1", "2022-01-14T15:30:00Z", "10", ("240.00", "2400.00", "3012.00")),
        tax_lot("lot-2", "2024-09-03T14:05:00Z", "2.5", ("290.00", "725.00", "753.00")),
    ]
    sweep = position(
        security("mutualfund", "SWEEPX", "Sweep Money Market Fund"), "1200", "1.00", "1.00"
    )
    sweep["cash_equivalent"] = True
    stock = security("stock", "NRTH", "North Harbor Industries Inc.")
    receipt = security("adr", "FJRD", "Fjord Shipping ADR", exchange="XNYS")
    return Portfolio(
        name="Everyday Individual",
        raw_type="Individual",
        positions=(
            position(stock, "40", "88.125", "61.37"),
            fund,
            position(receipt, "15.75", "23.4", "25.119"),
            sweep,
        ),
        balances=(cash_in("USD", "1500.71"),),
    )


def trader() -> Portfolio:
    """A margin account with a long call, a short put, a short stock and borrowed cash."""
    stock = security("stock", "QARK", "Quark Dynamics Corp.")
    call = option(stock, expires_on="2027-06-18", right="CALL", strike="240")
    put = option(stock, expires_on="2027-06-18", right="PUT", strike="182.5")
    short = security("stock", "BUBL", "Bubble Beverages Ltd.", exchange="XNYS")
    return Portfolio(
        name="Trader Margin",
        raw_type="Margin",
        cash_or_margin="margin",
        positions=(
            position(stock, "100", "214.60", "190.015"),
            position(call, "3", "12.35", "9.80"),
            position(put, "-2", "4.05", "5.15"),
            position(short, "-30", "41.90", "55.00"),
        ),
        balances=(cash_in("USD", "-2310.45", "18250.10"),),
    )


def crypto() -> Portfolio:
    """Coins with seventeen decimals."""
    coin = security("crypto", "LUMO", "Lumo Coin")
    dust = security("crypto", "GRAIN", "Grain Token")
    return Portfolio(
        name="Coins",
        raw_type="Crypto",
        positions=(
            position(coin, "0.12345678901234567", "64210.98765432109876543", "31000.5"),
            position(dust, "0.00000000000000019", "0.00000412345678901", None),
        ),
        balances=(cash_in("USD", "0.00000001"),),
    )


def northern() -> Portfolio:
    """Two currencies, a bond, an unknown kind, and positions without a price or cost."""
    maple = security("stock", "MAPL.TO", "Maple Rail Co.", currency="CAD", exchange="XTSE")
    bond = security(
        "bond", "GRDN 4.25 31", "Garden Province 4.25% 2031", currency="CAD", exchange="XTSE"
    )
    strange = security("carbon_credit", "CRBN26", "Carbon credit 2026")
    note = security("other", "PVTNOTE", "Private placement note")
    return Portfolio(
        name="Northern TFSA",
        raw_type="TFSA",
        currency="CAD",
        positions=(
            position(maple, "250", "17.85", "15.02"),
            position(bond, "5000", "0.98765", "1.00"),
            position(strange, "20", None, "31.00"),
            position(note, "1", None, None),
        ),
        balances=(cash_in("CAD", "812.40"), cash_in("USD", "95.05"), cash_in("EUR", None)),
    )


def savings() -> Portfolio:
    """A deposit account: cash and nothing else."""
    return Portfolio(
        name="Everyday Savings",
        raw_type="SAVINGS",
        kind="deposit",
        balances=(cash_in("USD", "3120.44"),),
    )


def retirement() -> Portfolio:
    """An account whose holdings the brokerage does not show: only its total is real."""
    total = Decimal("84213.55")
    return Portfolio(
        name="Employer Plan", raw_type="401k", holdings_unavailable=True, stated_total=total
    )


def empty() -> Portfolio:
    """A funded account that holds no position."""
    return Portfolio(
        name="Empty Individual", raw_type="Individual", balances=(cash_in("USD", "25.00"),)
    )


def quiet() -> Portfolio:
    """A funded account in which nothing ever happened."""
    stock = security("stock", "STIL", "Still Waters Utilities Inc.", exchange="XNYS")
    return Portfolio(
        name="Quiet Individual",
        raw_type="Individual",
        has_transactions=False,
        positions=(position(stock, "10", "52.40", "40.00"),),
        balances=(cash_in("USD", "310.00"),),
    )


def odd() -> Portfolio:
    """What a reader must survive: nothing held, two lots, the same share twice, unknown fields."""
    stock = security("stock", "ODDY", "Oddity Works Inc.")
    lots = position(stock, "30", "11.25", "10.50")
    lots["tax_lots"] = [
        tax_lot("lot-a", "2023-03-01T15:30:00Z", "10", ("9.50", "95.00", "112.50")),
        tax_lot("lot-b", "2025-08-19T14:05:00Z", "20", ("11.00", "220.00", "225.00")),
    ]
    strange = security("sunbeam_share", "BEAM", "Sunbeam share")
    strange["glow"] = {"level": 3}
    unknown = position(strange, "7", "2.50", "2.00")
    unknown["margin_pledge"] = None
    closed = position(security("stock", "GONE", "Gone Fishing Ltd."), "0", "4.10", None)
    return Portfolio(
        name="Odd Margin",
        raw_type="Margin",
        cash_or_margin="margin",
        # The second line is the same share bought on margin.
        positions=(lots, position(stock, "5", "11.25", "11.90"), unknown, closed),
        balances=(cash_in("USD", "0"), cash_in("EUR", None)),
    )


def generated(count: int) -> Portfolio:
    """A portfolio of any size, for measurements."""
    positions = [
        position(
            security("stock", f"GEN{number}", f"Generated {number} Inc."),
            f"{number % 97 + 1}.{number % 1000:03d}",
            f"{number % 389 + 5}.{number * 7 % 100:02d}",
            f"{number % 353 + 4}.{number * 13 % 100:02d}",
        )
        for number in range(count)
    ]
    return Portfolio(
        name=f"Generated {count}",
        raw_type="Individual",
        positions=tuple(positions),
        balances=(cash_in("USD", "100.00"),),
    )
