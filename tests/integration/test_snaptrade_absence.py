"""A SnapTrade connection is there, or not, only as a well-formed answer about it says."""

from typing import Any

import pytest

from freshet.adapters.rate_guard import Circuit, QuotaLease, RateGuard
from freshet.adapters.snaptrade.client import SnapTradeClient
from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient
from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.snaptrade.session import SnapTradeSession
from freshet.adapters.transport import Answer
from freshet.domain import call_errors
from freshet.domain.credential import Credential, Secret
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.integration.bench import FakeQuota, FixedKeys
from tests.integration.plaid_bench import FakeTransport, json_answer

GONE = json_answer({"detail": "x", "status_code": 404, "code": "1011"}, 404)


def _session(*answers: Answer) -> SnapTradeSession:
    lease, clock = QuotaLease(FakeQuota()), FakeClock(NOON)
    http_client = SnapTradeHttpClient(
        base_url="https://snaptrade.example",
        keys=FixedKeys(SnapTradeKeys("client-1", Secret("key"))),
        transport=FakeTransport(answers),
        rate_guard=RateGuard(lease, Circuit(), clock),
        clock=clock,
    )
    user = Credential("u1", Secret("user-secret-1"))
    return SnapTradeSession(SnapTradeClient(http_client), user, "c-1", lease)


@pytest.mark.parametrize("listed", [[], [{"id": "c-2"}], [{"id": "c-2", "disabled": "odd"}]])
def test_connection_is_missing_when_the_users_list_lacks_it_too(listed: Any) -> None:
    with pytest.raises(call_errors.MissingUpstream):
        _session(GONE, json_answer(listed)).connection()


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([{"id": "c-1"}], call_errors.ProviderUnavailable),  # it says both
        ([{"id": "c-1", "disabled": "odd"}], call_errors.UnreadableAnswer),
        ([{"id": {"a": 1}}], call_errors.UnreadableAnswer),
        ([None], call_errors.UnreadableAnswer),
        (["c-1"], call_errors.UnreadableAnswer),
        ([{"id": 5}], call_errors.UnreadableAnswer),
        ([{}], call_errors.UnreadableAnswer),
        ([{"id": "c\0"}], call_errors.UnreadableAnswer),
    ],
)
def test_nothing_is_missing_when_the_list_may_have_it(
    listed: Any, expected: type[Exception]
) -> None:
    with pytest.raises(expected):
        _session(GONE, json_answer(listed)).connection()


def test_look_takes_one_call_whatever_it_finds() -> None:
    for listed, is_there in (([{"id": "c-1", "disabled": True}], True), ([{"id": "c-2"}], False)):
        session = _session(json_answer(listed))
        if is_there:
            assert session.look().is_disabled
        else:
            with pytest.raises(call_errors.MissingUpstream):
                session.look()
        assert session.calls == 1


@pytest.mark.parametrize("listed", [{}, {"detail": "x"}, None, "c-1", 7])
def test_nothing_is_missing_when_the_list_is_none(listed: Any) -> None:
    with pytest.raises(call_errors.UnreadableAnswer):
        _session(GONE, json_answer(listed)).connection()


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"detail": "x"},
        {"id": "c-2"},
        {"id": 7},
        {"id": "c-1", "disabled": "yes"},
        {"id": "c-1", "disabled": "on"},
        {"id": "c-1", "disabled": 1},
        {"id": "c-1", "disabled": []},
    ],
)
def test_connection_is_neither_well_nor_broken_when_the_answer_is_odd(document: Any) -> None:
    with pytest.raises(call_errors.UnreadableAnswer):
        _session(json_answer(document)).connection()


@pytest.mark.parametrize(("disabled", "expected"), [(True, True), (False, False), (None, False)])
def test_connection_is_as_its_own_answer_says(disabled: bool | None, expected: bool) -> None:
    answer = json_answer({"id": "c-1", "disabled": disabled})
    assert _session(answer).connection().is_disabled is expected
