"""What calls teach the limiter: whose fault a failure is, and how long to stay away."""

from datetime import timedelta

import pytest

from freshet.adapters.rate_guard import Circuit, QuotaLease, RateGuard
from freshet.domain import call_errors
from freshet.domain.call_errors import ProviderAnswer, ProviderError
from tests.builders import NOON
from tests.fakes import FakeClock
from tests.integration.bench import FakeQuota

ASKED = ProviderAnswer(provider="snaptrade", operation="positions")
OWN = [
    call_errors.ProviderFailed,
    call_errors.AnswerLost,
    call_errors.NotReached,
    call_errors.UnreadableAnswer,
]
OTHERS = [
    call_errors.ProviderUnavailable,
    call_errors.LoginRequired,
    call_errors.MissingUpstream,
    call_errors.ProviderThrottled,
]
FIVE = ["user-1", "user-2", "user-3", "user-1", "user-2"]


class Door:
    """A gate, what it was told, and what it did to the quota."""

    def __init__(self) -> None:
        self.quota = FakeQuota()
        self.clock = FakeClock(NOON)
        self.rate_guard = RateGuard(self.quota, Circuit(), self.clock)

    def fail(self, kind: type[ProviderError], *subjects: str) -> None:
        for subject in subjects:
            self.rate_guard.learn(subject, kind(ASKED))

    def blocked_for(self) -> list[float]:
        return [(until - NOON).total_seconds() for until, _ in self.quota.blocks]


@pytest.mark.parametrize("kind", OWN)
def test_provider_is_left_alone_when_it_fails_user_after_user(kind: type[ProviderError]) -> None:
    door = Door()
    door.fail(kind, *FIVE[:4])
    assert door.quota.blocks == []
    door.fail(kind, FIVE[4])
    assert door.quota.blocks == [(NOON + timedelta(seconds=30), True)]


@pytest.mark.parametrize("kind", OTHERS)
def test_provider_is_not_blamed_when_a_broker_a_user_or_we_are_at_fault(
    kind: type[ProviderError],
) -> None:
    door = Door()
    door.fail(kind, *FIVE, *FIVE)
    assert door.quota.blocks == []


def test_provider_is_not_blamed_when_it_fails_the_same_two_users_only() -> None:
    door = Door()
    door.fail(call_errors.ProviderFailed, *["user-1", "user-2"] * 10)
    assert door.quota.blocks == []


@pytest.mark.parametrize("answer", [None, *OTHERS])
def test_count_starts_anew_when_the_provider_answers_in_between(
    answer: type[ProviderError] | None,
) -> None:
    door = Door()
    door.fail(call_errors.ProviderFailed, *FIVE[:4])
    door.rate_guard.learn("user-9", answer(ASKED) if answer else None)
    door.fail(call_errors.ProviderFailed, *FIVE[:4])
    assert door.quota.blocks == []


def test_pause_grows_when_trials_fail_and_starts_small_when_one_succeeded() -> None:
    door = Door()
    door.fail(call_errors.AnswerLost, *FIVE, *FIVE)
    assert door.blocked_for() == [30, 60, 120, 300, 300, 300]
    door.rate_guard.learn("user-1")
    door.quota.blocks.clear()
    door.fail(call_errors.AnswerLost, *FIVE)
    assert door.blocked_for() == [30]


@pytest.mark.parametrize(("wait", "seconds"), [(None, 60), (timedelta(seconds=7), 7)])
def test_everybody_waits_when_the_provider_says_that_our_key_is_used_up(
    wait: timedelta | None, seconds: float
) -> None:
    door = Door()
    door.rate_guard.learn("user-1", call_errors.RateLimited(ASKED, wait=wait))
    assert door.quota.blocks == [(NOON + timedelta(seconds=seconds), False)]


def test_nobody_else_waits_when_one_items_limit_is_used_up() -> None:
    door = Door()
    door.fail(call_errors.SubjectLimited, "item-1", "item-1", "item-1", "item-1", "item-1")
    assert door.quota.blocks == []


def test_everybody_waits_when_item_after_item_is_told_to() -> None:
    door = Door()
    door.fail(call_errors.SubjectLimited, *FIVE)
    assert door.quota.blocks == [(NOON + timedelta(seconds=30), False)]


@pytest.mark.parametrize(
    ("expected", "calls", "takes"),
    [
        (0, 3, [1, 1, 1]),
        (3, 3, [3]),
        (6, 6, [6]),
        (16, 16, [7, 7, 2]),
        (2, 4, [2, 1, 1]),
        (6, 2, [6]),
    ],
)
def test_tokens_are_taken_together_when_a_read_is_expected_to_need_them(
    expected: int, calls: int, takes: list[int]
) -> None:
    quota = FakeQuota(most_at_once=7)
    quota_lease = QuotaLease(quota, expected=expected)
    for _ in range(calls):
        quota_lease.take(1)
    assert (quota.takes, quota_lease.taken) == (takes, calls)


def test_nothing_is_counted_as_taken_when_there_was_none() -> None:
    quota = FakeQuota(failure=call_errors.QuotaExhausted(NOON))
    quota_lease = QuotaLease(quota, expected=6)
    with pytest.raises(call_errors.QuotaExhausted):
        quota_lease.take(1)
    assert quota_lease.taken == 0
    quota.failure = None
    quota_lease.take(1)
    assert quota.takes == [6]


def test_whole_key_is_blocked_when_a_read_learns_of_a_limit() -> None:
    quota = FakeQuota()
    rate_guard = RateGuard(QuotaLease(quota), Circuit(), FakeClock(NOON))
    rate_guard.pause(timedelta(seconds=9))
    rate_guard.pause(None)
    assert quota.blocks == [(NOON + timedelta(seconds=9), False)]


@pytest.mark.parametrize("is_awaited", [True, False])
def test_tokens_come_from_the_patient_quota_when_somebody_waits(is_awaited: bool) -> None:
    usual, eager = FakeQuota(), FakeQuota()
    QuotaLease(usual, eager, expected=2, is_awaited=is_awaited).take(1)
    assert (eager.takes, usual.takes) == (([2], []) if is_awaited else ([], [2]))
