"""Hours of wrong and of true verdicts over hundreds of connections, minute by minute."""

from collections.abc import Callable
from copy import replace
from datetime import timedelta

import pytest

from freshet.domain.call_errors import (
    AccessRevoked,
    CallFailed,
    LoginRequired,
    MissingUpstream,
    ProviderError,
    ProviderFailed,
    ProviderUnavailable,
    QuotaExhausted,
    RefusedUnclearly,
)
from freshet.domain.commands import ReadCommand
from freshet.domain.connection import Connection
from freshet.domain.connection_report import Institution
from freshet.domain.connection_status import BROKEN, ConnectionStatus
from freshet.domain.errors import ConnectionInDoubt
from freshet.domain.purchase_checks import check_again
from freshet.domain.schedule import TurnCapacity
from freshet.domain.webhooks import StatusHint, WebhookEffect
from freshet.services.decide_verdict import DecideVerdictDependencies, decide_verdict
from freshet.services.plan_turn import plan_turn
from freshet.services.take_snapshots import take_snapshots
from tests.builders import NOON, a_report, an_answer, an_event
from tests.depth import many
from tests.fakes import FakeProvider
from tests.unit.crowd import add_connection, all_connections, connection_id, planning_at
from tests.unit.stage import Stage

MINUTE = timedelta(minutes=1)
PACE = TurnCapacity(calls_per_minute=250, purchases_per_minute=250)
type Failing = Callable[[Connection], ProviderError | None]


class Crowd:
    """Connections of a user each, due over some hours, at a few institutions; one clock."""

    def __init__(self, size: int, *, institutions: int = 4, hours: int = 24) -> None:
        self.stage = Stage()
        self.stage.connections.rows.clear()
        for number in range(size):
            place = Institution(f"broker-{number % institutions}", None)
            due_at = NOON + timedelta(hours=hours) * number / size
            add_connection(self.stage, number, due_at=due_at, institution=place)

    def provider(self, connection: Connection) -> FakeProvider:
        return self.stage.providers.by_connection[connection.link.provider_connection_id]

    def let(self, failing: Failing) -> None:
        """Have each connection's provider fail, or work, from now on."""
        for each in all_connections(self.stage):
            failure = failing(each)
            provider = self.provider(each)
            institution = each.link.institution
            provider.report = a_report(institution=institution)
            provider.read_failures = {} if failure is None else {"connection": failure}

    def run(self, *, minutes: int) -> None:
        for _ in range(minutes):
            plan_turn(deps=planning_at(self.stage, PACE))
            for command in self.stage.reads.drain():
                self._read(command)
            self.stage.later(minutes=1)

    def _read(self, command: ReadCommand) -> None:
        connection = self.stage.connections.get(command.user_id, command.connection_id)
        self.stage.verdicts.begin_read(connection, now=self.stage.clock())
        take_snapshots(command, deps=self.stage.reading)

    def count(self, *statuses: ConnectionStatus) -> int:
        return sum(each.link.status in statuses for each in all_connections(self.stage))

    def told(self) -> int:
        """Count the users who were told that their link is broken."""
        return sum(event.kind == "ConnectionNeedsUser" for event in self.stage.bus.published)


def _everywhere(kind: type[ProviderError]) -> Failing:
    return lambda _: kind(an_answer())


def _at(place: str, kind: type[ProviderError]) -> Failing:
    return lambda each: kind(an_answer()) if each.link.institution.id == place else None


@pytest.mark.parametrize("kind", [MissingUpstream, LoginRequired, AccessRevoked])
def test_no_connection_is_lost_when_a_provider_speaks_wrongly_for_an_hour(
    kind: type[ProviderError],
) -> None:
    crowd = Crowd(500)
    crowd.let(_everywhere(kind))
    crowd.run(minutes=60)
    # Three users come before a mass can be seen, and the fourth makes it one.
    assert crowd.told() <= 3
    crowd.let(lambda _: None)
    crowd.run(minutes=2 * 60)
    assert crowd.count(*BROKEN, ConnectionStatus.DEGRADED) == 0
    assert crowd.told() <= 3


def test_true_revocation_of_an_institution_is_told_within_six_hours() -> None:
    crowd = Crowd(many(in_gate=100, deep=500), hours=1)
    crowd.let(_at("broker-1", LoginRequired))
    crowd.run(minutes=60)
    held = {each.id for each in _in_doubt(crowd)}
    assert len(held) > crowd.told() > 0
    # Each is held for six hours at most, and the last of them was read an hour ago or less.
    crowd.run(minutes=6 * 60 + 1)
    after = {each.id: each for each in all_connections(crowd.stage)}
    assert all(after[each].link.status in BROKEN for each in held)
    assert _in_doubt(crowd) == []
    assert crowd.count(*BROKEN) == crowd.told() == len(after) // 4


def test_three_users_are_believed_at_once_when_nobody_else_has_trouble() -> None:
    crowd = Crowd(120, institutions=1)
    three = {connection_id(number) for number in range(2, 5)}
    crowd.let(lambda each: LoginRequired(an_answer()) if each.id in three else None)
    crowd.run(minutes=90)
    assert crowd.count(ConnectionStatus.NEEDS_USER) == crowd.told() == 3


def test_nothing_is_bought_while_a_verdict_is_held() -> None:
    crowd = _held()
    (connection, *_) = _in_doubt(crowd)
    with pytest.raises(ConnectionInDoubt) as doubt:
        check_again(connection, is_stopped=False)
    assert doubt.value.retry_at is not None
    assert (connection.link.status, connection.link.status_reason) == ("degraded", "verdict_held")


def test_presser_is_told_of_trouble_when_a_purchase_brings_one_verdict_of_many() -> None:
    crowd = Crowd(5, institutions=1)
    connections = all_connections(crowd.stage)
    failures = []
    for each in connections:
        crowd.provider(each).refresh_failures = [LoginRequired(an_answer())]
        purchase = crowd.stage.press(user_id=each.user_id, connection_id=each.id)
        assert purchase.failure is not None
        failures.append(type(purchase.failure))
    # Three come before a mass can be seen.
    assert failures == [LoginRequired] * 3 + [ProviderUnavailable] * 2
    assert (crowd.count(ConnectionStatus.NEEDS_USER), len(_in_doubt(crowd))) == (3, 2)


@pytest.mark.parametrize("is_confirmed", [True, False])
def test_operator_decides_when_a_verdict_is_held(is_confirmed: bool) -> None:
    crowd = _held()
    (connection, *_) = _in_doubt(crowd)
    stage = crowd.stage
    deps = DecideVerdictDependencies(stage.connections, stage.reads, stage.clock)
    assert decide_verdict(connection.user_id, connection.id, is_confirmed=is_confirmed, deps=deps)
    if not is_confirmed:
        crowd.let(lambda _: None)
    crowd.run(minutes=1)
    after = stage.connections.get(connection.user_id, connection.id)
    assert after.link.status is (
        ConnectionStatus.NEEDS_USER if is_confirmed else ConnectionStatus.ACTIVE
    )
    assert not decide_verdict(
        connection.user_id, connection.id, is_confirmed=is_confirmed, deps=deps
    )


def _held() -> Crowd:
    crowd = Crowd(8, institutions=1, hours=0)
    crowd.let(_everywhere(LoginRequired))
    crowd.run(minutes=1)
    return crowd


def _in_doubt(crowd: Crowd) -> list[Connection]:
    return [each for each in all_connections(crowd.stage) if each.link.suspicion is not None]


def test_signed_deletion_is_believed_at_once_and_never_looked_at_again() -> None:
    stage = Stage()
    stage.read()
    stage.later(hours=1)
    deleted = an_event(
        kind="CONNECTION_DELETED",
        effect=WebhookEffect.CONNECTION_READ,
        status_hint=StatusHint.REMOVED,
        provider_account_id=None,
    )
    stage.hear(deleted)
    stage.provider.read_failures = {"connection": MissingUpstream(an_answer())}
    stage.later(seconds=10)
    stage.drain()
    assert stage.connection.link.status is ConnectionStatus.REVOKED
    assert (stage.connection.link.next_look_at, stage.connection.due_at) == (None, None)


@pytest.mark.parametrize("operation", ["accounts", "account-1"])
def test_unknown_code_is_believed_after_three_days_wherever_it_is_met(operation: str) -> None:
    stage = _reading_hourly(operation, RefusedUnclearly(an_answer()), hours=3 * 24 - 1)
    assert stage.connection.link.status == "degraded"
    _pass_hours(stage, 14)
    assert stage.connection.link.status == "needs_user"


@pytest.mark.parametrize("operation", ["connection", "accounts", "account-1"])
def test_user_is_told_once_wherever_the_verdict_is_met(operation: str) -> None:
    stage = _reading_hourly(operation, LoginRequired(an_answer()), hours=20 * 24)
    told = [event.kind for event in stage.bus.published if event.kind.startswith("Connection")]
    assert told == ["ConnectionNeedsUser"]
    stage.provider.read_failures = {}
    _pass_hours(stage, 8 * 24)
    assert stage.connection.link.status is ConnectionStatus.ACTIVE


@pytest.mark.parametrize("is_broken", [False, True])
@pytest.mark.parametrize(
    "trouble", [ProviderFailed(an_answer()), QuotaExhausted(NOON + timedelta(days=3))]
)
def test_look_steps_back_like_any_other_read_when_it_fails(
    is_broken: bool, trouble: CallFailed
) -> None:
    stage = Stage()
    verdict = LoginRequired if is_broken else MissingUpstream
    stage.provider.read_failures = {"connection": verdict(an_answer())}
    stage.read()
    stage.provider.read_failures = {"connection": trouble}
    planned = 0
    for _ in range(6 * 60):
        stage.later(minutes=1)
        planned += stage.plan()
        stage.drain()
    assert 1 <= planned <= 8


def test_held_verdict_of_a_later_call_takes_as_long_as_any_other() -> None:
    crowd = Crowd(8, institutions=1, hours=0)
    for each in all_connections(crowd.stage):
        crowd.provider(each).read_failures = {"accounts": LoginRequired(an_answer())}
    crowd.run(minutes=1)
    held = len(_in_doubt(crowd))
    assert held > 0
    crowd.run(minutes=45)  # one look has agreed since the mass has passed, a second has not
    assert len(_in_doubt(crowd)) == held
    crowd.run(minutes=6 * 60)
    assert _in_doubt(crowd) == []
    assert crowd.count(*BROKEN) == 8


def _reading_hourly(operation: str, failure: ProviderError, *, hours: int) -> Stage:
    stage = Stage()
    stage.read()
    stage.provider.read_failures = {operation: failure}
    stage.connections.change(
        stage.connection.user_id,
        stage.connection.id,
        lambda row: replace(row, schedule=replace(row.schedule, next_read_at=stage.clock())),
    )
    stage.connections.change(
        stage.connection.user_id, stage.connection.id, lambda row: row.rescheduled(now=NOON)
    )
    _pass_hours(stage, hours)
    return stage


def _pass_hours(stage: Stage, hours: int) -> None:
    for _ in range(hours):
        stage.later(hours=1)
        stage.plan()
        stage.drain()
