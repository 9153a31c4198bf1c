"""One odd value of a provider costs one line at most, and is counted."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter

from freshet.adapters import foreign_json
from freshet.adapters.foreign_json import LenientModel, Text, validated, validated_whole
from freshet.adapters.plaid import mapping as plaid_mapping
from freshet.adapters.plaid import models as plaid
from freshet.adapters.snaptrade import legacy, mapping, models
from freshet.domain.account import AccountReport
from freshet.domain.call_errors import ProviderAnswer, UnreadableAnswer
from freshet.domain.holdings import Holdings
from freshet.domain.positions import Numbers
from freshet.domain.transactions import Transaction
from tests.builders import totals_in
from tests.depth import many
from tests.integration import plaid_documents

TOLD = ProviderAnswer(provider="snaptrade", operation="positions")
VTI: dict[str, Any] = {
    "instrument": {
        "kind": "etf",
        "id": "i-1",
        "symbol": "VTI",
        "raw_symbol": "VTI",
        "description": "Total market ETF",
        "currency": "USD",
        "exchange": "ARCX",
        "figi_instrument": {"figi_code": "BBG1", "figi_share_class": None},
    },
    "units": "12.5",
    "price": "301.20",
    "cost_basis": "250.00",
    "currency": "USD",
    "cash_equivalent": False,
    "tax_lots": [{"original_purchase_date": "2026-01-02", "quantity": "12.5"}],
}
OPTION = VTI | {
    "instrument": {
        "kind": "option",
        "id": "i-2",
        "symbol": "QARK  270618C00240000",
        "option_type": "CALL",
        "strike_price": "240",
        "expiration_date": "2027-06-18",
        "multiplier": "100",
        "underlying": {"symbol": "QARK"},
    }
}
CASH = {"currency": {"code": "USD"}, "cash": "300.71", "buying_power": "410.71"}
ACCOUNT: dict[str, Any] = {
    "id": "account-1",
    "name": "Margin",
    "number": "8443",
    "raw_type": "Margin",
    "status": "open",
    "account_category": "INVESTMENT",
    "is_paper": False,
    "balance": {"total": {"amount": "15363.23", "currency": "USD"}},
    "sync_status": {
        "transactions": {"initial_sync_completed": True, "last_successful_sync": "2026-11-19"},
        "holdings": {
            "initial_sync_completed": True,
            "last_successful_sync": "2026-11-20T09:00:00Z",
        },
    },
}
ACTIVITY: dict[str, Any] = {
    "id": "activity-1",
    "type": "BUY",
    "description": "Bought",
    "symbol": {"symbol": "VTI"},
    "units": "2",
    "price": "301.20",
    "amount": "-602.40",
    "fee": "0",
    "currency": {"code": "USD"},
    "trade_date": "2026-11-19T00:00:00Z",
    "settlement_date": "2026-11-20T00:00:00Z",
}
ODD: tuple[Any, ...] = (
    None,
    "",
    7,
    True,
    1.5,
    "x" * 3000,
    "a \ud83d",
    "nul\0",
    "0e-70",
    Decimal("1e40"),
    "1e999",
    "NaN",
    [],
    ["x"],
    {},
    {"a": {"b": []}},
    "2027-01-15T16:00:00Z",
    "11/19/2026",
)


@pytest.fixture(autouse=True)
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []
    monkeypatch.setattr(foreign_json, "tell_odd", lambda _, fields: names.extend(fields))
    return names


def _holdings(*lines: Any, cash: Any = CASH) -> Holdings:
    positions = validated(models.Positions.model_validate, {"results": list(lines)}, TOLD)
    balances = validated(TypeAdapter(list[models.Balance]).validate_python, [cash], TOLD)
    return mapping.to_holdings(positions, balances, source="{}")


def _plaid_holdings(*lines: Any, security: Any = plaid_documents.SECURITY) -> Holdings:
    content = {
        "accounts": [plaid_documents.ACCOUNT],
        "holdings": list(lines),
        "securities": [security, plaid_documents.SECURITY | {"security_id": "security-2"}],
    }
    answer = validated(plaid.HoldingsAnswer.model_validate, content, TOLD)
    known = {each.security_id: each for each in answer.securities}
    return plaid_mapping.to_holdings(
        answer.holdings, known, answer.accounts[0].balances, synced_at=None, source="{}"
    )


def _accounts(*documents: Any) -> list[AccountReport]:
    read = validated(TypeAdapter(list[models.Account]).validate_python, list(documents), TOLD)
    return [mapping.to_account_report(model, {}) for model in read]


def _transactions(*documents: Any) -> list[Transaction | None]:
    read = validated(TypeAdapter(list[models.Activity]).validate_python, list(documents), TOLD)
    return [mapping.to_transaction(model, {}) for model in read]


@pytest.mark.parametrize("expiry", ["2027-01-15T16:00:00Z", "", 7])
def test_expiry_is_unknown_and_all_else_right_when_it_is_odd(
    expiry: Any, counted: list[str]
) -> None:
    contract = {
        "contract_type": "call",
        "expiration_date": expiry,
        "strike_price": Decimal(240),
        "underlying_security_ticker": "QARK",
    }
    holdings = _plaid_holdings(
        plaid_documents.HOLDING, security=plaid_documents.SECURITY | {"option_contract": contract}
    )
    (line,) = holdings.positions
    assert line.instrument.option is not None
    assert (line.instrument.option.expires_on, line.numbers) == (None, Numbers.READ)
    assert line.instrument.option.strike == 240
    assert counted == ["expiration_date"]


@pytest.mark.parametrize(
    "changes", [{"cost_basis": ""}, {"quantity": "0e-70"}, {"institution_price": []}]
)
def test_other_lines_are_read_when_a_number_of_one_is_odd(changes: dict[str, Any]) -> None:
    other = plaid_documents.HOLDING | {"security_id": "security-2"}
    odd, good = _plaid_holdings(plaid_documents.HOLDING | changes, other).positions
    assert (odd.numbers, good.numbers) == (Numbers.UNKNOWN, Numbers.READ)
    assert (good.units, good.price) == (Decimal("12.5"), Decimal("301.20"))


@pytest.mark.parametrize(
    "changes", [{"price": ""}, {"units": {}}, {"instrument": None}, {"instrument": "VTI"}]
)
def test_line_is_kept_without_numbers_when_one_is_odd(changes: dict[str, Any]) -> None:
    odd, good = _holdings(VTI | changes, VTI).positions
    is_named = "instrument" not in changes
    assert odd.instrument.kind == ("etf" if is_named else "other")
    assert good.value == Decimal("3765.000")
    is_read = changes == {"instrument": None}  # a null is no odd value, only unnamed
    assert odd.numbers is (Numbers.READ if is_read else Numbers.UNKNOWN)


@pytest.mark.parametrize("changes", [{"tax_lots": 7}, {"quantity": "x", "tax_lots": [{}, 3]}])
def test_line_that_lacks_its_name_is_refused_whatever_else_is_odd_in_it(
    changes: dict[str, Any],
) -> None:
    line = {name: each for name, each in plaid_documents.HOLDING.items() if name != "account_id"}
    with pytest.raises(UnreadableAnswer):
        _plaid_holdings(line | changes)


def test_half_and_the_older_shape_of_an_exchange_are_read(counted: list[str]) -> None:
    older = VTI | {
        "units": ".5",
        "instrument": VTI["instrument"] | {"exchange": {"mic_code": "XNAS"}},
    }
    (line,) = _holdings(older).positions
    assert (line.units, line.instrument.mic, counted) == (Decimal("0.5"), "XNAS", [])


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 6542138443},
        {"raw_type": 7},
        {"status": 1},
        {"balance": {"total": {"amount": "n/a", "currency": "USD"}}},
        {"sync_status": {"holdings": {"last_successful_sync": ""}}},
        {"name": "My \ud83d"},
        {"name": "x" * 1_000_000},
    ],
)
def test_both_accounts_are_listed_when_a_field_of_one_is_odd(
    changes: dict[str, Any], counted: list[str]
) -> None:
    good, odd = _accounts(ACCOUNT, ACCOUNT | {"id": "account-2"} | changes)
    assert (good.provider_account_id, odd.provider_account_id) == ("account-1", "account-2")
    assert (odd.name or "").encode() == (odd.name or "")[:500].encode()
    assert len(counted) == 1


def test_name_keeps_what_can_be_kept_when_it_has_half_a_character() -> None:
    (account,) = _accounts(ACCOUNT | {"name": "My \ud83d Roth\0"})
    assert account.name == "My \ufffd Roth"


@pytest.mark.parametrize("name", ["", "a \ud83d", "nul\0", "x" * 256, 7, None])
def test_answer_is_refused_when_what_names_an_account_is_odd(name: Any) -> None:
    with pytest.raises(UnreadableAnswer):
        _accounts(ACCOUNT, ACCOUNT | {"id": name})


@pytest.mark.parametrize(
    "changes", [{"units": ""}, {"symbol": "ZZZ"}, {"currency": "USD"}, {"trade_date": "11/19/2026"}]
)
def test_both_activities_are_kept_when_one_is_odd(changes: dict[str, Any]) -> None:
    odd, good = _transactions(ACTIVITY | changes, ACTIVITY)
    assert good is not None
    assert odd is not None
    assert (good.units, odd.type, odd.amount) == (Decimal(2), "BUY", Decimal("-602.40"))


def test_number_is_unknown_when_its_product_would_not_fit() -> None:
    for number in ("1e40", "1e-45", Decimal("1e31")):
        (line,) = _holdings(VTI | {"units": number, "price": number}).positions
        assert line.numbers is Numbers.UNKNOWN


def _read_everything(line: Any, cash: Any) -> None:
    holdings = _holdings(line, OPTION, cash=cash)
    good = holdings.positions[1]
    assert (good.units, good.price, good.numbers) == (
        Decimal("12.5"),
        Decimal("301.20"),
        Numbers.READ,
    )
    totals_in(holdings)


FIELDS: list[tuple[Callable[[Any], Any], dict[str, Any]]] = [
    (lambda line: _read_everything(line, CASH), VTI),
    (lambda line: _read_everything(line, CASH), OPTION),
    (lambda cash: _read_everything(VTI, cash), CASH),
    (lambda account: _accounts(ACCOUNT, account), ACCOUNT),
    (lambda activity: _transactions(ACTIVITY, activity), ACTIVITY),
    (lambda line: _plaid_holdings(line), plaid_documents.HOLDING),
    (
        lambda known: _plaid_holdings(plaid_documents.HOLDING, security=known),
        plaid_documents.SECURITY,
    ),
]


def _paths(document: Any, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if isinstance(document, dict):
        for name, each in document.items():
            yield (*above, name)
            yield from _paths(each, (*above, name))


def _with(document: Any, path: tuple[str, ...], value: Any) -> Any:
    if not path:
        return value
    if not isinstance(document, dict):
        return document
    changed = dict(document)
    changed[path[0]] = _with(document.get(path[0]), path[1:], value)
    return changed


CASES = [
    (read, document, path)
    for read, document in FIELDS
    for path in _paths(document)
    if path not in (("id",), ("account_id",))
]


@pytest.mark.parametrize(("read", "document", "path"), CASES)
def test_everything_else_is_read_when_one_field_is_odd(
    read: Callable[[Any], Any], document: Any, path: tuple[str, ...]
) -> None:
    for value in ODD:
        read(_with(document, path, value))


@settings(max_examples=many(in_gate=60, deep=2000), deadline=None)
@given(st.data())
def test_everything_else_is_read_when_several_fields_are_odd(data: st.DataObject) -> None:
    read, document = data.draw(st.sampled_from(FIELDS))
    paths = [path for path in _paths(document) if path not in (("id",), ("account_id",))]
    for path in data.draw(st.lists(st.sampled_from(paths), min_size=2, max_size=4)):
        document = _with(document, path, data.draw(st.sampled_from(ODD)))
    read(document)


@pytest.mark.parametrize("value", ODD)
def test_retired_answer_is_read_when_a_line_is_odd(value: Any) -> None:
    line = {"symbol": {"symbol": {"symbol": "VTI"}}, "units": 2, "price": 3}
    content = {"positions": [line, value, line | {"units": value}], "balances": [CASH]}
    answer = validated(legacy.LegacyHoldings.model_validate, content, TOLD)
    holdings = legacy.to_holdings(answer, source="{}")
    assert holdings.positions[0].value == 6
    assert len(holdings.positions) == 3


class _Secret(LenientModel):
    user_secret: Text


def test_secret_is_taken_whole_or_not_at_all() -> None:
    long = "s" * 5000
    assert validated_whole(_Secret.model_validate, {"user_secret": long}, TOLD).user_secret == long
    for odd in ("", "a \ud83d", 7, None):
        with pytest.raises(UnreadableAnswer):
            validated_whole(_Secret.model_validate, {"user_secret": odd}, TOLD)
