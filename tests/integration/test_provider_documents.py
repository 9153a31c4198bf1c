"""Whatever documents the providers send: nothing of them is lost, and sums are exact."""

from typing import Any

import simplejson
from hypothesis import given
from hypothesis import strategies as st

from freshet.adapters.dynamodb.holdings_documents import from_document, to_document
from freshet.adapters.odd_values import clean_text
from freshet.adapters.rate_guard import Circuit, RateGuard
from freshet.adapters.snaptrade.client import SnapTradeClient
from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient
from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.snaptrade.session import read_current
from freshet.domain.credential import Credential, Secret
from freshet.domain.holdings import Holdings
from tests.builders import (
    NOON,
    an_account_report,
)
from tests.fakes import FakeClock
from tests.integration.bench import FakeQuota, FixedKeys
from tests.integration.plaid_bench import FakeTransport, PlaidBench, text_answer
from tests.worth import demand_exact_totals

CURRENCIES = st.sampled_from(["USD", "CAD", None])
DECIMALS = st.decimals(
    min_value=-(10**12), max_value=10**12, allow_nan=False, allow_infinity=False, places=17
)
WORDS = st.text(max_size=12)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | DECIMALS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)
EXTRAS = st.dictionaries(WORDS.map("x_{}".format), ANYTHING, max_size=3)


def _document(required: dict[str, Any], optional: dict[str, Any]) -> Any:
    """Build a document whose optional fields are there, null, or missing, and some nobody knows."""
    nullable = {name: st.none() | strategy for name, strategy in optional.items()}
    known = st.fixed_dictionaries(required, optional=nullable)
    return st.builds(lambda fields, extras: extras | fields, known, EXTRAS)


SNAPTRADE_INSTRUMENT = _document(
    {"kind": st.sampled_from(["stock", "option", "crypto", "cat_bond"]) | WORDS},
    {
        "id": WORDS,
        "symbol": WORDS,
        "currency": CURRENCIES,
        "multiplier": st.sampled_from(["100", "10"]),
        "underlying": _document({}, {"symbol": WORDS}),
    },
)
SNAPTRADE_POSITION = _document(
    {"instrument": SNAPTRADE_INSTRUMENT},
    {
        "units": DECIMALS.map(str),
        "price": DECIMALS.map(str),
        "cost_basis": DECIMALS.map(str),
        "currency": CURRENCIES,
        "cash_equivalent": st.booleans(),
    },
)
SNAPTRADE_POSITIONS = _document({"results": st.lists(SNAPTRADE_POSITION, max_size=4)}, {})
SNAPTRADE_BALANCES = st.lists(
    _document(
        {},
        {"currency": _document({}, {"code": CURRENCIES}), "cash": DECIMALS},
    ),
    max_size=3,
)
PLAID_LINE = _document(
    {"account_id": st.just("account-1"), "security_id": st.sampled_from(["s-1", "s-2", "s-9"])},
    {
        "quantity": DECIMALS,
        "institution_price": DECIMALS,
        "institution_value": DECIMALS,
        "cost_basis": DECIMALS,
        "iso_currency_code": CURRENCIES,
    },
)
PLAID_SECURITY = _document(
    {},
    {
        "type": st.sampled_from(["cash", "equity", "moon rock"]) | WORDS,
        "is_cash_equivalent": st.booleans(),
        "ticker_symbol": WORDS,
        "option_contract": _document({}, {"strike_price": DECIMALS}),
    },
)


def _text(document: Any) -> str:
    return str(simplejson.dumps(document, use_decimal=True))


def _parsed(text: str) -> Any:
    return simplejson.loads(text, use_decimal=True)


def _stored(holdings: Holdings) -> Holdings:
    """Write holdings into their document and read them back."""
    return from_document(to_document(holdings))


def _snaptrade_client(*documents: Any) -> SnapTradeClient:
    return SnapTradeClient(
        SnapTradeHttpClient(
            base_url="https://snaptrade.example",
            keys=FixedKeys(SnapTradeKeys("client", Secret("key"))),
            transport=FakeTransport([text_answer(_text(each)) for each in documents]),
            rate_guard=RateGuard(FakeQuota(), Circuit(), FakeClock(NOON)),
            clock=FakeClock(NOON),
        )
    )


@given(SNAPTRADE_POSITIONS, SNAPTRADE_BALANCES)
def test_snaptrades_documents_come_back_whole_when_stored(
    positions: dict[str, Any], balances: list[dict[str, Any]]
) -> None:
    client = _snaptrade_client(positions, balances)
    holdings, _ = read_current(client, Credential("user", Secret("secret")), "account-1")
    stored = _stored(holdings)
    source = _parsed(stored.source)
    assert source["positions"] == _parsed(_text(positions))
    assert source["balances"] == _parsed(_text(balances))
    assert [each.instrument.kind for each in stored.positions] == [
        clean_text(line["instrument"]["kind"]) for line in positions["results"]
    ]
    demand_exact_totals(stored)


@given(st.lists(PLAID_LINE, max_size=4), PLAID_SECURITY, PLAID_SECURITY)
def test_plaids_documents_come_back_whole_when_stored(
    lines: list[dict[str, Any]], first: dict[str, Any], second: dict[str, Any]
) -> None:
    securities = [first | {"security_id": "s-1"}, second | {"security_id": "s-2"}]
    document = {
        "accounts": [{"account_id": "account-1"}],
        "holdings": lines,
        "securities": securities,
    }
    bench = PlaidBench([text_answer(_text(document))])
    account = an_account_report(provider_account_id="account-1")
    stored = _stored(bench.session.holdings(account).holdings)
    source = _parsed(stored.source)
    known = {each["security_id"]: each for each in securities}
    named = dict.fromkeys(line["security_id"] for line in lines)
    assert source["holdings"] == _parsed(_text(lines))
    assert source["securities"] == _parsed(_text([known[each] for each in named if each in known]))
    assert len(stored.positions) == len(lines)
    demand_exact_totals(stored)
