"""How a connection learns: from reads, refusals and trouble."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from freshet.domain.cadence import Cadence
from freshet.domain.connection import Connection
from freshet.domain.connection_report import DataMode, Institution
from freshet.domain.connection_status import ASLEEP, ConnectionStatus
from freshet.domain.pending_reads import Announcement, PendingReads
from freshet.domain.read_schedule import READ_LEASE
from freshet.domain.verdicts import Verdict, VerdictKind
from tests.builders import NOON, a_connection, a_report, refreshed

READ_AT = NOON - timedelta(hours=1)
AWAKE = sorted(set(ConnectionStatus) - ASLEEP)


@pytest.mark.parametrize(
    "status", sorted(set(ConnectionStatus) - {ConnectionStatus.REMOVING, ConnectionStatus.REMOVED})
)
@pytest.mark.parametrize("is_disabled", [False, True])
def test_report_is_learned_when_it_is_the_newest(
    status: ConnectionStatus, is_disabled: bool
) -> None:
    report = a_report(
        is_disabled=is_disabled,
        data_mode=DataMode.REALTIME,
        institution=Institution("B", "Bank"),
        source='{"id": "B"}',
    )
    before = a_connection(status=status)
    after = before.with_report(report, read_at=NOON)
    # What a disabled link means is a verdict, which is judged by itself.
    expected = status if is_disabled else ConnectionStatus.ACTIVE
    assert (after.link.status, after.link.status_reason) == (expected, None)
    assert after.link.status_read_at == (READ_AT if is_disabled else NOON)
    assert (after.link.data_mode, after.link.institution) == (
        DataMode.REALTIME,
        Institution("B", "Bank"),
    )
    assert after.link.source == '{"id": "B"}'


@pytest.mark.parametrize("age", [timedelta(0), timedelta(seconds=1)])
def test_read_is_ignored_when_it_did_not_begin_after_the_one_on_record(age: timedelta) -> None:
    before = a_connection()
    assert before.with_report(a_report(), read_at=READ_AT - age) == before


@pytest.mark.parametrize("status", [ConnectionStatus.REMOVING, ConnectionStatus.REMOVED])
def test_read_revives_nothing_when_the_connection_is_leaving(status: ConnectionStatus) -> None:
    before = a_connection(status=status)
    assert before.with_report(a_report(), read_at=NOON) == before


def test_first_read_counts_when_nothing_was_read_before() -> None:
    after = a_connection(status_read_at=None).with_report(a_report(), read_at=NOON)
    assert after.link.status_read_at == NOON


@pytest.mark.parametrize("status", AWAKE)
def test_connection_needs_its_user_when_the_login_is_refused(status: ConnectionStatus) -> None:
    after = a_connection(status=status).link.with_login_required("login_required", read_at=NOON)
    assert (after.status, after.status_reason) == (ConnectionStatus.NEEDS_USER, "login_required")


@pytest.mark.parametrize("status", sorted(ASLEEP))
def test_status_stays_when_the_login_is_refused_of_one_asleep(status: ConnectionStatus) -> None:
    before = a_connection(status=status, status_reason="why")
    assert before.link.with_login_required("login_required", read_at=NOON) == before.link


@pytest.mark.parametrize(
    ("failures", "minutes"), [(0, 5), (1, 15), (2, 60), (3, 240), (4, 720), (5, 720), (99, 720)]
)
def test_connection_alone_waits_longer_each_time_when_it_keeps_failing(
    failures: int, minutes: int
) -> None:
    after = a_connection(consecutive_failures=failures).with_failure("down", now=NOON)
    assert after.schedule.next_read_at == NOON + timedelta(minutes=minutes)
    assert after.schedule.consecutive_failures == failures + 1
    assert after.link.status_reason == "down"


@pytest.mark.parametrize("status", ConnectionStatus)
def test_only_a_healthy_connection_degrades_when_the_provider_fails(
    status: ConnectionStatus,
) -> None:
    healthy = {ConnectionStatus.ACTIVE, ConnectionStatus.EXPIRING}
    expected = ConnectionStatus.DEGRADED if status in healthy else status
    assert a_connection(status=status).with_failure("down", now=NOON).link.status is expected


def test_failures_are_forgotten_when_a_pass_is_whole() -> None:
    after = _read(a_connection(consecutive_failures=3))
    assert (after.schedule.consecutive_failures, after.schedule.calls_per_read_run) == (0, 4)


def _read(connection: Connection, synced_at: datetime | None = None) -> Connection:
    return connection.after_reading(started_at=NOON, calls=4, synced_at=synced_at)


def _next_read_at(connection: Connection, synced_at: datetime | None = None) -> datetime:
    next_read_at = _read(connection, synced_at).schedule.next_read_at
    assert next_read_at is not None
    return next_read_at


def test_reads_drift_apart_by_little_and_always_alike_when_they_were_due_together() -> None:
    every = timedelta(days=7)
    connections = [a_connection(id=f"con_{n}", cadence=Cadence(every)) for n in range(200)]
    late = [_next_read_at(each) - (NOON + every) for each in connections]
    assert late == [_next_read_at(each) - (NOON + every) for each in connections]
    assert min(late) >= timedelta(0)
    assert max(late) < 0.02 * every
    assert len({delay // (0.002 * every) for delay in late}) == 10


@pytest.mark.parametrize(
    ("changes", "synced_hours_ago", "is_followed"),
    [
        ({}, 11.5, True),
        ({}, 0, True),
        ({}, -11, True),
        ({}, 13, False),
        ({}, 40, False),
        ({}, None, False),
        ({"data_mode": DataMode.REALTIME}, 6, False),
        ({"cadence": Cadence(timedelta(hours=12))}, 6, False),
    ],
)
def test_daily_read_follows_the_providers_own_sync_when_it_has_one(
    changes: dict[str, Any], synced_hours_ago: float | None, is_followed: bool
) -> None:
    connection = a_connection(**changes)
    ago = None if synced_hours_ago is None else NOON - timedelta(hours=synced_hours_ago)
    base = ago + timedelta(hours=24, minutes=30) if ago and is_followed else None
    base = base or NOON + connection.cadence.read_every
    next_read_at = _next_read_at(connection, ago)
    assert base <= next_read_at < base + timedelta(minutes=30)


def test_nothing_is_blamed_when_a_read_is_postponed() -> None:
    after = a_connection(consecutive_failures=1).schedule.postponed(NOON)
    assert (after.next_read_at, after.consecutive_failures) == (NOON, 1)


def test_postponed_read_keeps_its_age_until_a_read_succeeds() -> None:
    schedule = a_connection(next_read_at=NOON - timedelta(hours=2)).schedule
    for later in (1, 2, 60):
        schedule = schedule.postponed(NOON + timedelta(minutes=later))
        assert schedule.overdue_since == NOON - timedelta(hours=2)
        assert schedule.is_postponed
    failed = schedule.after_failure(now=NOON, wait=None)
    assert (failed.overdue_since, failed.is_postponed) == (NOON - timedelta(hours=2), True)
    assert schedule.after_success(calls=3, next_read_at=NOON).overdue_since is None


def test_one_reader_works_at_a_time_when_it_holds_the_lease() -> None:
    reading = a_connection().schedule.started(now=NOON)
    assert reading.is_being_read(now=NOON + READ_LEASE - timedelta(microseconds=1))
    assert not reading.is_being_read(now=NOON + READ_LEASE)
    assert not a_connection().schedule.is_being_read(now=NOON)


def test_pending_read_stays_when_its_webhook_came_during_the_read() -> None:
    second = timedelta(seconds=1)
    announced = {
        refreshed(name): Announcement(NOON + after)
        for name, after in (("a", -second), ("b", timedelta(0)), ("c", second))
    }
    left = PendingReads(announced).after_read(NOON, is_through=False, transactions_read=())
    assert set(left.announced) == {refreshed("b"), refreshed("c")}


REFUSED = {
    "refresh_refused_until": NOON + timedelta(days=3),
    "sync_refused_until": NOON + timedelta(days=5),
}


@pytest.mark.parametrize(
    ("days", "changes", "is_remembered"),
    [
        (1, {}, (True, True)),
        (3, {}, (False, True)),
        (6, {}, (False, False)),
        (1, {"data_mode": DataMode.REALTIME}, (False, False)),
        (1, {"status": ConnectionStatus.NEEDS_USER}, (False, False)),
        (1, {"status": ConnectionStatus.REVOKED}, (False, False)),
        (1, {"status": ConnectionStatus.DEGRADED}, (True, True)),
    ],
)
def test_refusal_is_remembered_until_it_may_have_changed(
    days: int, changes: dict[str, Any], is_remembered: tuple[bool, bool]
) -> None:
    read_at = NOON + timedelta(days=days)
    after = a_connection(**(REFUSED | changes)).with_report(a_report(), read_at=read_at)
    remembered = (after.slots.holdings.refused_until, after.slots.transactions.refused_until)
    assert tuple(each is not None for each in remembered) == is_remembered


@pytest.mark.parametrize(
    ("status", "is_revoked", "after"),
    [
        ("needs_user", True, "revoked"),
        ("needs_user", False, "needs_user"),
        ("revoked", False, "revoked"),
        ("removing", True, "removing"),
        ("removed", True, "removed"),
    ],
)
def test_broken_link_can_still_end_and_an_ended_one_stays_so(
    status: str, is_revoked: bool, after: str
) -> None:
    connection = a_connection(status=ConnectionStatus(status))
    judged = connection.link.with_login_required("gone", read_at=NOON, is_revoked=is_revoked)
    assert judged.status == after


@pytest.mark.parametrize("is_expected", [True, False])
def test_broken_link_is_looked_at_no_more_when_its_announced_removal_is_found(
    is_expected: bool,
) -> None:
    needing = a_connection(status=ConnectionStatus.NEEDS_USER, broken_since=READ_AT).link
    gone = Verdict(
        kind=VerdictKind.ABSENT, reason="missing", is_revoked=True, is_expected=is_expected
    )
    after = needing.with_verdict(gone, read_at=NOON, is_mass=False, now=NOON)
    assert after.status is ConnectionStatus.REVOKED
    assert (after.next_look_at is None) is is_expected
