"""More rows than a page holds: we read the SDK's rows, in its order, each of them once."""

from datetime import UTC, datetime, timedelta
from typing import Any

from plaid import models as sdk

from tests.sdks.agreement import Told, differences
from tests.sdks.exchanges import Exchange
from tests.sdks.plaid_desk import PlaidDesk, plaid_desk, told_of
from tests.sdks.snaptrade_desk import SnapTradeDesk, snaptrade_desk

_NOW = datetime.now(UTC).replace(microsecond=0)
_SINCE = _NOW.date() - timedelta(days=90)
_SNAPTRADE_PAGE, _PLAID_PAGE = 1000, 500
# With a deposit, and interest at SnapTrade: three pages each, the last one short.
_SNAPTRADE_PORTFOLIO, _PLAID_PORTFOLIO = "generated-2100", "generated-1100"


def _rows(exchanges: list[Exchange], name: str) -> list[Any]:
    return [row for exchange in exchanges for row in exchange.exact[name]]


def _asked(exchanges: list[Exchange]) -> list[dict[str, Any]]:
    return [exchange.asked() for exchange in exchanges]


def _activities(desk: SnapTradeDesk) -> list[Told]:
    told: list[Told] = []
    (account_id,) = desk.account_ids
    while True:
        answer = desk.sdk.account_information.get_account_activities(
            account_id=account_id,
            start_date=_SINCE,
            offset=len(told),
            limit=_SNAPTRADE_PAGE,
            **desk.sdk_user,
        )
        page = desk.told(answer, desk.exchanges[-1])
        told += page.at("data").items
        if len(told) >= page.at("pagination").at("total").leaf:
            return told


def _transactions(desk: PlaidDesk) -> list[Told]:
    told: list[Told] = []
    while True:
        options = sdk.InvestmentsTransactionsGetRequestOptions(
            account_ids=desk.account_ids, count=_PLAID_PAGE, offset=len(told)
        )
        request = sdk.InvestmentsTransactionsGetRequest(
            access_token=desk.token,
            start_date=_SINCE,
            end_date=_NOW.date(),
            options=options,
        )
        page = told_of(desk.sdk.investments_transactions_get(request))
        told += page.at("investment_transactions").items
        if len(told) >= page.at("total_investment_transactions").leaf:
            return told


def test_activities_are_the_sdks_when_they_fill_several_pages() -> None:
    with snaptrade_desk(_NOW, _SNAPTRADE_PORTFOLIO) as desk:
        told = _activities(desk)
        theirs = list(desk.exchanges)
        desk.exchanges.clear()
        (account_id,) = desk.account_ids
        ours, is_whole = desk.client.activities(desk.user, account_id, since=_SINCE)
        assert _asked(desk.exchanges) == _asked(theirs)
    rows = _rows(theirs, "data")
    assert [len(exchange.exact["data"]) for exchange in theirs] == [1000, 1000, 102]
    assert dict(differences(ours, Told(items=told), rows)) == {}
    assert is_whole
    assert len({row["id"] for _, row in ours}) == len(ours)


def test_transactions_are_the_sdks_when_they_fill_several_pages() -> None:
    with plaid_desk(_NOW, _PLAID_PORTFOLIO) as desk:
        told = _transactions(desk)
        theirs = list(desk.exchanges)
        desk.exchanges.clear()
        (account_id,) = desk.account_ids
        ours = desk.client.transactions(desk.item, account_id, since=_SINCE, until=_NOW.date())
        assert _asked(desk.exchanges) == _asked(theirs)
    rows = _rows(theirs, "investment_transactions")
    assert [len(exchange.exact["investment_transactions"]) for exchange in theirs] == [
        500,
        500,
        101,
    ]
    assert dict(differences(list(ours.rows), Told(items=told), rows)) == {}
    assert len({model.investment_transaction_id for model, _ in ours.rows}) == len(ours.rows)
    securities = _rows(theirs, "securities")
    assert ours.tickers == {each["security_id"]: each["ticker_symbol"] for each in securities}
