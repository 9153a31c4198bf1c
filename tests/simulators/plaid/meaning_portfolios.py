"""Invented portfolios in which quantity times price is not what a line is worth."""

from decimal import Decimal

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.instruments import bond, dollars, holding, option, security, tax_lot
from tests.simulators.plaid.portfolio import Portfolio

OLD_DATE = "2024-03-01"


def futures() -> Portfolio:
    """Two contracts beside cash: one without a value, which the specification rules out."""
    index = security("derivative", "MIXZ6", "Micro Index Future December 2026", subtype="future")
    grain = security("derivative", "WHTH7", "Wheat Future March 2027", subtype="future")
    cash = dollars()
    return Portfolio(
        name="Futures",
        subtype="brokerage",
        available="20000",
        securities=(index, grain, cash),
        holdings=(
            holding(index, "2", "6000", None, institution_value=None),
            holding(grain, "1", "585.25", None, institution_value=Decimal("29262.50")),
            holding(cash, "20000", "1", None),
        ),
    )


def options_with_lots() -> Portfolio:
    """Two contracts with their lot, and two short positions: one tells it by its lots alone."""
    call = option("LOTS", right="call", expires_on="2027-06-18", strike="60")
    short = security("equity", "SHRT", "Shortfall Media Inc.")
    unsigned = security("equity", "UNSG", "Unsigned Metals Corp.")
    cash = dollars()
    return Portfolio(
        name="Options with Lots",
        subtype="brokerage",
        available="2000",
        securities=(call, short, unsigned, cash),
        holdings=(
            holding(
                call, "200", "1.5", "250.00",
                tax_lots=[tax_lot("lot-1", "2026-09-14T14:05:00Z", "200", ("1.25", "1.50"))],
            ),
            holding(short, "-30", "41.90", "-1650.00", tax_lots=_short_lots("55.00", "41.90")),
            holding(unsigned, "30", "12.20", "450.00", tax_lots=_short_lots("15.00", "12.20")),
            holding(cash, "10000", "1", None),
        ),
    )  # fmt: skip


def equity_plan() -> Portfolio:
    """Granted shares of which a fifth is vested; line and account count all of them."""
    grant = security("equity", "GRNT", "Granted Robotics Inc.")
    return Portfolio(
        name="Equity Plan",
        subtype="stock plan",
        securities=(grant,),
        holdings=(holding(grant, "1000", "10", None, **_VESTED),),
    )


def equity_plan_vested() -> Portfolio:
    """The same plan at an institution whose `current` counts the vested shares alone."""
    grant = security("equity", "GRNT", "Granted Robotics Inc.")
    return Portfolio(
        name="Equity Plan by Vested Shares",
        subtype="stock plan",
        current="2000",
        securities=(grant,),
        holdings=(holding(grant, "1000", "10", None, **_VESTED),),
    )


def bonds() -> Portfolio:
    """Bonds whose price is a percentage of their face value; the value is right."""
    garden = bond(
        "Harbour City 3.5% 2033", percentage="3.5", matures_on="2033-08-01", currency="USD"
    )
    bridge = bond("Bridge Works 5% 2029", percentage="5", matures_on="2029-02-15", currency="USD")
    return Portfolio(
        name="Bonds",
        subtype="brokerage",
        available="0",
        price_times="midnight",
        securities=(garden, bridge),
        holdings=(
            holding(garden, "5000", "98.5", "5000.00", institution_value=Decimal("4925.00")),
            holding(bridge, "10000", "101.25", "9980.00", institution_value=Decimal("10125.00")),
        ),
    )


def old_prices() -> Portfolio:
    """A share of today beside one whose last price is years old."""
    stock = security("equity", "DAYS", "Daily Bread Co.")
    delisted = security("equity", "DLST", "Delisted Airlines Inc.", market_identifier_code=None)
    return Portfolio(
        name="Old Prices",
        subtype="brokerage",
        securities=(stock, delisted),
        holdings=(
            holding(stock, "20", "31.40", "500.00"),
            holding(delisted, "400", "2.15", "3100.00", institution_price_as_of=OLD_DATE),
        ),
    )


_VESTED = {"vested_quantity": Decimal(200), "vested_value": Decimal(2000)}


def _short_lots(sold_at: str, price: str) -> list[Document]:
    return [
        tax_lot("lot-1", "2026-05-11T14:05:00Z", "10", (sold_at, price), position_type="SHORT"),
        tax_lot("lot-2", "2026-06-02T14:05:00Z", "20", (sold_at, price), position_type="SHORT"),
    ]
