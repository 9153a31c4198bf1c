"""UserLease: one contract for the table and its twin; then crashes and races."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any, cast

import boto3
import pytest

from freshet.adapters.dynamodb.user_lease import LEASE, PAUSES, DynamoUserLease
from freshet.adapters.leased_vault import LeasedVault
from freshet.domain.errors import SecretUnavailable, UserBusy
from freshet.ports import UserLease
from tests.builders import NOON, USER, ones
from tests.clients import DynamoDB, SecretsManager
from tests.fakes import FakeClock, FakeUserLease
from tests.integration.dying_client import Died, dying
from tests.integration.one_at_a_time import one_at_a_time
from tests.integration.vault_bench import (
    ONE,
    TWO,
    a_lease,
    failing,
    kms_vault,
    secrets_vault,
)
from tests.patience import standstill_seconds

type Leases = tuple[UserLease, UserLease]


@pytest.fixture(params=["fake", "dynamo"])
def leases(request: pytest.FixtureRequest) -> Leases:
    """The same lease as two processes have it."""
    if request.param == "fake":
        first = FakeUserLease()
        return first, first.of_another()
    dynamodb = request.getfixturevalue("dynamodb")
    return a_lease(dynamodb), a_lease(dynamodb, random_bytes=ones)


def test_second_is_refused_while_the_first_holds_and_served_afterwards(leases: Leases) -> None:
    first, second = leases
    with first.hold(USER):
        with pytest.raises(UserBusy) as busy, second.hold(USER):
            raise AssertionError("two at once")
        assert busy.value.retryable
        with second.hold("user-2"):
            pass
    with second.hold(USER):
        pass


def test_holder_enters_again_and_keeps_it_until_the_outer_end(leases: Leases) -> None:
    first, second = leases
    with first.hold(USER):
        with first.hold(USER):
            pass
        with pytest.raises(UserBusy), second.hold(USER):
            pass


def test_it_is_given_back_when_the_work_fails(leases: Leases) -> None:
    first, second = leases
    with pytest.raises(ValueError, match="work"), first.hold(USER):
        raise ValueError("work")
    with second.hold(USER):
        pass


def test_waiting_is_bounded_and_shorter_than_the_lease(dynamodb: DynamoDB) -> None:
    clock = FakeClock(NOON)
    with a_lease(dynamodb).hold(USER), pytest.raises(UserBusy):
        a_lease(dynamodb, clock, random_bytes=ones).hold(USER).__enter__()
    assert clock() - NOON == sum(PAUSES, timedelta(0)) < timedelta(seconds=6) < LEASE


def test_waiting_ends_when_the_first_is_done(dynamodb: DynamoDB) -> None:
    first = a_lease(dynamodb).hold(USER)
    first.__enter__()

    def wait(_: timedelta) -> None:
        first.__exit__(None, None, None)

    with a_lease(dynamodb, wait=wait, random_bytes=ones).hold(USER):
        pass


def test_lease_of_a_dead_holder_is_taken_over_when_it_has_expired(dynamodb: DynamoDB) -> None:
    with pytest.raises(Died), a_lease(dying(dynamodb, writes=1)).hold(USER):
        raise Died
    clock = FakeClock(NOON)
    second = a_lease(dynamodb, clock, random_bytes=ones)
    with pytest.raises(UserBusy), second.hold(USER):
        pass
    clock.now = NOON + LEASE
    with second.hold(USER):
        pass


def test_late_holder_does_not_end_the_lease_of_the_next(dynamodb: DynamoDB) -> None:
    clock = FakeClock(NOON)
    late, second = a_lease(dynamodb, clock), a_lease(dynamodb, clock, random_bytes=ones)
    with late.hold(USER):
        clock.advance(LEASE)
        with second.hold(USER):
            with pytest.raises(UserBusy), late.hold(USER):
                raise AssertionError("what was lost is not renewed")
            clock.now = NOON + LEASE
    with a_lease(dynamodb, clock).hold(USER):
        pass


def test_entering_again_renews_it(dynamodb: DynamoDB) -> None:
    clock = FakeClock(NOON)
    first, second = a_lease(dynamodb, clock), a_lease(dynamodb, clock, random_bytes=ones)
    with first.hold(USER):
        clock.advance(LEASE - timedelta(seconds=1))
        with first.hold(USER):
            pass
        clock.advance(LEASE - timedelta(seconds=20))
        with pytest.raises(UserBusy), second.hold(USER):
            pass


def test_row_says_nothing_of_a_secret_and_expires(dynamodb: DynamoDB) -> None:
    with a_lease(dynamodb).hold(USER):
        (row,) = dynamodb.scan(TableName="connections")["Items"]
        assert set(row) == {"PK", "SK", "held_by", "held_until", "expires_at"}
    (row,) = dynamodb.scan(TableName="connections")["Items"]
    assert set(row) == {"PK", "SK", "expires_at"}
    assert int(row["expires_at"]["N"]) > NOON.timestamp()


def test_trouble_is_ours_when_the_table_fails(dynamodb: DynamoDB) -> None:
    lease = a_lease(failing(dynamodb, "put_item"))
    with pytest.raises(SecretUnavailable), lease.hold(USER):
        pass


def test_work_counts_as_done_when_only_the_release_fails(dynamodb: DynamoDB) -> None:
    with a_lease(failing(dynamodb, "update_item")).hold(USER):
        pass


WRITERS = 4
EACH = 6


def _vaults(kind: str, dynamodb: DynamoDB) -> list[LeasedVault]:
    """One vault for each writer, as in functions of their own; requests are single steps."""
    table = one_at_a_time(dynamodb)
    secrets = one_at_a_time(boto3.client("secretsmanager"))
    store = secrets_vault(secrets) if kind == "secrets" else kms_vault(table)

    def lease(number: int) -> DynamoUserLease:
        mine = bytes([number])
        return a_lease(table, wait=lambda _: None, random_bytes=lambda count: mine * count)

    return [LeasedVault(store, lease(number)) for number in range(WRITERS)]


@pytest.mark.parametrize("kind", ["secrets", "kms"])
def test_no_credential_is_lost_when_writers_race_for_one_user(
    dynamodb: DynamoDB, kind: str
) -> None:
    vaults, start = _vaults(kind, dynamodb), threading.Barrier(WRITERS)

    def write(number: int) -> None:
        start.wait(standstill_seconds())
        for each in range(EACH):
            _persistently(vaults[number], f"{number}-{each}")

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    for number in range(WRITERS):
        for each in range(EACH):
            assert vaults[0].find(USER, f"{number}-{each}") == ONE


def _persistently(vault: LeasedVault, name: str) -> None:
    # As a caller does: it is retryable.
    for _ in range(10_000):
        try:
            return vault.keep(USER, name, ONE)
        except UserBusy:
            continue
    raise AssertionError("never had the lease")


def test_second_write_waits_when_one_is_between_reading_and_writing(dynamodb: DynamoDB) -> None:
    """Without the lease the second would read what the first has not written yet."""
    secrets = boto3.client("secretsmanager")
    secrets_vault(secrets).keep(USER, "a", ONE)

    class Interrupted:
        exceptions = secrets.exceptions

        def get_secret_value(self, **arguments: Any) -> Any:
            answer = secrets.get_secret_value(**arguments)
            with pytest.raises(UserBusy):
                second.keep(USER, "c", TWO)
            return answer

        def put_secret_value(self, **arguments: Any) -> Any:
            return secrets.put_secret_value(**arguments)

    second = LeasedVault(secrets_vault(secrets), a_lease(dynamodb, random_bytes=ones))
    interrupted = cast("SecretsManager", Interrupted())  # the two requests of it that are made
    first = LeasedVault(secrets_vault(interrupted), a_lease(dynamodb))
    first.keep(USER, "b", TWO)
    second.keep(USER, "c", TWO)
    assert set(secrets_vault(secrets).held(USER)) == {"a", "b", "c"}
