"""Any holdings: repeated lines, shorts, options, cash equivalents, missing numbers, lots."""

from datetime import date
from decimal import Decimal

from hypothesis import strategies as st

from freshet.domain.holdings import Balance, Debt, Holdings
from freshet.domain.positions import Lot, Position, PriceBasis
from tests.builders import an_instrument, an_option

CURRENCIES = st.sampled_from(["USD", "CAD", None])
AMOUNTS = st.decimals(
    min_value=-(10**9), max_value=10**9, places=4, allow_nan=False, allow_infinity=False
)
# Few instruments and few numbers, so that lines meet again.
UNITS = st.sampled_from([Decimal(each) for each in ("1", "1.0", "2.5", "-3", "0.000000001")])
MAYBE = st.none()
INSTRUMENTS = st.sampled_from(
    [
        an_instrument(),
        an_instrument(name="The same under another name"),
        an_instrument(id="i-2", symbol="AAA"),
        an_instrument(id=None, symbol="BBB"),
        an_instrument(id=None, symbol=None, figi=None, name="Something private"),
        an_option(),
        an_option(multiplier=Decimal(10)),
        an_instrument(kind="future", id="i-3", symbol="ESZ6", multiplier=Decimal(50)),
        an_instrument(kind="bond", id="i-4", symbol="GRDN"),
    ]
)
LOTS = st.lists(
    st.builds(
        Lot,
        acquired_at=st.sampled_from(["2022-01-14", None]),
        units=MAYBE | UNITS,
        cost_per_unit=MAYBE | UNITS,
    ),
    max_size=2,
).map(tuple)
POSITIONS = st.builds(
    Position,
    instrument=INSTRUMENTS,
    units=MAYBE | UNITS,
    price=MAYBE | AMOUNTS,
    cost_per_unit=MAYBE | UNITS,
    currency=CURRENCIES,
    cash_equivalent=st.booleans(),
    lots=LOTS,
    stated_value=MAYBE | AMOUNTS,
    vested_units=MAYBE | UNITS,
    vested_value=MAYBE | AMOUNTS,
    stated_cost=MAYBE | AMOUNTS,
    price_basis=MAYBE | st.sampled_from(PriceBasis),
    price_day=MAYBE | st.dates(date(2026, 11, 16), date(2026, 11, 22)),
)
DEBTS = st.builds(
    Debt,
    currency=CURRENCIES,
    amount=st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False),
)
BALANCES = st.builds(
    Balance, currency=CURRENCIES, cash=MAYBE | AMOUNTS, buying_power=MAYBE | AMOUNTS
)
HOLDINGS = st.builds(
    Holdings,
    positions=st.lists(POSITIONS, max_size=6).map(tuple),
    balances=st.lists(BALANCES, max_size=3, unique_by=lambda each: each.currency).map(tuple),
    debts=st.lists(DEBTS, max_size=2, unique_by=lambda each: each.currency).map(tuple),
    source=st.just("{}"),
)
