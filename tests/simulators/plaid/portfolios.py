"""Invented sample portfolios: one function per account, bundles of them per Item."""

from collections.abc import Callable
from decimal import Decimal

from tests.simulators.plaid import meaning_portfolios as meaning
from tests.simulators.plaid import money_portfolios as money
from tests.simulators.plaid.instruments import bond, dollars, holding, option, security, tax_lot
from tests.simulators.plaid.odd_portfolios import generated, huge, novelties, oddities, vault
from tests.simulators.plaid.portfolio import Portfolio, UnknownPortfolio


def everyday() -> Portfolio:
    """A stock, an ETF with tax lots, a money-market fund and cash as a security."""
    stock = security("equity", "NRTH", "North Harbor Industries Inc.", sector="Industrials")
    fund = security("etf", "WIDE", "Wide Market ETF", close_price=Decimal("301.2"))
    sweep = security("mutual fund", "SWEEPX", "Sweep Money Market Fund", is_cash_equivalent=True)
    cash = dollars()
    lots = [
        tax_lot("lot-1", "2022-01-14T15:30:00Z", "10", ("240.00", "301.20")),
        tax_lot(None, "2024-09-03T14:05:00Z", "2.5", ("290.00", "301.20")),
    ]
    return Portfolio(
        name="Everyday Individual",
        subtype="brokerage",
        available="1500.71",
        securities=(stock, fund, sweep, cash),
        holdings=(
            holding(stock, "40", "88.125", "2454.8"),
            holding(fund, "12.5", "301.20", "3125.00", tax_lots=lots),
            holding(sweep, "1200", "1", "1200"),
            holding(cash, "1500.71", "1", "1500.71"),
        ),
    )


def trader() -> Portfolio:
    """A margin account with a long call, a written put and a short stock."""
    stock = security("equity", "QARK", "Quark Dynamics Corp.")
    short = security("equity", "BUBL", "Bubble Beverages Ltd.", market_identifier_code="XNYS")
    call = option("QARK", right="call", expires_on="2027-06-18", strike="240")
    put = option("QARK", right="put", expires_on="2027-06-18", strike="182.5")
    return Portfolio(
        name="Trader Margin",
        subtype="brokerage",
        margin_loan="2310.45",
        securities=(stock, short, call, put),
        holdings=(
            holding(stock, "100", "214.60", "19001.5"),
            # Three contracts: the provider counts units of the underlying.
            holding(call, "300", "12.35", "2940.00"),
            holding(put, "-200", "4.05", "-1030.00"),
            holding(short, "-30", "41.90", "-1650.00"),
        ),
    )


def crypto() -> Portfolio:
    """Coins with seventeen decimals; one has no official currency."""
    lumo = security(
        "cryptocurrency", "LUMO", "Lumo Coin", iso_currency_code=None,
        unofficial_currency_code="LUMO",
    )  # fmt: skip
    grain = security("cryptocurrency", "GRAIN", "Grain Token")
    return Portfolio(
        name="Coins",
        subtype="crypto exchange",
        price_times="exact",
        securities=(lumo, grain),
        holdings=(
            holding(lumo, "0.12345678901234567", "1", None),
            holding(grain, "0.00000000000000019", "0.00000412345678901", None),
        ),
    )


def northern() -> Portfolio:
    """Canadian dollars: a stock and a bond without a ticker."""
    fields = {"iso_currency_code": "CAD", "market_identifier_code": "XTSE"}
    maple = security("equity", "MAPL", "Maple Rail Co.", **fields)
    garden = bond(
        "Garden Province 4.25% 2031", percentage="4.25", matures_on="2031-05-14", currency="CAD"
    )
    cash = security(
        "cash", "CUR:CAD", "Canadian Dollar", is_cash_equivalent=True, iso_currency_code="CAD"
    )
    return Portfolio(
        name="Northern TFSA",
        subtype="tfsa",
        currency="CAD",
        available="812.40",
        securities=(maple, garden, cash),
        holdings=(
            holding(maple, "250", "17.85", "3755"),
            holding(garden, "50", "98.765", "5000"),
            holding(cash, "812.40", "1", None),
        ),
    )


def retirement() -> Portfolio:
    """A plan with one mutual fund."""
    fund = security("mutual fund", "GLIDX", "Glide Path 2050 Fund", subtype="mutual fund")
    held = holding(fund, "731.4567", "27.19", "15000")
    official = "Employer Retirement Savings Plan"
    return Portfolio(
        name="Plan",
        subtype="401k",
        official_name=official,
        price_times="midnight",
        securities=(fund,),
        holdings=(held,),
    )


def checking() -> Portfolio:
    """A bank account beside the investments: it has no holdings."""
    return Portfolio(
        name="Checking",
        subtype="checking",
        type="depository",
        available="3100.44",
        current="3120.44",
    )


def empty() -> Portfolio:
    """A funded investment account that holds nothing."""
    return Portfolio(name="Empty Individual", subtype="brokerage", available="25.00")


_COMPLETE = (everyday, trader, crypto, northern, oddities, retirement, checking, empty)
_MEANING = (
    money.leveraged,
    money.leveraged_gross,
    money.leveraged_cash_line,
    money.unlisted_cash,
    money.unlisted_coins,
    money.cash_management,
    money.other_account,
    meaning.futures,
    meaning.options_with_lots,
    meaning.equity_plan,
    meaning.equity_plan_vested,
    meaning.bonds,
    meaning.old_prices,
)
_SAMPLES: dict[str, Callable[[], Portfolio]] = {
    sample.__name__: sample for sample in (*_COMPLETE, *_MEANING, novelties, vault, huge)
}
_BUNDLES = {
    "starter": ("everyday", "checking"),
    "complete": tuple(sample.__name__ for sample in _COMPLETE),
    # Where quantity times price, or the sum of the lines, is not the worth.
    "meaning": tuple(sample.__name__ for sample in _MEANING),
    "strange": ("oddities", "novelties", "vault", "crypto", "empty"),
}


def portfolios_named(name: str) -> list[Portfolio]:
    """Return the accounts of a bundle, one sample, or `generated-<count>`."""
    prefix, _, count = name.partition("-")
    if prefix == "generated" and count.isdigit():
        return [generated(int(count))]
    try:
        return [_SAMPLES[sample]() for sample in _BUNDLES.get(name, (name,))]
    except KeyError as error:
        raise UnknownPortfolio(name) from error
