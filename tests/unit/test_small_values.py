"""Secrets, account numbers, pending reads and errors: small values with one duty each."""

from datetime import timedelta

import pytest

from freshet.domain import call_errors
from freshet.domain.account import masked_number
from freshet.domain.credential import Credential, Secret
from freshet.domain.dead_letters import DeadLetter
from freshet.domain.pending_reads import PendingRead, ReadSubject, pending_read_of
from freshet.domain.provider import Provider
from freshet.domain.webhooks import WebhookEffect
from freshet.registry import TRAITS
from tests.builders import EVERYTHING, NOON, an_answer, an_event, refreshed


def test_secret_does_not_show_when_it_is_printed() -> None:
    secret = Secret("s3cr3t-value")
    shown = f"{secret} {secret!r} {Credential('user', secret)}"
    assert "s3cr3t-value" not in shown
    assert secret.reveal() == "s3cr3t-value"


def test_dead_letter_does_not_show_what_was_sent_when_it_is_printed() -> None:
    letter = DeadLetter(
        id="m-1",
        receipt="receipt-1",
        body="body-1",
        group="connection-1",
        attributes={"kind": {"StringValue": "attribute-1"}},
    )
    shown = f"{letter} {letter!r}"
    assert "m-1" in shown
    assert all(each not in shown for each in ("receipt-1", "body-1", "attribute-1"))


def test_secrets_compare_by_value_when_a_rotation_is_looked_for() -> None:
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1


def test_secret_cannot_exist_when_it_is_empty() -> None:
    with pytest.raises(ValueError, match="empty"):
        Secret("")


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("123458443", "****8443"),
        ("****8443", "****8443"),
        ("12345", "****2345"),
        ("8443", "****"),
        ("1", "****"),
        ("", None),
        (None, None),
    ],
)
def test_account_number_keeps_four_characters_when_shown(
    number: str | None, shown: str | None
) -> None:
    assert masked_number(number) == shown


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, refreshed("account-1")),
        ({"closes_refresh": False}, PendingRead(ReadSubject.HOLDINGS, "account-1")),
        ({"provider_account_id": None}, EVERYTHING),
        ({"effect": WebhookEffect.CONNECTION_READ}, EVERYTHING),
        (
            {"effect": WebhookEffect.TRANSACTIONS_READ},
            PendingRead(ReadSubject.TRANSACTIONS, "account-1"),
        ),
        ({"effect": WebhookEffect.HISTORY_READ}, PendingRead(ReadSubject.HISTORY, "account-1")),
        (
            {"effect": WebhookEffect.HISTORY_READ, "provider_account_id": None},
            PendingRead(ReadSubject.HISTORY),
        ),
        ({"effect": WebhookEffect.NOTHING}, None),
        ({"provider_connection_id": None}, None),
    ],
)
def test_event_leaves_a_read_pending_when_it_calls_for_a_read(
    changes: dict[str, object], expected: PendingRead | None
) -> None:
    assert pending_read_of(an_event(**changes)) == expected


@pytest.mark.parametrize("provider", Provider)
def test_fence_outlasts_the_longest_call_when_a_caller_goes_silent(provider: Provider) -> None:
    assert TRAITS[provider].fence() > TRAITS[provider].call_limit


def test_retry_waits_as_long_as_asked_when_the_provider_says_so() -> None:
    asked = call_errors.RateLimited(an_answer(), wait=timedelta(seconds=7))
    assert asked.retry_at(NOON) == NOON + timedelta(seconds=7)
    assert call_errors.RateLimited(an_answer()).retry_at(NOON) == NOON + timedelta(minutes=1)
    assert call_errors.CallFailed().retry_at(NOON) == NOON + timedelta(minutes=1)


@pytest.mark.parametrize(("ahead", "waits"), [(-5, 0), (0, 0), (5, 5)])
def test_quota_is_never_free_in_the_past_when_asked_again(ahead: int, waits: int) -> None:
    error = call_errors.QuotaExhausted(NOON + timedelta(seconds=ahead))
    assert error.retry_at(NOON) == NOON + timedelta(seconds=waits)
