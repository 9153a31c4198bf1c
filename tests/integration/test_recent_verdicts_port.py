"""Verdicts and the reads among which they came: counted for minutes, by institution."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from freshet.adapters.dynamodb import keys, read_counts
from freshet.adapters.dynamodb.quota import DynamoQuota
from freshet.adapters.dynamodb.recent_verdicts import DynamoRecentVerdicts
from freshet.adapters.dynamodb.table import Table
from freshet.domain.connection import Connection
from freshet.domain.connection_report import Institution
from freshet.domain.quota import QuotaRate
from freshet.domain.verdicts import RecentReads
from freshet.ports import RecentVerdicts
from tests.builders import NOON, a_connection
from tests.clients import DynamoDB
from tests.fakes import FakeClock, FakeRecentVerdicts

HERE, THERE = Institution("ACME", "Acme"), Institution("OTHER", None)
type Reader = Callable[[Connection], None]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock(NOON)


@pytest.fixture(params=["fake", "dynamo"])
def counting(request: pytest.FixtureRequest, clock: FakeClock) -> tuple[RecentVerdicts, Reader]:
    if request.param == "fake":
        fake = FakeRecentVerdicts()
        return fake, lambda connection: fake.begin_read(connection, now=clock())
    dynamodb: DynamoDB = request.getfixturevalue("dynamodb")
    table = Table(dynamodb, "connections")
    quota = _quota(table, clock)
    return (
        DynamoRecentVerdicts(table),
        lambda connection: quota.take(1, read_at=connection.link.institution.id or ""),
    )


def _quota(table: Table, clock: FakeClock) -> DynamoQuota:
    return DynamoQuota(
        table,
        "snaptrade",
        QuotaRate.for_limit(250),
        clock=clock,
        wait=clock.advance,
        patience=timedelta(seconds=8),
    )


def _of(number: int, institution: Institution = HERE) -> Connection:
    return a_connection(id=f"con_{number}", user_id=f"user-{number}", institution=institution)


def test_verdicts_and_reads_are_counted_by_institution_and_in_all(
    counting: tuple[RecentVerdicts, Reader], clock: FakeClock
) -> None:
    verdicts, read = counting
    for number in range(4):
        read(_of(number))
    read(_of(4, THERE))
    read(_of(5, Institution(None, None)))
    verdicts.note(_of(0), now=clock())
    verdicts.note(_of(4, THERE), now=clock())
    here, everywhere = verdicts.note(_of(1), now=clock())
    first, second, third = (("user-0", "con_0"), ("user-1", "con_1"), ("user-4", "con_4"))
    assert here == RecentReads(reads=4, verdicts={first, second})
    assert everywhere == RecentReads(reads=6, verdicts={first, second, third})


def test_verdict_counts_once_when_it_comes_again(
    counting: tuple[RecentVerdicts, Reader], clock: FakeClock
) -> None:
    verdicts, _ = counting
    verdicts.note(_of(0), now=clock())
    here, everywhere = verdicts.note(_of(0), now=clock())
    assert here.verdicts == everywhere.verdicts == {("user-0", "con_0")}


def test_any_text_may_name_an_institution_and_a_user(
    counting: tuple[RecentVerdicts, Reader], clock: FakeClock
) -> None:
    verdicts, read = counting
    odd = a_connection(user_id='a\nb"', institution=Institution("A\nB\\", None))
    read(odd)
    here, _ = verdicts.note(odd, now=clock())
    assert here == RecentReads(reads=1, verdicts={('a\nb"', odd.id)})


def test_nothing_is_remembered_when_it_is_long_ago(
    counting: tuple[RecentVerdicts, Reader], clock: FakeClock
) -> None:
    verdicts, read = counting
    read(_of(0))
    verdicts.note(_of(0), now=clock())
    clock.advance(timedelta(minutes=16))
    read(_of(1))
    here, everywhere = verdicts.note(_of(1), now=clock())
    assert here == everywhere == RecentReads(reads=1, verdicts={("user-1", "con_1")})


def test_ten_minutes_are_remembered_when_a_new_span_begins(
    counting: tuple[RecentVerdicts, Reader], clock: FakeClock
) -> None:
    verdicts, read = counting
    clock.advance(timedelta(minutes=4, seconds=59))
    read(_of(0))
    verdicts.note(_of(0), now=clock())
    clock.advance(timedelta(minutes=9, seconds=59))
    here, _ = verdicts.note(_of(1), now=clock())
    assert here == RecentReads(reads=1, verdicts={("user-0", "con_0"), ("user-1", "con_1")})


def test_old_numbers_leave_the_quotas_row_when_reads_go_on(
    dynamodb: DynamoDB, clock: FakeClock
) -> None:
    table = Table(dynamodb, "connections")
    quota, most = _quota(table, clock), 0
    for hour in range(48):
        quota.take(1, read_at=f"institution-{hour}")
        clock.advance(timedelta(minutes=31))
        row = table.get(keys.quota("snaptrade")) or {}
        most = max(most, sum(name.startswith("reads_") for name in row))
    assert most <= 2
    assert read_counts.counted(row, clock()) == 0
