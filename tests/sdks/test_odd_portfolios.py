"""Canadian dollars, bonds, missing prices and kinds of tomorrow: read as said, SDK or no SDK."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from plaid import models as sdk
from snaptrade_client.exceptions import SchemaValidationError
from snaptrade_client.model.account_position import AccountPosition

from tests.sdks.agreement import Told, differences
from tests.sdks.plaid_desk import PlaidDesk, plaid_desk, told_of
from tests.sdks.snaptrade_desk import SnapTradeDesk, snaptrade_desk, told_by

_NOW = datetime.now(UTC).replace(microsecond=0)


def _said(exact: Any) -> Told:
    """Stand in for an SDK that refuses a document: the document itself says what is in it."""
    match exact:
        case dict():
            members = {name: _said(value) for name, value in exact.items()}
            return Told(exact, members=members, names=frozenset(exact))
        case list():
            return Told(exact, items=[_said(each) for each in exact])
        case _:
            return Told(exact)


def _told_line(line: Any) -> Told | None:
    """Let the SDK read a line of today's positions; None where it refuses its kind."""
    try:
        return told_by(AccountPosition, line)
    except SchemaValidationError:
        return None


@pytest.mark.parametrize(
    ("portfolio", "refused"),
    [("northern", {"carbon_credit"}), ("odd", {"sunbeam_share"}), ("complete", {"carbon_credit"})],
)
def test_lines_are_read_as_said_when_the_sdk_refuses_some_kinds(
    portfolio: str, refused: set[str]
) -> None:
    found = set()
    with snaptrade_desk(_NOW, portfolio) as desk:
        for account_id in desk.account_ids:
            read, _ = desk.client.positions(desk.user, account_id)
            exchange = desk.exchanges[-1]
            plain = [_told_line(line) for line in json.loads(exchange.answer)["results"]]
            exact = exchange.exact["results"]
            for ours, told, line in zip(read.results, plain, exact, strict=True):
                if told is None:
                    found.add(line["instrument"]["kind"])
                assert dict(differences(ours, told or _said(line), line)) == {}
    assert found == refused


@pytest.mark.parametrize("portfolio", ["northern", "odd"])
def test_cash_and_account_are_the_sdks_when_the_portfolio_is_odd(portfolio: str) -> None:
    with snaptrade_desk(_NOW, portfolio) as desk:
        _compare_snaptrade(desk, "get_user_account_balance", lambda each: _balances(desk, each))
        _compare_snaptrade(
            desk, "get_account_details", lambda each: desk.client.account(desk.user, each)
        )


def _balances(desk: SnapTradeDesk, account_id: str) -> Any:
    return desk.client.balances(desk.user, account_id)[0]


def _compare_snaptrade(desk: SnapTradeDesk, sdk_name: str, ask: Any) -> None:
    for account_id in desk.account_ids:
        sdk_ask = getattr(desk.sdk.account_information, sdk_name)
        answer = sdk_ask(account_id=account_id, **desk.sdk_user)
        exchange = desk.exchanges[-1]
        told = desk.told(answer, exchange)
        assert dict(differences(ask(account_id), told, exchange.exact)) == {}


@pytest.mark.parametrize("portfolio", ["northern", "oddities", "novelties", "vault", "huge"])
def test_item_is_the_sdks_when_the_portfolio_is_odd(portfolio: str) -> None:
    with plaid_desk(_NOW, portfolio) as desk:
        asks = (
            (desk.sdk.investments_holdings_get, sdk.InvestmentsHoldingsGetRequest),
            (desk.sdk.accounts_get, sdk.AccountsGetRequest),
        )
        reads = (desk.client.holdings, desk.client.accounts)
        for (ask, request), read in zip(asks, reads, strict=True):
            _compare_plaid(desk, ask(request(access_token=desk.token)), read(desk.item))


def _compare_plaid(desk: PlaidDesk, answer: Any, ours: Any) -> None:
    # The SDK asked first; but for the request's id both answers are the same.
    theirs, mine = desk.exchanges[-2:]
    assert {**theirs.exact, "request_id": ""} == {**mine.exact, "request_id": ""}
    told = told_of(answer)
    parts = ours if isinstance(ours, tuple) else (ours,)
    for part in parts:
        if not isinstance(part, dict):
            assert dict(differences(part, told, theirs.exact)) == {}
