"""The client against the simulator: signed, exact, never twice for money, silent about secrets."""

import json
import socket
from collections.abc import Iterator
from copy import replace
from datetime import timedelta
from typing import Any

import pytest

from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.transport import Timeouts
from freshet.domain import call_errors
from freshet.domain.connection_report import DataMode
from freshet.domain.credential import Secret
from freshet.domain.transactions import identified
from freshet.observability import logger
from tests.builders import an_account_report
from tests.integration.bench import (
    OPERATIONS,
    READS,
    Bench,
    FixedKeys,
    TimedTransport,
    demand_no_secret,
    demand_silence,
)
from tests.patience import eventually
from tests.simulators.snaptrade import Knobs, SimulatorSettings, SnapTradeSimulator


@pytest.fixture
def bench() -> Iterator[Bench]:
    with SnapTradeSimulator(SimulatorSettings(knobs=Knobs(refresh_delay_seconds=0))) as running:
        yield Bench(running)


def test_everything_is_read_exactly_when_requests_are_signed_right(bench: Bench) -> None:
    told = bench.session.connection()
    assert told.data_mode is DataMode.DELAYED
    assert json.loads(told.source or "")["id"] == bench.connection.connection_id
    reports = bench.session.accounts()
    assert [each.provider_account_id for each in reports] == bench.connection.account_ids
    reading = bench.session.holdings(reports[0])
    assert {str(each.price) for each in reading.holdings.positions} >= {"88.125", "301.20"}
    assert [str(each.cash) for each in reading.holdings.balances] == ["1500.71"]
    assert reading.broker_as_of is not None
    assert reading.started_at <= reading.fetched_at
    assert bench.quota.taken == bench.requests() == 4


def test_one_refresh_is_on_the_bill_when_one_was_bought(bench: Bench) -> None:
    answer = bench.buyer.refresh()
    assert (answer.status, answer.operation, bench.billed()) == (200, "refresh", 1)
    assert answer.request_id
    assert bench.quota.taken == 1


@pytest.mark.parametrize("operation", [*READS, "refresh"])
def test_nothing_is_sent_when_the_quota_is_used_up(bench: Bench, operation: str) -> None:
    bench.quota.failure = call_errors.QuotaExhausted(bench.http_client.clock())
    with pytest.raises(call_errors.QuotaExhausted):
        bench.call(operation)
    assert bench.requests() == 0


@pytest.mark.parametrize("operation", [*READS, "refresh"])
@pytest.mark.parametrize(
    ("user", "key", "expected"),
    [
        ("provider-user", "another-key", call_errors.ProviderRejectedUs),
        ("another-user", None, call_errors.LoginRequired),
    ],
)
def test_whose_fault_it_is_is_told_apart_when_credentials_do_not_hold(
    bench: Bench, operation: str, user: str, key: str | None, expected: type[Exception]
) -> None:
    bench.user = replace(bench.user, subject=user)
    if key is not None:
        keys = SnapTradeKeys(bench.simulator.settings.client_id, Secret(key))
        bench.http_client = replace(bench.http_client, keys=FixedKeys(keys))
    with pytest.raises(expected):
        bench.call(operation)
    assert bench.billed() == 0


@pytest.mark.parametrize("operation", READS)
@pytest.mark.parametrize("kind", ["html", "empty", "truncated", "wrong_shape"])
def test_answer_is_unreadable_and_tells_no_secret_when_it_is_broken(
    bench: Bench, operation: str, kind: str
) -> None:
    bench.simulator.control.add_fault(OPERATIONS[operation], kind, status=200)
    with pytest.raises((call_errors.UnreadableAnswer, call_errors.AnswerLost)) as failed:
        bench.call(operation)
    assert isinstance(failed.value, call_errors.UnreadableAnswer) or kind == "truncated"
    demand_silence(bench, failed.value)


@pytest.mark.parametrize("kind", ["html", "empty", "wrong_shape"])
def test_purchase_is_believed_when_it_was_answered_200_in_whatever_words(
    bench: Bench, kind: str
) -> None:
    bench.simulator.control.add_fault("refresh", kind, status=200)
    assert bench.buyer.refresh().status == 200
    assert bench.billed() == 1


@pytest.mark.parametrize(
    ("kind", "details", "billed"),
    [
        ("accept_then_drop", {}, 1),
        ("drop", {}, 0),
        ("latency", {"seconds": 1}, 1),
        ("truncated", {"status": 200}, 1),
    ],
)
def test_answer_is_lost_and_nothing_repeated_when_a_purchase_gets_none(
    bench: Bench, kind: str, details: dict[str, Any], billed: int
) -> None:
    bench.simulator.control.add_fault("refresh", kind, **details)
    if kind == "latency":
        hurried = TimedTransport(Timeouts(1.0, 0.3))
        bench.http_client = replace(bench.http_client, transport=hurried)
    with pytest.raises(call_errors.AnswerLost) as failed:
        bench.buyer.refresh()
    assert not failed.value.is_surely_unbilled
    assert eventually(bench.billed, until=lambda count: count == billed) == billed
    assert bench.quota.taken == 1
    demand_silence(bench, failed.value)


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [
        (429, "0000", call_errors.RateLimited),
        (429, "throttled", call_errors.ProviderThrottled),
        (500, "1000", call_errors.ProviderFailed),
        (503, "3002", call_errors.ProviderUnavailable),
    ],
)
@pytest.mark.parametrize("operation", [*READS, "refresh"])
def test_one_request_is_made_when_the_provider_refuses(
    bench: Bench, operation: str, status: int, code: str, expected: type[call_errors.ProviderError]
) -> None:
    route = OPERATIONS.get(operation, "refresh")
    bench.simulator.control.add_fault(route, "status", status=status, code=code, seconds=7)
    with pytest.raises(expected) as failed:
        bench.call(operation)
    assert bench.requests() == 1
    assert failed.value.retry_at(bench.http_client.clock()) > bench.http_client.clock()
    demand_silence(bench, failed.value)


@pytest.mark.parametrize("operation", [*READS, "refresh"])
def test_request_surely_never_left_when_nobody_listens(bench: Bench, operation: str) -> None:
    with socket.socket() as unheard:
        unheard.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unheard.getsockname()[1]}"
        bench.http_client = replace(bench.http_client, base_url=address)
        with pytest.raises(call_errors.NotReached) as failed:
            bench.call(operation)
    assert failed.value.is_surely_unbilled
    demand_silence(bench, failed.value)


@pytest.mark.parametrize(("disabled", "mode"), [(True, "delayed"), (False, "realtime")])
def test_refusal_is_free_when_the_connection_cannot_be_refreshed(
    bench: Bench, disabled: bool, mode: str
) -> None:
    control = bench.simulator.control
    bench.connection = control.add_connection(bench.user.subject, mode=mode, announce=False)
    if disabled:
        control.disable(bench.connection.connection_id, announce=False)
    expected = call_errors.LoginRequired if disabled else call_errors.RefreshNotAllowed
    with pytest.raises(expected):
        bench.buyer.refresh()
    assert bench.billed() == 0


def test_both_error_bodies_mean_the_same_when_the_provider_changes_its_mind(bench: Bench) -> None:
    bench.simulator.control.turn(error_shape="spec")
    bench.user = replace(bench.user, subject="another-user")
    with pytest.raises(call_errors.LoginRequired) as failed:
        bench.session.connection()
    assert failed.value.answer.code == "1083"


def test_no_log_line_of_ours_holds_a_secret_when_calls_succeed_and_fail(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("DEBUG", logger=logger.name):
        bench.session.connection()
        bench.simulator.control.add_fault("refresh", "accept_then_drop")
        with pytest.raises(call_errors.AnswerLost):
            bench.buyer.refresh()
    written = {record.getMessage(): repr(vars(record)) for record in caplog.records}
    assert written.keys() == {"Provider answered", "Provider did not answer", "Call failed"}
    demand_no_secret(bench, " ".join(written.values()))


def test_no_secret_shows_when_the_client_is_printed(bench: Bench) -> None:
    demand_no_secret(bench, f"{bench.client!r} {bench.session!r}")


def test_window_is_whole_days_when_the_provider_begins_its_days_at_another_hour(
    bench: Bench,
) -> None:
    (account_id, *_) = bench.connection.account_ids
    account = an_account_report(provider_account_id=account_id)
    whole = bench.session.transactions(account, since=None)
    oldest = min(each.happened_on for each in whole.found)
    window = bench.session.transactions(account, since=oldest + timedelta(days=1))
    assert whole.is_whole
    assert window.is_whole  # a day more was asked for, and is left out
    assert [each for each in whole.found if each.happened_on in window.days] == [*window.found]
    assert oldest not in {each.happened_on for each in window.found}


def test_transactions_come_in_order_and_exactly_when_they_are_read(bench: Bench) -> None:
    (account_id, *_) = bench.connection.account_ids
    read = bench.session.transactions(an_account_report(provider_account_id=account_id), since=None)
    assert "5000.00" in {str(each.amount) for each in read.found}
    assert len({each.id for each in identified("acc_1", read.found)}) == len(read.found)
