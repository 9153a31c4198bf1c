"""The data of the Plaid simulator: shapes, portfolios, digits and transactions."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.patience import standstill_seconds
from tests.simulators.plaid import PlaidSettings, PlaidSimulator
from tests.simulators.plaid.stage import Stage, running_stage

HOLDINGS, TRANSACTIONS = "/investments/holdings/get", "/investments/transactions/get"
PERIOD: dict[str, Any] = {"start_date": "2026-01-01", "end_date": "2026-12-31"}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with running_stage() as running:
        yield running


def test_portfolios_cover_every_kind_of_security(stage: Stage) -> None:
    item = stage.control.add_item(portfolio="complete")
    document = stage.read(HOLDINGS, item)
    securities = {each["security_id"]: each for each in document["securities"]}
    types = {each["type"] for each in securities.values()}
    named = {"cash", "cryptocurrency", "derivative", "equity", "etf", "fixed income"}
    assert types == named | {"mutual fund", "other", None}
    assert {line["security_id"] for line in document["holdings"]} == set(securities)
    by_ticker = {each["ticker_symbol"]: each for each in securities.values()}
    assert by_ticker["SWEEPX"]["is_cash_equivalent"] is True
    assert by_ticker["QARK270618C240"]["option_contract"]["strike_price"] == 240
    assert by_ticker["MAPL"]["iso_currency_code"] == "CAD"
    lines = [
        (by_ticker_of(securities, line), line["quantity"], line["cost_basis"])
        for line in document["holdings"]
    ]
    assert ("QARK270618C240", 300, Decimal("2940.00")) in lines
    assert ("BUBL", -30, Decimal("-1650.00")) in lines
    assert (None, 1, None) in lines
    assert [line[1] for line in lines if line[0] == "GONE"] == [0, 2]
    assert {account["type"] for account in document["accounts"]} == {"investment", "depository"}


def by_ticker_of(securities: dict[str, dict[str, Any]], line: dict[str, Any]) -> str | None:
    ticker: str | None = securities[line["security_id"]]["ticker_symbol"]
    return ticker


def test_numbers_keep_every_digit_and_are_numbers(stage: Stage) -> None:
    item = stage.control.add_item(portfolio="crypto")
    text = stage.call(HOLDINGS, item).text
    assert '"quantity": 0.12345678901234567,' in text
    assert '"quantity": 0.00000000000000019,' in text
    assert '"institution_value": 0.0000000000000000000007834567899119,' in text
    lumo, grain = stage.holdings(item)
    assert (lumo["iso_currency_code"], lumo["unofficial_currency_code"]) == (None, "LUMO")
    assert (grain["iso_currency_code"], grain["unofficial_currency_code"]) == ("USD", None)


def test_account_is_worth_what_it_holds(stage: Stage) -> None:
    item = stage.control.add_item(portfolio=["everyday", "trader", "empty", "checking"])
    accounts = stage.read(HOLDINGS, item)["accounts"]
    worth = [account["balances"]["current"] for account in accounts]
    figures = ("9990.71", "20787.55", "25.00", "3120.44")
    assert worth == [Decimal(figure) for figure in figures]
    assert accounts[1]["balances"]["margin_loan_amount"] == Decimal("2310.45")
    free = stage.read("/accounts/get", item)["accounts"]
    assert all("margin_loan_amount" not in account["balances"] for account in free)


def test_holdings_can_be_asked_for_some_accounts(stage: Stage) -> None:
    invested, checking = stage.item.account_ids
    document = stage.read(HOLDINGS, options={"account_ids": [checking]})
    assert (document["holdings"], document["securities"]) == ([], [])
    document = stage.read(HOLDINGS, options={"account_ids": [invested]})
    assert {line["account_id"] for line in document["holdings"]} == {invested}


def test_older_and_newer_shapes_are_a_knob_away(stage: Stage) -> None:
    whole = stage.call(HOLDINGS).text
    newer = ('"figi"', '"cfi_code"', '"tax_lots"', '"margin_loan_amount"')
    assert all(name in whole for name in newer)
    stage.control.turn(newer_fields=False)
    assert not any(name in stage.call(HOLDINGS).text for name in newer)
    stage.control.turn(extra_fields=True)
    assert "novelty_of_tomorrow" in stage.read(HOLDINGS)["securities"][0]


def test_portfolio_can_be_large_or_empty(stage: Stage) -> None:
    assert len(stage.holdings(stage.control.add_item(portfolio="generated-1200"))) == 1200
    assert stage.holdings(stage.control.add_item(portfolio="empty")) == []


def test_replaced_holdings_are_served_and_counted(stage: Stage) -> None:
    security = {"security_id": "s-1", "ticker_symbol": "NEWX", "is_cash_equivalent": False}
    line = {"security_id": "s-1", "quantity": Decimal("0.1000000000000000055"),
            "institution_price": 10, "institution_value": Decimal("1.0"), "cost_basis": None,
            "iso_currency_code": "USD", "unofficial_currency_code": None}  # fmt: skip
    stage.pass_time(hours=1)
    account_id = stage.item.account_ids[0]
    replace = stage.control.replace_holdings
    replace(account_id, holdings=[line], securities=[security], advance=False)
    assert stage.holdings() == [{"account_id": account_id, **line}]
    status = stage.control.state()["items"][0]["last_successful_update"]
    assert status == "2026-11-20T15:00:00+00:00"
    replace(account_id, holdings=[], announce=True)
    counts = stage.listener.next("HOLDINGS", "DEFAULT_UPDATE").document
    assert (counts["new_holdings"], counts["updated_holdings"]) == (1, 0)
    assert stage.holdings() == []


def test_transactions_page_newest_first_without_gap(stage: Stage) -> None:
    whole = stage.read(TRANSACTIONS, **PERIOD)
    found = whole["investment_transactions"]
    assert whole["total_investment_transactions"] == len(found) == 5
    pages = [
        stage.read(TRANSACTIONS, options={"count": 2, "offset": offset}, **PERIOD)
        for offset in (0, 2, 4, 6)
    ]
    assert [t for page in pages for t in page["investment_transactions"]] == found
    days = [transaction["date"] for transaction in found]
    assert days == sorted(days, reverse=True)
    assert len(pages[0]["securities"]) == 2


def test_reading_transactions_starts_a_second_subscription(stage: Stage) -> None:
    stage.holdings()
    products = [each["product"] for each in stage.control.bill().subscriptions]
    stage.read(TRANSACTIONS, **PERIOD)
    stage.pass_time(days=11)
    subscriptions = stage.control.bill().subscriptions
    assert products == ["investments"]
    assert [(each["product"], each["months"], each["amount"]) for each in subscriptions] == [
        ("investments", 2, "0.36"),
        ("investments_transactions", 2, "0.70"),
    ]


def test_history_loads_in_the_background_in_async_mode(stage: Stage) -> None:
    stage.control.turn(history_mode="async", history_delay_seconds=0.2)
    item = stage.control.add_item()
    assert stage.call(TRANSACTIONS, item, **PERIOD).outcome() == (400, "PRODUCT_NOT_READY")
    assert stage.refresh(item).outcome() == (400, "PRODUCT_NOT_READY")
    loaded = stage.listener.next("INVESTMENTS_TRANSACTIONS", "HISTORICAL_UPDATE").document
    assert loaded["new_investments_transactions"] == 5
    assert stage.call(TRANSACTIONS, item, **PERIOD).status == 200


def test_account_can_change_its_id_or_go(stage: Stage) -> None:
    first, second = stage.item.account_ids
    churned = stage.control.churn_account(first)
    stage.control.revoke_account(second)
    revoked = stage.listener.next("ITEM", "USER_ACCOUNT_REVOKED").document
    assert revoked["account_id"] == second
    assert [a["account_id"] for a in stage.read("/accounts/get")["accounts"]] == [churned]


def test_times_come_in_either_style(stage: Stage) -> None:
    assert stage.read("/item/get")["item"]["created_at"] == "2026-11-20T15:00:00Z"
    stage.control.turn(timestamp_style="milliseconds")
    assert stage.read("/item/get")["item"]["created_at"] == "2026-11-20T15:00:00.000Z"


def test_same_seed_gives_the_same_ids_whatever_was_asked_before() -> None:
    items = []
    for requests in (0, 3):
        settings = PlaidSettings(seed=7)
        with PlaidSimulator(settings) as simulator:
            for _ in range(requests):
                simulator.world.new_request_id()
            items.append(simulator.control.add_item(portfolio="complete"))
    assert items[0] == items[1]


def test_process_prints_one_line_and_stops_when_told() -> None:
    command = [sys.executable, "-m", "tests.simulators.plaid"]
    root = Path(__file__).resolve().parents[3]
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"}
    with subprocess.Popen(command, cwd=root, env=environment, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        announced = json.loads(process.stdout.readline())
        assert announced["control_url"] == announced["base_url"] + "/_control"
        assert {"client_id", "secret", "keys"} <= set(announced)
        assert all(item["access_token"].startswith("access-") for item in announced["items"])
        process.send_signal(signal.SIGTERM)
        assert process.wait(standstill_seconds()) == 0
