"""Any holdings: repeated lines, shorts, options, cash equivalents, missing numbers, lots."""

from decimal import Decimal

from hypothesis import strategies as st

from freshet.domain.holdings import Balance, Holdings, Lot, Position
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
)
BALANCES = st.builds(
    Balance, currency=CURRENCIES, cash=MAYBE | AMOUNTS, buying_power=MAYBE | AMOUNTS
)
HOLDINGS = st.builds(
    Holdings,
    positions=st.lists(POSITIONS, max_size=6).map(tuple),
    balances=st.lists(BALANCES, max_size=3, unique_by=lambda each: each.currency).map(tuple),
    source=st.just("{}"),
)
