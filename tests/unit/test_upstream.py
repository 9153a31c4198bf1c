"""What an answer means for something that is to be removed at its provider."""

from datetime import timedelta

import pytest

from freshet.domain import call_errors
from freshet.domain.erasure import CONFIRMED_WITHIN, TROUBLE_LASTS, Upstream
from freshet.domain.errors import (
    CredentialMissing,
    FreshetError,
    ProviderNotConfigured,
    SecretUnavailable,
)
from tests.builders import NOON, an_answer

YES = an_answer(status=200, code=None)
SECOND = timedelta(seconds=1)
Outcome = call_errors.ProviderAnswer | FreshetError


def _after(
    outcome: Outcome, *, before: Upstream | None = None, at_once: bool = False, ago: timedelta
) -> Upstream:
    return (before or Upstream()).after(
        outcome, is_done_at_once=at_once, requested_at=NOON - ago, now=NOON
    )


@pytest.mark.parametrize(
    ("outcome", "status", "reason"),
    [
        (YES, "asked", None),
        (call_errors.MissingUpstream(YES), "removed", None),
        (call_errors.AccessRevoked(YES), "removed", None),
        (call_errors.LoginRequired(YES), "not_removed", "login_required"),
        (CredentialMissing("x"), "not_removed", "credential_missing"),
        (ProviderNotConfigured("x"), "not_removed", "provider_not_configured"),
        (call_errors.AnswerLost(YES), "pending", "provider_answer_lost"),
        (call_errors.ProviderRejectedUs(YES), "pending", "provider_rejected_us"),
        (call_errors.QuotaExhausted(NOON), "pending", "quota_exhausted"),
        (SecretUnavailable("x"), "pending", "secret_unavailable"),
    ],
)
def test_status_follows_the_outcome_when_the_provider_was_asked(
    outcome: Outcome, status: str, reason: str | None
) -> None:
    after = _after(outcome, ago=SECOND)
    assert (after.status, after.reason, after.attempts) == (status, reason, 1)
    assert (after.removed_at == NOON) is (status == "removed")


def test_yes_is_the_end_when_the_provider_removes_at_once() -> None:
    assert _after(YES, at_once=True, ago=SECOND).status == "removed"


@pytest.mark.parametrize(
    ("ago", "status"), [(CONFIRMED_WITHIN - SECOND, "asked"), (CONFIRMED_WITHIN, "unconfirmed")]
)
def test_nobody_waits_for_ever_when_the_provider_never_confirms(
    ago: timedelta, status: str
) -> None:
    asked = Upstream(asked_at=NOON - ago, attempts=9)
    assert _after(YES, before=asked, ago=ago).status == status


@pytest.mark.parametrize(
    ("ago", "status"), [(TROUBLE_LASTS - SECOND, "pending"), (TROUBLE_LASTS, "not_removed")]
)
def test_nobody_waits_for_ever_when_the_provider_never_answers(ago: timedelta, status: str) -> None:
    after = _after(call_errors.NotReached(YES), ago=ago)
    assert (after.status, after.reason) == (status, "provider_not_reached")


def test_waits_grow_to_half_a_day_when_nothing_comes_of_it() -> None:
    minutes = [
        (Upstream(attempts=number).next_try(now=NOON) - NOON) // timedelta(minutes=1)
        for number in range(9)
    ]
    assert minutes == [1, 1, 5, 15, 60, 240, 720, 720, 720]
