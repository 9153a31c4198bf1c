"""A provider that wants one connection left alone: for as long as it says, and no other one."""

from datetime import timedelta

import pytest

from freshet.domain import call_errors
from freshet.domain.errors import ConnectionNeedsUser, RefreshTooSoon
from freshet.domain.refresh import RefreshStatus
from tests.builders import NOON, USER, an_answer
from tests.unit.crowd import add_connection, connection_id
from tests.unit.stage import Stage

ASKED = an_answer(operation="refresh")
MINUTES = timedelta(minutes=1)


def _refused(stage: Stage, error: call_errors.ProviderError) -> None:
    stage.provider.refresh_failures = [error]
    assert stage.press().refresh.status is RefreshStatus.REFUSED


@pytest.mark.parametrize("kind", [call_errors.ProviderThrottled, call_errors.SubjectLimited])
@pytest.mark.parametrize("seconds", [240, 7200])
def test_purchase_waits_as_long_as_the_provider_says(
    kind: type[call_errors.ProviderError], seconds: int
) -> None:
    stage = Stage()
    _refused(stage, kind(ASKED, wait=timedelta(seconds=seconds)))
    stage.later(seconds=seconds - 1)
    with pytest.raises(RefreshTooSoon) as early:
        stage.press()
    assert early.value.retry_at == NOON + timedelta(seconds=seconds)
    stage.later(seconds=2)
    assert stage.press("again").refresh.status is RefreshStatus.ACCEPTED


def test_purchase_waits_a_cooldown_when_the_provider_does_not_say_how_long() -> None:
    stage = Stage()
    _refused(stage, call_errors.ProviderThrottled(ASKED))
    with pytest.raises(RefreshTooSoon) as early:
        stage.press()
    assert early.value.retry_at == NOON + stage.policy.cooldown


def test_other_connections_are_bought_when_one_is_limited() -> None:
    stage = Stage()
    _refused(stage, call_errors.SubjectLimited(ASKED, wait=4 * MINUTES))
    add_connection(stage, 2, user_id=USER)
    bought = stage.press(connection_id=connection_id(2))
    assert bought.refresh.status is RefreshStatus.ACCEPTED


def test_broken_link_is_looked_at_when_its_user_presses() -> None:
    stage = Stage()
    stage.provider.read_failures = {"connection": call_errors.LoginRequired(ASKED)}
    stage.read()
    stage.provider.read_failures = {}
    for _ in range(3):  # one look is enough, and none follows another within a minute
        with pytest.raises(ConnectionNeedsUser):
            stage.press()
    assert stage.reads.commands == []
    stage.later(minutes=2)
    with pytest.raises(ConnectionNeedsUser):
        stage.press()
    stage.drain()
    assert stage.connection.link.status == "active"
