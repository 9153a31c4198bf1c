"""Rotation: what the provider replaced is kept, or its connections wait for their user."""

from datetime import timedelta

import pytest

from freshet.domain import call_errors
from freshet.domain.call_errors import ProviderAnswer
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.errors import CredentialMissing, NotFound, UserBusy
from freshet.domain.read_schedule import READ_LEASE
from freshet.services.rotate_credential import Rotation
from tests.builders import CONNECTION_ID, NOON, USER, changed
from tests.unit.rotation_stage import NAME, OLD, RotationStage

ACTIVE, NEEDS_USER = ConnectionStatus.ACTIVE, ConnectionStatus.NEEDS_USER
ANSWER = ProviderAnswer(provider="snaptrade", operation="reset_secret")
UNSURE = [
    call_errors.AnswerLost(ANSWER),
    call_errors.UnreadableAnswer(ANSWER),
    call_errors.ProviderFailed(ANSWER),
    call_errors.ProviderUnavailable(ANSWER),
]
SURE = [
    call_errors.NotReached(ANSWER),
    call_errors.RateLimited(ANSWER),
    call_errors.ProviderRejectedUs(ANSWER),
    call_errors.LoginRequired(ANSWER),
    call_errors.QuotaExhausted(NOON),
]


def _name(failure: Exception) -> str:
    return type(failure).__name__


each_unsure = pytest.mark.parametrize("failure", UNSURE, ids=_name)
each_sure = pytest.mark.parametrize("failure", SURE, ids=_name)


def test_new_credential_is_kept_and_the_connections_are_read_later() -> None:
    stage = RotationStage()
    assert stage.rotate() is Rotation.ROTATED
    assert stage.is_consistent()
    assert stage.vault.find(USER, NAME) != OLD
    commands = stage.stage.reads.drain()
    assert {each.connection_id for each in commands} == {CONNECTION_ID, stage.other}
    # Later than any reader that was at work with the old one.
    assert {each.delay for each in commands} == {READ_LEASE}
    assert stage.statuses() == [ACTIVE] * 3


@each_sure
def test_nothing_is_changed_when_the_provider_surely_did_nothing(
    failure: call_errors.CallFailed,
) -> None:
    stage = RotationStage()
    stage.lose_answer(failure, does_work=False)
    with pytest.raises(type(failure)):
        stage.rotate()
    assert (stage.provider.calls, stage.is_consistent()) == (1, True)
    assert stage.statuses() == [ACTIVE] * 3


@each_unsure
def test_second_call_rotates_when_the_first_did_nothing(failure: call_errors.CallFailed) -> None:
    stage = RotationStage()
    stage.lose_answer(failure, does_work=False)
    assert stage.rotate() is Rotation.ROTATED
    assert (stage.provider.calls, stage.is_consistent()) == (2, True)


@each_unsure
def test_connections_wait_for_their_user_when_the_new_credential_is_lost(
    failure: call_errors.CallFailed,
) -> None:
    stage = RotationStage()
    stage.lose_answer(failure, does_work=True)
    assert stage.rotate() is Rotation.LOST
    assert stage.statuses() == [NEEDS_USER, NEEDS_USER, ACTIVE]
    assert stage.stage.connection.link.status_reason == "credential_lost"
    assert stage.stage.connection.due_at is None
    assert stage.stage.bus.kinds() == ["ConnectionNeedsUser"] * 2
    # Whoever links anew finds none, and registers a new user.
    with pytest.raises(CredentialMissing):
        stage.vault.find(USER, NAME)


@pytest.mark.parametrize("second", [*UNSURE, call_errors.ProviderDown(NOON)], ids=_name)
@pytest.mark.parametrize("does_work", [True, False])
def test_next_event_decides_when_both_answers_are_lost(
    second: call_errors.CallFailed, does_work: bool
) -> None:
    stage = RotationStage()
    stage.provider.failures = [(UNSURE[0], False), (second, does_work)]
    assert stage.rotate() is Rotation.UNKNOWN
    assert stage.statuses() == [ACTIVE] * 3
    assert len(stage.stage.reads.drain()) == 2
    assert stage.rotate() is (Rotation.LOST if does_work else Rotation.ROTATED)


def test_provider_is_not_asked_again_when_too_little_time_is_left() -> None:
    stage = RotationStage()
    stage.lose_answer(UNSURE[0], does_work=True, takes=timedelta(seconds=10))
    assert stage.rotate() is Rotation.UNKNOWN
    assert stage.provider.calls == 1


@pytest.mark.parametrize("failures", [1, 2])
def test_vault_is_tried_again_when_it_fails(failures: int) -> None:
    stage = RotationStage()
    stage.vault.failures = failures
    assert stage.rotate() is Rotation.ROTATED
    assert stage.is_consistent()


def test_rotation_counts_when_only_the_vaults_answers_are_lost() -> None:
    stage = RotationStage()
    stage.vault.failures, stage.vault.does_work = 3, True
    assert stage.rotate() is Rotation.ROTATED
    assert stage.is_consistent()


@pytest.mark.parametrize("failures", [3, 4])
def test_connections_wait_for_their_user_when_the_vault_takes_nothing(failures: int) -> None:
    stage = RotationStage()
    stage.vault.failures = failures
    assert stage.rotate() is Rotation.LOST
    assert stage.statuses() == [NEEDS_USER, NEEDS_USER, ACTIVE]
    if failures == 4:  # even forgetting failed: trying again does it
        assert stage.vault.find(USER, NAME) == OLD
        assert stage.rotate() is Rotation.LOST
    with pytest.raises(CredentialMissing):
        stage.vault.find(USER, NAME)


def test_credential_that_was_void_before_is_lost() -> None:
    """So ends a rotation that died between provider and vault."""
    stage = RotationStage()
    stage.provider.replace(stage.stage.connection.provider, OLD)
    assert stage.rotate() is Rotation.LOST
    assert stage.statuses() == [NEEDS_USER, NEEDS_USER, ACTIVE]


def test_provider_is_not_asked_when_somebody_else_writes_the_user() -> None:
    stage = RotationStage()
    with stage.lease.of_another().hold(USER), pytest.raises(UserBusy):
        stage.rotate()
    assert stage.provider.calls == 0


def test_rotation_holds_the_lease_while_the_provider_works() -> None:
    stage = RotationStage()

    def look() -> None:
        with pytest.raises(UserBusy), stage.lease.of_another().hold(USER):
            raise AssertionError("two at once")

    stage.provider.before_answering = look
    assert stage.rotate() is Rotation.ROTATED


def test_there_is_nothing_to_rotate_when_no_credential_is_there() -> None:
    stage = RotationStage()
    stage.vault.forget_user(USER)
    with pytest.raises(CredentialMissing):
        stage.rotate()
    assert stage.provider.calls == 0


@pytest.mark.parametrize("status", [ConnectionStatus.REMOVING, ConnectionStatus.REMOVED])
def test_connection_is_not_found_when_it_is_going_or_another_users(
    status: ConnectionStatus,
) -> None:
    stage = RotationStage()
    rows = stage.stage.connections.rows
    rows[USER, CONNECTION_ID] = changed(rows[USER, CONNECTION_ID], status=status)
    with pytest.raises(NotFound):
        stage.rotate()
    rows["user-2", CONNECTION_ID] = rows.pop((USER, CONNECTION_ID))
    with pytest.raises(NotFound):
        stage.rotate()
    assert stage.provider.calls == 0
