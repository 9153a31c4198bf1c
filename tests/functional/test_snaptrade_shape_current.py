"""The documented shape from the current calls: each field as the table of the mapping says."""

from collections.abc import Iterator
from decimal import Decimal, localcontext
from typing import Any

import pytest

from freshet.adapters.snaptrade.account_holdings import FIELDS
from freshet.adapters.snaptrade.fields import Origin
from tests.functional.s4 import digits, reference_calls, s4
from tests.functional.world import World, a_world
from tests.simulators.common.exact_json import loads
from tests.simulators.snaptrade.control_answers import SimulatedConnection

CODES = {
    "stock": "cs",
    "adr": "ad",
    "etf": "et",
    "mutualfund": "oef",
    "crypto": "crypto",
    "bond": "bnd",
}
NULLS = [path for path, origin in FIELDS.items() if origin is Origin.NULL]


class Served:
    """What SnapTrade itself says of a connection today."""

    def __init__(self, world: World, at_provider: SimulatedConnection) -> None:
        self._world, self._at_provider = world, at_provider
        path = f"/authorizations/{at_provider.connection_id}"
        self.connection = self.ask(path)
        self.accounts = {each["id"]: each for each in self.ask(f"{path}/accounts")}
        self.exchanges = {each["mic_code"]: each for each in self.ask("/exchanges")}

    def ask(self, path: str) -> Any:
        return loads(self._world.ask_snaptrade(self._at_provider, path))

    def lines(self, account_id: str, *, options: bool) -> list[dict[str, Any]]:
        lines = self.ask(f"/accounts/{account_id}/positions/all")["results"]
        return [each for each in lines if (each["instrument"]["kind"] == "option") is options]


type Everything = tuple[list[dict[str, Any]], Served]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as environment, a_world(environment) as built:
        yield built


@pytest.fixture(scope="module")
def everything(world: World) -> Everything:
    """The API's answer for a connection with everything, and what SnapTrade says of it."""
    _, at_provider = world.link(portfolio=["everyday", "trader", "crypto", "northern", "odd"])
    world.work()
    shown = loads(s4(world).text)
    assert len(shown) == 5
    return shown, Served(world, at_provider)


def test_account_and_balances_are_the_providers_documents(everything: Everything) -> None:
    shown, served = everything
    for each in shown:
        account = served.accounts[each["account"]["id"]]
        names = (*("id", "name", "number", "institution_name"), "sync_status", "meta")
        assert {name: each["account"][name] for name in names} == {
            name: account[name] for name in names
        }
        assert each["account"]["brokerage_authorization"] == served.connection
        assert each["account"]["portfolio_group"] == account["portfolio_group"]
        assert each["balances"] == served.ask(f"/accounts/{account['id']}/balances")


def test_direct_fields_are_the_providers(everything: Everything) -> None:
    shown, served = everything
    for account in shown:
        lines = served.lines(account["account"]["id"], options=False)
        for mine, line in zip(account["positions"], lines, strict=True):
            instrument, symbol = line["instrument"], mine["symbol"]["symbol"]
            for name in ("id", "symbol", "raw_symbol", "description", "figi_instrument"):
                assert symbol[name] == instrument[name]
            assert symbol["figi_code"] == (instrument["figi_instrument"] or {}).get("figi_code")
            assert mine["symbol"]["description"] == instrument["description"]
            for name, source in (
                *(("units", "units"), ("price", "price")),
                ("average_purchase_price", "cost_basis"),
            ):
                assert mine[name] == _decimal(line[source])
            assert mine["cash_equivalent"] == line.get("cash_equivalent")
            assert mine.get("tax_lots") == line.get("tax_lots")


def test_numbers_keep_their_digits(world: World, everything: Everything) -> None:
    lines = [each for account in digits(s4(world).text) for each in account["positions"]]
    shown = {(line["symbol"]["symbol"]["symbol"], line["units"], line["price"]) for line in lines}
    units, price = "0.12345678901234567", "64210.98765432109876543"
    assert ("LUMO", ("number", units), ("number", price)) in shown
    assert "GRAIN" in {line["symbol"]["symbol"]["symbol"] for line in lines}
    assert ("number", "0.00000000000000019") in {line["units"] for line in lines}


def _profit(units: Decimal | None, price: Decimal | None, cost: Decimal | None) -> Decimal | None:
    if units is None or price is None or cost is None:
        return None
    with localcontext(prec=100):
        return _in_cents(units * (price - cost))


def test_derived_fields_are_computed_from_the_providers(everything: Everything) -> None:
    shown, served = everything
    for account in shown:
        lines = served.lines(account["account"]["id"], options=False)
        for mine, line in zip(account["positions"], lines, strict=True):
            numbers = (_decimal(line[name]) for name in ("units", "price", "cost_basis"))
            is_bond = line["instrument"]["kind"] == "bond"  # in percent or per unit: undecided
            assert mine["open_pnl"] == (None if is_bond else _profit(*numbers))
            code = CODES.get(line["instrument"]["kind"])
            assert mine["symbol"]["symbol"]["type"].get("code") == code
        with localcontext(prec=100):
            total = _total(account, served)
        assert account["total_value"]["value"] == total


def test_options_stand_apart_and_cost_by_the_contract(everything: Everything) -> None:
    shown, served = everything
    found = 0
    for account in shown:
        lines = served.lines(account["account"]["id"], options=True)
        for mine, line in zip(account["option_positions"], lines, strict=True):
            found += 1
            option, terms = mine["symbol"]["option_symbol"], line["instrument"]
            assert option["ticker"] == terms["symbol"]
            assert option["strike_price"] == Decimal(terms["strike_price"])
            assert (option["option_type"], option["expiration_date"], option["id"]) == (
                *(terms["option_type"], terms["expiration_date"], terms["id"]),
            )
            per_contract = Decimal(line["cost_basis"]) * Decimal(terms["multiplier"])
            assert mine["average_purchase_price"] == per_contract
            assert (mine["units"], mine["price"]) == (
                Decimal(line["units"]),
                Decimal(line["price"]),
            )
            assert option["underlying_symbol"]["symbol"] == terms["underlying"]["symbol"]
    assert found == 2


def test_reference_objects_are_the_providers(everything: Everything) -> None:
    shown, served = everything
    for account in shown:
        lines = served.lines(account["account"]["id"], options=False)
        for mine, line in zip(account["positions"], lines, strict=True):
            instrument, symbol = line["instrument"], mine["symbol"]["symbol"]
            judge = served.ask(f"/symbols/{instrument['id']}")
            assert symbol.get("exchange") == served.exchanges.get(instrument.get("exchange"))
            assert symbol["currency"] == judge["currency"] == mine["currency"]
            assert symbol["currencies"] == judge["currencies"]
            expected = judge["type"] if instrument["kind"] in CODES else {}
            assert symbol["type"] == expected


@pytest.mark.parametrize("path", NULLS)
def test_fields_without_a_source_are_null_or_left_out(everything: Everything, path: str) -> None:
    shown, _ = everything
    assert {_at(each, path) for account in shown for each in _lines_at(account, path)} == {None}


def test_nobody_is_asked_again_when_reference_data_is_kept(
    world: World, everything: Everything
) -> None:
    asked = reference_calls(world)
    again = s4(world)
    assert loads(again.text) == everything[0]
    world.link(user_id="user-2", portfolio=["everyday", "trader"])
    world.work()
    assert len(s4(world, user_id="user-2").body) == 2
    assert reference_calls(world) == asked


def _decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _total(account: dict[str, Any], served: Served) -> Decimal | None:
    """Add everything up where all of it has a price and one currency."""
    account_id = account["account"]["id"]
    lines = served.lines(account_id, options=False) + served.lines(account_id, options=True)
    balances = served.ask(f"/accounts/{account_id}/balances")
    currencies = {line["currency"] for line in lines}
    currencies |= {each["currency"]["code"] for each in balances}
    if len(currencies) != 1 or any(line["price"] is None for line in lines):
        return None
    total = sum((Decimal(each["cash"]) for each in balances), Decimal(0))
    for line in lines:
        if not line.get("cash_equivalent"):
            multiplier = Decimal(line["instrument"].get("multiplier", 1))
            total += Decimal(line["units"]) * Decimal(line["price"]) * multiplier
    return _in_cents(total)


def _in_cents(amount: Decimal) -> Decimal:
    with localcontext(prec=100):
        return amount.quantize(Decimal("0.01"))


def _lines_at(account: dict[str, Any], path: str) -> list[dict[str, Any]]:
    part = path.partition(".")[0]
    return list(account[part.removesuffix("[]")]) if part.endswith("[]") else [account[part]]


def _at(line: dict[str, Any], path: str) -> Any:
    document: Any = line
    for name in path.split(".")[1:]:
        document = document.get(name)
    return document
