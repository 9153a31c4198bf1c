"""The refresh machine: a row for every status and event."""

from collections.abc import Callable
from datetime import timedelta
from inspect import getmembers, isfunction
from typing import Any

import pytest

from freshet.domain import refresh as machine
from freshet.domain.call_errors import (
    ERRORS_BY_REASON,
    AnswerLost,
    NotReached,
    ProviderThrottled,
    QuotaExhausted,
)
from freshet.domain.money import Money
from freshet.domain.refresh import (
    CHECKS_AFTER,
    MOST_ATTEMPTS,
    PATIENCE,
    TERMINAL,
    AccountProgress,
    IllegalTransition,
    Refresh,
    RefreshStatus,
    accept,
    after_error,
    give_up,
    lose_answer,
    note_proof,
    pass_check,
    put_back,
    refuse,
    start_call,
)
from tests.builders import FENCE, NOON, a_refresh, an_answer
from tests.unit.refresh_failures import JUDGED_AS

ANSWER = an_answer(status=200, code=None)
LATER = NOON + timedelta(minutes=1)
SECOND = timedelta(seconds=1)
PROOF = {"acc_1": AccountProgress.DONE}
TRIED = {"acc_1": AccountProgress.REPORTED}
GONE = {"acc_1": AccountProgress.GONE}


def _failing(reason: str) -> Callable[[Refresh], Refresh]:
    kind: Any = ERRORS_BY_REASON[reason]
    failure = kind(LATER) if issubclass(kind, QuotaExhausted) else kind(ANSWER)
    return lambda each: after_error(each, failure, may_wait=True, now=LATER)


EVENTS: dict[str, Callable[[Refresh], Refresh]] = {
    "call starts": lambda each: start_call(each, accounts=("acc_1",), fence=FENCE, now=LATER),
    "accepted": lambda each: accept(each, ANSWER, now=LATER),
    "answer lost": lambda each: lose_answer(each, "caller_died", now=LATER),
    "put back": lambda each: put_back(each, "provider_not_reached"),
    "given up": lambda each: give_up(each, "connection_removed", now=LATER),
    "refused": lambda each: refuse(each, "login_required", answer=None, now=LATER),
    "proof": lambda each: note_proof(each, PROOF, now=LATER),
    "provider tried": lambda each: note_proof(each, TRIED, now=LATER),
    "accounts vanished": lambda each: note_proof(each, GONE, now=LATER),
    "check passed": lambda each: pass_check(each, now=LATER),
    "last check passed": lambda each: pass_check(_at_last_check(each), now=LATER),
}
# Every way in which a call can fail, while there is time for another try.
EVENTS |= {f"failed: {reason}": _failing(reason) for reason in sorted(ERRORS_BY_REASON)}
_SAME = dict.fromkeys(RefreshStatus, "same")
_NEVER = dict.fromkeys(RefreshStatus, "illegal")
# What follows where it is neither nothing nor illegal.
TABLE: dict[str, dict[RefreshStatus, str]] = {
    "call starts": _NEVER | {RefreshStatus.RESERVED: "calling"},
    "accepted": _NEVER | {RefreshStatus.CALLING: "accepted", RefreshStatus.UNKNOWN: "accepted"},
    "answer lost": _NEVER
    | {
        RefreshStatus.CALLING: "unknown",
        RefreshStatus.UNKNOWN: "same",
        RefreshStatus.ACCEPTED: "same",
    },
    "put back": _NEVER | {RefreshStatus.CALLING: "reserved", RefreshStatus.UNKNOWN: "reserved"},
    "given up": _NEVER | {RefreshStatus.ACCEPTED: "timed_out", RefreshStatus.UNKNOWN: "timed_out"},
    "refused": _NEVER
    | {
        RefreshStatus.CALLING: "refused",
        RefreshStatus.UNKNOWN: "refused",
        RefreshStatus.RESERVED: "refused",
    },
    "proof": _SAME | {RefreshStatus.ACCEPTED: "complete", RefreshStatus.UNKNOWN: "complete"},
    "provider tried": _SAME,
    "accounts vanished": _SAME
    | {RefreshStatus.ACCEPTED: "no_change", RefreshStatus.UNKNOWN: "no_change"},
    "check passed": _SAME,
    "last check passed": _SAME
    | {RefreshStatus.ACCEPTED: "timed_out", RefreshStatus.UNKNOWN: "timed_out"},
}
TABLE |= {f"failed: {reason}": TABLE[event] for reason, event in JUDGED_AS.items()}


def _in(status: RefreshStatus) -> Refresh:
    return a_refresh(
        status=status,
        attempt=1,
        started_at=NOON,
        next_check_at=LATER,
        accounts={"acc_1": AccountProgress.WAITING},
    )


def _at_last_check(refresh: Refresh) -> Refresh:
    return a_refresh(
        status=refresh.status,
        started_at=NOON,
        next_check_at=LATER,
        checks_done=len(CHECKS_AFTER) - 1,
        accounts=refresh.accounts,
    )


def test_every_event_has_a_row_for_every_status_when_one_is_added() -> None:
    assert TABLE.keys() == EVENTS.keys()
    assert all(row.keys() == set(RefreshStatus) for row in TABLE.values())


def test_every_step_of_the_machine_is_an_event_when_one_is_added() -> None:
    steps = {
        name
        for name, step in getmembers(machine, isfunction)
        if step.__module__ == machine.__name__ and not name.startswith("_")
    }
    assert steps == {
        *("start_call", "accept", "lose_answer", "put_back", "refuse", "after_error"),
        *("note_proof", "pass_check", "give_up"),
    }


@pytest.mark.parametrize("status", RefreshStatus)
@pytest.mark.parametrize("event", EVENTS)
def test_status_follows_the_table_when_an_event_comes(event: str, status: RefreshStatus) -> None:
    expected = TABLE[event][status]
    if expected == "illegal":
        with pytest.raises(IllegalTransition):
            EVENTS[event](_in(status))
        return
    after = EVENTS[event](_in(status))
    assert after.status == (status if expected == "same" else expected)
    assert (after.finished_at == LATER) is (after.is_terminal and expected != "same")


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("status", sorted(TERMINAL))
def test_ended_refresh_stays_as_it_ended_when_anything_comes(
    event: str, status: RefreshStatus
) -> None:
    assert TABLE[event][status] in {"same", "illegal"}


def test_call_is_fenced_on_record_when_it_starts() -> None:
    calling = start_call(
        a_refresh(status=RefreshStatus.RESERVED), accounts=("a", "b"), fence=FENCE, now=NOON
    )
    assert (calling.attempt, calling.started_at, calling.reason) == (1, NOON, None)
    assert calling.accounts == dict.fromkeys(("a", "b"), AccountProgress.WAITING)
    fence = calling.calling_until
    assert fence is not None
    assert calling.is_fenced(now=fence - timedelta(microseconds=1))
    assert not calling.is_fenced(now=fence)
    assert not put_back(calling, "again").is_fenced(now=NOON)


def test_money_goes_back_when_the_refresh_is_refused() -> None:
    refused = refuse(_in(RefreshStatus.CALLING), "no", answer=ANSWER, now=LATER)
    assert refused.cost == Money(refused.reserved.amount * 0, "USD")
    assert refused.reserved == a_refresh().reserved
    assert (refused.reason, refused.answer, refused.next_check_at) == ("no", ANSWER, None)


@pytest.mark.parametrize(
    ("error", "attempt", "may_wait", "expected"),
    [
        (NotReached(ANSWER), 1, True, RefreshStatus.RESERVED),
        (NotReached(ANSWER), MOST_ATTEMPTS - 1, True, RefreshStatus.RESERVED),
        (NotReached(ANSWER), MOST_ATTEMPTS, True, RefreshStatus.REFUSED),
        (NotReached(ANSWER), 1, False, RefreshStatus.REFUSED),
        (NotReached(ANSWER, wait=PATIENCE), 1, True, RefreshStatus.RESERVED),
        (NotReached(ANSWER, wait=PATIENCE + SECOND), 1, True, RefreshStatus.REFUSED),
        (ProviderThrottled(ANSWER), 1, True, RefreshStatus.REFUSED),
        (AnswerLost(ANSWER), 1, True, RefreshStatus.UNKNOWN),
        (AnswerLost(ANSWER), MOST_ATTEMPTS, False, RefreshStatus.UNKNOWN),
    ],
)
def test_failed_call_is_judged_by_what_it_may_have_cost_when_it_fails(
    error: NotReached, attempt: int, may_wait: bool, expected: RefreshStatus
) -> None:
    calling = a_refresh(status=RefreshStatus.CALLING, attempt=attempt, started_at=NOON)
    assert after_error(calling, error, may_wait=may_wait, now=LATER).status is expected
