"""The buyer's worker: business never fails a message, trouble of ours does."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from freshet.domain import errors
from freshet.domain.cadence import Cadence
from freshet.domain.connection_status import ConnectionStatus
from tests.builders import CONNECTION_ID, NOON, USER, a_refresh_command, changed
from tests.unit.stage import Stage

DAILY = Cadence(refresh_every=timedelta(hours=24))
TOMORROW = NOON + timedelta(hours=24)


def _cooling(stage: Stage) -> None:
    cooling = changed(stage.connection, last_purchase_at=NOON)
    stage.connections.rows[USER, CONNECTION_ID] = cooling


def _used_up(stage: Stage) -> None:
    stage.refreshes.calls[f"user {USER}", "2026-11-20"] = 20


def _failing(error: Exception) -> Callable[[Stage], None]:
    return lambda stage: setattr(stage.providers, "failure", error)


@pytest.mark.parametrize(
    ("arrange", "reason", "next_try"),
    [
        (_cooling, "cooldown", NOON + timedelta(minutes=15)),
        (_used_up, "budget_exhausted", NOON + timedelta(hours=12)),
        (_failing(errors.ProviderNotConfigured("x")), "provider_not_configured", TOMORROW),
        (_failing(errors.CredentialMissing("x")), "credential_missing", TOMORROW),
        (lambda stage: setattr(stage.refreshes, "stopped", True), None, TOMORROW),
    ],
)
def test_reason_and_next_try_are_on_record_when_the_command_is_refused(
    arrange: Callable[[Stage], object], reason: str | None, next_try: object
) -> None:
    stage = Stage(cadence=DAILY, next_refresh_at=NOON)
    arrange(stage)
    stage.work()
    assert stage.connection.purchases.last_refusal == reason or reason is None
    assert stage.connection.purchases.last_refusal is not None
    assert stage.connection.purchases.next_refresh_at == next_try
    assert stage.provider.billed == 0


def test_connection_needs_its_user_when_its_credential_is_gone() -> None:
    stage = Stage()
    stage.providers.failure = errors.CredentialMissing("x")
    stage.work()
    assert stage.connection.link.status is ConnectionStatus.NEEDS_USER
    assert stage.connection.link.status_reason == "credential_missing"
    assert stage.connection.due_at is None


def test_only_the_reason_is_noted_when_nobody_buys_on_a_schedule() -> None:
    stage = Stage()
    _cooling(stage)
    stage.work()
    assert (
        stage.connection.purchases.last_refusal,
        stage.connection.purchases.next_refresh_at,
    ) == (
        "cooldown",
        None,
    )


def test_message_ends_when_its_connection_was_removed() -> None:
    stage = Stage()
    stage.connections.rows.clear()
    stage.work()
    assert stage.provider.billed == 0


def test_message_comes_again_when_the_trouble_is_ours() -> None:
    stage = Stage()
    stage.providers.failure = errors.SecretUnavailable("keys")
    with pytest.raises(errors.SecretUnavailable):
        stage.work()
    stage.providers.failure = None
    stage.work()
    assert stage.provider.billed == 1


def test_command_is_worked_once_when_it_is_delivered_twice() -> None:
    stage = Stage()
    stage.work(a_refresh_command())
    stage.work(a_refresh_command())
    assert stage.provider.billed == 1
