"""The control interface of the Plaid simulator refuses nonsense by name, and takes little words."""

import http.client
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.patience import standstill_seconds
from tests.simulators.common.client import ControlCaller
from tests.simulators.plaid import ControlRefused
from tests.simulators.plaid.stage import Stage, running_stage

SMALL: dict[str, Any] = {"ticker": "OAKS", "quantity": "2.5", "price": "10.20"}
WHOLE: dict[str, Any] = {
    "security_id": "s-1",
    "quantity": 3,
    "institution_price": 7,
    "institution_value": 21,
    "cost_basis": None,
    "iso_currency_code": "USD",
    "unofficial_currency_code": None,
}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def replace(stage: Stage, body: object) -> Any:
    path = f"/accounts/{stage.item.account_ids[0]}/holdings"
    return ControlCaller(stage.simulator.control_url).post(path, body)


@pytest.mark.sampled(6)
@pytest.mark.parametrize(
    ("body", "text"),
    [
        ([], "the body must be an object"),
        ("nonsense", "the body must be an object"),
        (7, "the body must be an object"),
        ({"holding": []}, "holding is not known here"),
        ({"holdings": None}, "holdings must be a list"),
        ({"holdings": {}}, "holdings must be a list"),
        ({"holdings": ["OAKS"]}, "holdings[0] must be an object"),
        ({"holdings": [SMALL, {"ticker": "OAKS"}]}, "holdings[1].quantity is missing"),
        ({"holdings": [SMALL | {"quantity": "many"}]}, "holdings[0].quantity must be a number"),
        ({"holdings": [SMALL | {"quantity": True}]}, "holdings[0].quantity must be a number"),
        ({"holdings": [SMALL | {"price": "NaN"}]}, "holdings[0].price must be a number"),
        ({"holdings": [SMALL | {"price": []}]}, "holdings[0].price must be a number"),
        ({"holdings": [SMALL | {"ticker": 5}]}, "holdings[0].ticker must be a text"),
        ({"holdings": [SMALL | {"colour": "red"}]}, "holdings[0].colour is not known here"),
        ({"holdings": [SMALL | {"security": 5}]}, "holdings[0].security must be an object"),
        ({"holdings": [{"quantity": 1, "price": 1}]}, "holdings[0].ticker_symbol is missing"),
        ({"holdings": [WHOLE]}, "holdings[0].security_id is the id of no security here"),
        ({"securities": [{"security_id": 3}]}, "securities[0].security_id must be a text"),
        ({"securities": [{}]}, "securities[0].ticker_symbol is missing"),
        ({"securities": 1}, "securities must be a list"),
        ({"advance": "yes"}, "advance must be true or false"),
    ],
)
def test_holdings_are_refused_by_name_and_kept_when_they_make_no_sense(
    stage: Stage, body: object, text: str
) -> None:
    before = stage.holdings()
    with pytest.raises(ControlRefused) as refused:
        replace(stage, body)
    assert text in str(refused.value)
    assert stage.holdings() == before


@pytest.mark.parametrize("change", [{"quantity": "x"}, {"cost_basis": "x"}, {"tax_lots": 1}])
def test_whole_holding_is_refused_when_a_value_is_none(
    stage: Stage, change: dict[str, Any]
) -> None:
    body = {"holdings": [WHOLE | change], "securities": [{"security_id": "s-1"}]}
    with pytest.raises(ControlRefused, match=rf"holdings\[0\].{next(iter(change))}"):
        replace(stage, body)


def test_refusal_is_an_answer_of_400_and_no_broken_connection(stage: Stage) -> None:
    parts = urlsplit(stage.simulator.control_url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=standstill_seconds())
    path = f"{parts.path}/accounts/{stage.item.account_ids[0]}/holdings"
    try:
        for body in (b"{", b"[]", b'{"holdings": [null]}'):
            connection.request("POST", path, body=body)
            answer = connection.getresponse()
            assert (answer.status, b"error" in answer.read()) == (400, True)
    finally:
        connection.close()


def test_small_holding_is_completed(stage: Stage) -> None:
    other = {"institution_price": 4, "quantity": 1, "currency": "CAD", "cost_basis": "3.5",
             "security": {"ticker_symbol": "CUR:CAD", "currency": "CAD"}}  # fmt: skip
    stage.control.replace_holdings(stage.item.account_ids[0], holdings=[SMALL, other])
    read = stage.read("/investments/holdings/get")
    oaks, cash = read["holdings"]
    assert (oaks["quantity"], oaks["institution_value"]) == (Decimal("2.5"), Decimal("25.50"))
    assert (cash["iso_currency_code"], cash["cost_basis"]) == ("CAD", Decimal("3.5"))
    about = {each["security_id"]: each for each in read["securities"]}
    assert about[oaks["security_id"]]["ticker_symbol"] == "OAKS"
    assert about[cash["security_id"]]["is_cash_equivalent"] is True
    assert stage.refresh().status == 200


def test_same_security_may_be_held_twice(stage: Stage) -> None:
    stage.control.replace_holdings(stage.item.account_ids[0], holdings=[SMALL, SMALL])
    lines = stage.holdings()
    assert len({line["security_id"] for line in lines}) == 1
    assert len(lines) == 2


@pytest.mark.sampled(5)
@pytest.mark.parametrize(
    ("path", "body", "text"),
    [
        ("/items", {"products": "investments"}, "products must be a list of texts"),
        ("/items", {"portfolio": 3}, "portfolio must be a text or a list of texts"),
        ("/items", {"portfolio": "gold"}, "portfolio has no sample named gold"),
        ("/items", {"colour": "red"}, "colour is not known here"),
        ("/link", {}, "link_token is missing"),
        ("/listener", {"url": 5}, "url must be a text or null"),
        ("/clock", {"seconds": -1}, "seconds must be a whole number"),
        ("/webhooks/release", {"order": "sideways"}, "order must be one of"),
        ("/webhooks/lose", {"times": "all"}, "times must be a whole number"),
        ("/clock", {"seconds": 10**12}, "OverflowError"),
        ("/faults", {"kind": "html"}, "operation is missing"),
        ("/faults", {"operation": "*", "kind": "flood"}, "kind must be one of"),
        ("/faults", {"operation": "*", "kind": "html", "times": "x"}, "times must be a whole"),
        ("/faults", {"operation": "*", "kind": "html", "seconds": "x"}, "seconds must be a number"),
        ("/faults", {"operation": "*", "kind": "html", "colour": 1}, "colour"),
    ],
)
def test_control_names_the_field_when_it_refuses(
    stage: Stage, path: str, body: object, text: str
) -> None:
    with pytest.raises(ControlRefused) as refused:
        ControlCaller(stage.simulator.control_url).post(path, body)
    assert text in str(refused.value)


def test_item_can_be_added_with_nothing_said(stage: Stage) -> None:
    added = ControlCaller(stage.simulator.control_url).post("/items", {})
    assert stage.control.item(added["item_id"])["products"] == ["investments"]


def test_world_goes_on_when_the_clock_was_asked_to_leave_the_calendar(stage: Stage) -> None:
    with pytest.raises(ControlRefused):
        stage.control.advance_clock(10**12)
    assert stage.call("/item/get").status == 200
