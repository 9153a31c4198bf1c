"""A session at Plaid: two calls for everything, never two for money, silent about secrets."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from requests.structures import CaseInsensitiveDict

from freshet.adapters.transport import Answer
from freshet.domain import call_errors, errors
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.connection_report import DataMode
from freshet.domain.days import DayRange
from freshet.domain.transactions import identified
from tests.builders import NOON, an_account_report
from tests.integration.bench import told
from tests.integration.plaid_bench import (
    SECRET,
    TOKEN,
    PlaidBench,
    error_answer,
    json_answer,
    text_answer,
)

ITEM = {
    "item": {"item_id": "item-1", "institution_id": "ins_1", "institution_name": "Acme"},
    "status": {"investments": {"last_successful_update": "2026-11-20T09:30:00Z"}},
    "request_id": "r-1",
}
PORTFOLIO = """
{"accounts": [{"account_id": "account-1", "type": "investment", "balances": {}},
              {"account_id": "account-2", "type": "depository", "balances": {}}],
 "holdings": [{"account_id": "account-1", "security_id": "s-1",
               "quantity": 0.12345678901234567, "institution_price": 1.10,
               "iso_currency_code": "USD"},
              {"account_id": "account-9", "security_id": "s-2", "quantity": 1}],
 "securities": [{"security_id": "s-1", "ticker_symbol": "VTI"}, {"security_id": "s-2"}],
 "item": {"item_id": "item-1"}, "request_id": "r-2"}
"""
READ = ProviderAnswer(provider="plaid", operation="holdings")
ACCOUNT = an_account_report(provider_account_id="account-1")


def _row(number: int, **changes: Any) -> dict[str, Any]:
    return {"investment_transaction_id": f"t-{number}", "date": "2026-11-19"} | changes


def _page(total: int, *numbers: int) -> Answer:
    rows = [_row(number, quantity=number) for number in numbers]
    return json_answer({"investment_transactions": rows, "total_investment_transactions": total})


def test_two_calls_answer_everything_when_an_item_is_read() -> None:
    bench = PlaidBench([json_answer(ITEM), text_answer(PORTFOLIO)])
    assert bench.session.connection().data_mode is DataMode.DELAYED
    reports = bench.session.accounts()
    assert [each.is_readable for each in reports] == [True, False]
    assert {each.synced_at for each in reports} == {datetime(2026, 11, 20, 9, 30, tzinfo=UTC)}
    reading = bench.session.holdings(reports[0])
    (position,) = reading.holdings.positions
    assert (str(position.units), str(position.price)) == ("0.12345678901234567", "1.10")
    assert (reading.provider_synced_at, reading.started_at) == (reports[0].synced_at, NOON)
    assert bench.transport.paths() == ["/item/get", "/investments/holdings/get"]
    assert (bench.reads.taken, bench.refreshes.taken) == (2, 0)


def test_accounts_own_part_of_the_answer_is_kept_whole_when_read() -> None:
    bench = PlaidBench([text_answer(PORTFOLIO)])
    source = bench.session.holdings(ACCOUNT).holdings.source
    assert "0.12345678901234567" in source
    assert "VTI" in source
    assert "s-2" not in source


def test_nobody_has_synced_when_plaid_has_not_been_there_yet() -> None:
    item = {name: value for name, value in ITEM.items() if name != "status"}
    bench = PlaidBench([json_answer(item), text_answer(PORTFOLIO)])
    assert {each.synced_at for each in bench.session.accounts()} == {None}


def test_request_is_signed_with_headers_when_it_is_sent() -> None:
    bench = PlaidBench([json_answer(ITEM)])
    bench.session.connection()
    (request,) = bench.transport.requests
    assert (request.method, request.headers["Plaid-Version"]) == ("POST", "2020-09-14")
    assert request.headers["PLAID-CLIENT-ID"] == "client-1"
    assert request.headers["PLAID-SECRET"] == SECRET
    assert bench.transport.bodies() == [{"access_token": TOKEN}]


def test_one_call_alone_is_made_when_a_refresh_is_bought() -> None:
    bench = PlaidBench([json_answer({"request_id": "r-7"})])
    answer = bench.buyer.refresh()
    assert (answer.provider, answer.operation, answer.status) == ("plaid", "refresh", 200)
    assert bench.transport.paths() == ["/investments/refresh"]
    (endpoint,) = bench.transport.endpoints
    assert endpoint.is_billable
    assert (bench.reads.taken, bench.refreshes.taken) == (0, 1)


@pytest.mark.parametrize("text", ["", "<html></html>", "[]", "{"])
def test_purchase_is_believed_when_it_was_answered_200_in_whatever_words(text: str) -> None:
    assert PlaidBench([text_answer(text)]).buyer.refresh().status == 200


@pytest.mark.parametrize(
    ("answer", "expected", "is_unbilled"),
    [
        (error_answer("ITEM_LOGIN_REQUIRED", "ITEM_ERROR"), call_errors.LoginRequired, True),
        (
            error_answer("PRODUCTS_NOT_SUPPORTED", "ITEM_ERROR"),
            call_errors.RefreshUnsupported,
            True,
        ),
        (error_answer("X_LIMIT", "RATE_LIMIT_EXCEEDED", 429), call_errors.RateLimited, True),
        (Answer(504, CaseInsensitiveDict(), b""), call_errors.ProviderFailed, False),
        (call_errors.AnswerLost(READ), call_errors.AnswerLost, False),
        (call_errors.NotReached(READ), call_errors.NotReached, True),
    ],
)
def test_purchase_is_never_repeated_when_it_fails(
    answer: Answer | Exception, expected: type[call_errors.ProviderError], is_unbilled: bool
) -> None:
    bench = PlaidBench([answer])
    with pytest.raises(expected) as failed:
        bench.buyer.refresh()
    assert failed.value.is_surely_unbilled is is_unbilled
    assert len(bench.transport.requests) == 1


@pytest.mark.parametrize("quota", ["reads", "refreshes"])
def test_nothing_is_sent_when_the_quota_is_used_up(quota: str) -> None:
    bench = PlaidBench([])
    getattr(bench, quota).failure = call_errors.QuotaExhausted(NOON)
    with pytest.raises(call_errors.QuotaExhausted):
        bench.session.connection() if quota == "reads" else bench.buyer.refresh()
    assert bench.transport.requests == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html></html>",
        "[]",
        "{}",
        '{"accounts": [], "holdings": [], "securities": [',
        '{"accounts": [], "holdings": [{"security_id": "s"}], "securities": []}',
        '{"accounts": [{"account_id": ""}], "holdings": [], "securities": []}',
    ],
)
def test_answer_is_unreadable_and_tells_no_secret_when_it_is_broken(text: str) -> None:
    bench = PlaidBench([json_answer(ITEM), text_answer(text)])
    with pytest.raises(call_errors.UnreadableAnswer) as failed:
        bench.session.accounts()
    assert TOKEN not in told(failed.value)
    assert SECRET not in told(failed.value)


def test_every_page_is_read_when_there_are_many_transactions() -> None:
    bench = PlaidBench([_page(5, 1, 2), _page(5, 3, 4), _page(5, 5)])
    found = bench.session.transactions(ACCOUNT, since=date(2026, 11, 1))
    assert found.is_whole
    assert found.days == DayRange(first=date(2026, 11, 1), before=date(2026, 11, 21))
    assert [each.units for each in found.found] == [1, 2, 3, 4, 5]
    assert [body["options"]["offset"] for body in bench.transport.bodies()] == [0, 2, 4]
    (first, *_) = bench.transport.bodies()
    assert (first["start_date"], first["end_date"]) == ("2026-11-01", "2026-11-20")
    assert first["options"] == {"account_ids": ["account-1"], "count": 500, "offset": 0}
    assert bench.reads.taken == 3


def test_reading_ends_when_a_page_is_empty_before_the_total_is_reached() -> None:
    bench = PlaidBench([_page(5, 1), _page(5)] * 2)
    found = bench.session.transactions(ACCOUNT, since=None)
    assert (len(found.found), found.is_whole) == (1, False)


def test_everything_is_read_once_more_when_a_row_came_between_two_pages() -> None:
    answers = [_page(3, 1, 2), _page(4, 2, 3), _page(4, 0, 1), _page(4, 2, 3)]
    bench = PlaidBench(answers)
    found = bench.session.transactions(ACCOUNT, since=None)
    assert [each.units for each in found.found] == [Decimal(each) for each in range(4)]
    assert found.is_whole


def test_equal_trades_stay_two_when_they_have_two_ids() -> None:
    twins = [_row(1, quantity=2), _row(2, quantity=2)]
    page = {"investment_transactions": twins, "total_investment_transactions": 2}
    found = PlaidBench([json_answer(page)]).session.transactions(ACCOUNT, since=None)
    assert len({each.id for each in identified("acc_1", found.found)}) == 2


def test_whole_history_is_asked_for_when_nothing_was_read_yet() -> None:
    bench = PlaidBench([_page(0)])
    found = bench.session.transactions(ACCOUNT, since=None)
    assert (found.found, found.is_whole) == ((), True)
    # What is older was forgotten by Plaid, not by us.
    assert found.days.first == date(2024, 11, 20)
    assert bench.transport.bodies()[0]["start_date"] == "2024-11-20"


@pytest.mark.parametrize(
    ("changes", "read"),
    [
        ({"quantity": "NaN"}, 2),
        ({"date": "yesterday"}, 1),  # it has no place in time yet
        ({"investment_transaction_id": ""}, 2),
        ({"type": 7}, 2),
        ({"name": "a \ud83d"}, 2),
    ],
)
def test_good_transactions_are_read_when_one_of_them_is_odd(
    changes: dict[str, Any], read: int
) -> None:
    rows = [_row(1, **changes), _row(2)]
    page = {"investment_transactions": rows, "total_investment_transactions": 2}
    bench = PlaidBench([json_answer(page)])
    found = bench.session.transactions(ACCOUNT, since=None)
    assert len(found.found) == read


@pytest.mark.parametrize("opted_in", [False, True])
def test_transactions_are_read_only_when_the_deployment_has_opted_in(opted_in: bool) -> None:
    assert PlaidBench([], reads_transactions=opted_in).session.reads_transactions is opted_in


def test_there_is_no_sync_when_the_provider_is_plaid() -> None:
    bench = PlaidBench([])
    with pytest.raises(errors.ProviderNotConfigured):
        bench.buyer.sync_transactions()
    assert bench.transport.requests == []
