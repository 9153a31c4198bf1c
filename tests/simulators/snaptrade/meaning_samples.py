"""Invented accounts in which units times price, or the sum of the lines, is not the worth."""

from decimal import Decimal

from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.activities import fill
from tests.simulators.snaptrade.instruments import (
    future,
    future_option,
    option,
    position,
    security,
    tax_lot,
)
from tests.simulators.snaptrade.models import Portfolio, cash_in


def futures() -> Portfolio:
    """Two contracts that are no money, beside cash: the total is the cash."""
    index = future("MIX", "Z26", expires_on="2026-12-18", multiplier="5")
    return Portfolio(
        name="Futures",
        raw_type="Futures",
        cash_or_margin="margin",
        positions=(position(index, "2", "6000", "5950.25"),),
        balances=(cash_in("USD", "20000"),),
    )


def future_options() -> Portfolio:
    """Options on a future, whose premium is money: 2 x 12.50 x 50 beside the cash."""
    wheat = future("WHT", "H27", expires_on="2027-03-12", multiplier="50")
    call = future_option(wheat, right="CALL", strike="600")
    return Portfolio(
        name="Options on Futures",
        raw_type="Futures",
        cash_or_margin="margin",
        positions=(position(call, "2", "12.50", "10.75"),),
        balances=(cash_in("USD", "5000"),),
    )


def bonds() -> Portfolio:
    """A bond whose price is a percentage of par."""
    harbour = security("bond", "HRBR 3.5 33", "Harbour City 3.5% 2033")
    return Portfolio(
        name="Bonds in Percent",
        raw_type="Individual",
        positions=(position(harbour, "5000", "98.5", "100"),),
        balances=(cash_in("USD", "210.75"),),
        priced_in_percent=frozenset({harbour["symbol"]}),
    )


def bonds_per_unit() -> Portfolio:
    """A bond whose price is that of one unit of face value."""
    bridge = security("bond", "BRDG 5 29", "Bridge Works 5% 2029")
    return Portfolio(
        name="Bonds per Unit",
        raw_type="Individual",
        positions=(position(bridge, "10000", "1.0125", "0.998"),),
        balances=(cash_in("USD", "35.00"),),
    )


def sweep() -> Portfolio:
    """A fund that counts as buying power and is not in the cash."""
    fund = position(security("mutualfund", "LIQDX", "Liquid Reserves Fund"), "1200", "1.00", "1.00")
    fund["cash_equivalent"] = True
    return Portfolio(
        name="Sweep beside Cash",
        raw_type="Individual",
        positions=(fund,),
        balances=(cash_in("USD", "100", "1300"),),
        cash_has_equivalents=False,
    )


def short_lots() -> Portfolio:
    """A short stock with its lots."""
    short = position(security("stock", "SHRT", "Shortfall Media Inc."), "-30", "41.90", "55.00")
    sold = (("lot-1", "2026-05-11T14:05:00Z", "10"), ("lot-2", "2026-06-02T14:05:00Z", "20"))
    prices = (("55.00", "550.00", "419.00"), ("55.00", "1100.00", "838.00"))
    short["tax_lots"] = [
        tax_lot(*lot, price, position_type="SHORT") for lot, price in zip(sold, prices, strict=True)
    ]
    return Portfolio(
        name="Short Margin",
        raw_type="Margin",
        cash_or_margin="margin",
        positions=(short,),
        balances=(cash_in("USD", "4000", "2743"),),
    )


def odd_contracts() -> Portfolio:
    """An adjusted contract over 150 shares and a mini contract over 10."""
    merged = security("stock", "MRGD", "Merged Lumber Co.", exchange="XNYS")
    pricey = security("stock", "PRCY", "Pricey Optics Inc.")
    adjusted = option(merged, expires_on="2027-06-18", right="CALL", strike="40", multiplier="150")
    mini = option(pricey, expires_on="2027-06-18", right="PUT", strike="900", multiplier="10")
    return Portfolio(
        name="Odd Contracts",
        raw_type="Margin",
        cash_or_margin="margin",
        positions=(position(adjusted, "2", "3.20", "2.75"), position(mini, "4", "18.50", "21.00")),
        balances=(cash_in("USD", "500.00"),),
    )


def two_currencies() -> Portfolio:
    """Shares and cash in two currencies; the total covers the account's own alone."""
    maple = security("stock", "MAPL.TO", "Maple Rail Co.", currency="CAD", exchange="XTSE")
    stock = security("stock", "NRTH", "North Harbor Industries Inc.")
    return Portfolio(
        name="Two Currencies",
        raw_type="Margin",
        currency="CAD",
        cash_or_margin="margin",
        positions=(position(maple, "100", "17.85", "15.02"), position(stock, "10", "88.125", "61")),
        balances=(cash_in("CAD", "-300.00", "900.00"), cash_in("USD", "95.05")),
    )


def fills() -> Portfolio:
    """One order in three equal fills within minutes, and a trade in the evening of New York."""
    stock = security("stock", "FILL", "Filling Stations Inc.", exchange="XNYS")
    return Portfolio(
        name="Fills Individual",
        raw_type="Individual",
        positions=(position(stock, "35", "52.40", "51.10"),),
        balances=(cash_in("USD", "640.20"),),
        activities=tuple(_fills_of(stock)),
    )


def _fills_of(stock: Document) -> list[Document]:
    same = ("10", "51.00", "-510.00")
    times = ("2026-11-12T14:31:07Z", "2026-11-12T14:32:41Z", "2026-11-12T14:34:02Z")
    evening = ("5", "51.70", "-258.50")
    return [
        *(fill(stock, traded_at, same, order="ORDER-7731") for traded_at in times),
        fill(stock, "2026-11-19T20:30:00-05:00", evening, order="ORDER-7802"),
    ]


def misstated() -> Portfolio:
    """A stock whose broker states more than it and the cash are worth."""
    stock = security("stock", "STIL", "Still Waters Utilities Inc.", exchange="XNYS")
    return Portfolio(
        name="Misstated Individual",
        raw_type="Individual",
        positions=(position(stock, "10", "52.40", "40.00"),),
        balances=(cash_in("USD", "76"),),
        stated_total=Decimal("900.00"),
    )
