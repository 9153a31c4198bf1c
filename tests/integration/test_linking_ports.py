"""Link sessions, registrations and leases: one contract for the table and its twins."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import replace
from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from time import sleep

import boto3
import pytest
from moto import mock_aws

from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.dynamodb.link_sessions import DynamoLinkSessions
from freshet.adapters.dynamodb.provider_users import DynamoProviderUsers
from freshet.adapters.dynamodb.table import Table
from freshet.adapters.dynamodb.user_lease import DynamoUserLease
from freshet.adapters.snaptrade.registration import registered_user
from freshet.domain.errors import ConcurrentChange, NotFound
from freshet.domain.link_session import LinkSession, digest_of
from freshet.domain.provider import Provider
from freshet.domain.provider_user import ProviderUser
from freshet.ports import LinkSessions, ProviderUsers, UserLease
from tests.builders import CONNECTION_ID, NOON, USER, a_connection
from tests.clients import DynamoDB
from tests.fakes import FakeClock, FakeConnections, FakeUserLease
from tests.fakes.linking import FakeLinkSessions, FakeProviderUsers
from tests.integration.one_at_a_time import one_at_a_time
from tests.tables import create_tables
from tests.unit.link_stage import LinkStage

SECOND = timedelta(seconds=1)
PENDING = LinkSession(
    id="lnk_" + "a" * 24,
    user_id=USER,
    provider=Provider.SNAPTRADE,
    state_digest=digest_of("state"),
    created_at=NOON,
    expires_at=NOON + timedelta(minutes=5),
)
FULL = replace(
    PENDING,
    provider=Provider.PLAID,
    repairs=CONNECTION_ID,
    was_broken=True,
    returned_at=NOON,
    connection_id=CONNECTION_ID,
    is_failed=True,
)


@dataclass
class Ports:
    """The ports of linking, real or not, and what moves them."""

    sessions: LinkSessions
    users: ProviderUsers
    lease: UserLease
    owners: DynamoConnections | FakeConnections
    clock: FakeClock
    waits: list[int]
    client: DynamoDB | None = None


def _dynamo(
    client: DynamoDB,
    clock: FakeClock,
    waits: list[int],
    *,
    wait: Callable[[timedelta], None] | None = None,
) -> Ports:
    table, drawn = Table(client, "connections"), count()
    lease = DynamoUserLease(
        table,
        clock=clock,
        wait=wait or (lambda _: waits.append(1)),
        random_bytes=lambda length: next(drawn).to_bytes(length),
    )
    owners = DynamoConnections(table)
    users = DynamoProviderUsers(table, Provider.SNAPTRADE)
    return Ports(DynamoLinkSessions(table), users, lease, owners, clock, waits, client)


@pytest.fixture(params=["fake", "dynamodb"])
def ports(request: pytest.FixtureRequest) -> Iterator[Ports]:
    clock, waits = FakeClock(NOON), list[int]()
    if request.param == "fake":
        owners = FakeConnections()
        lease = FakeUserLease()
        yield Ports(FakeLinkSessions(), FakeProviderUsers(owners), lease, owners, clock, waits)
        return
    with mock_aws():
        yield _dynamo(_client(), clock, waits)


def _client() -> DynamoDB:
    client = boto3.client("dynamodb", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    create_tables(client)
    return one_at_a_time(client)


@pytest.mark.parametrize("session", [PENDING, FULL])
def test_session_comes_back_as_it_went_when_stored(ports: Ports, session: LinkSession) -> None:
    ports.sessions.save(PENDING)
    ports.sessions.save(session)
    assert ports.sessions.get(USER, PENDING.id) == session
    assert ports.sessions.of_user(USER) == [session]


def test_session_is_not_found_when_it_is_anothers_or_nobodys(ports: Ports) -> None:
    ports.sessions.save(PENDING)
    for user_id, session_id in (("user-2", PENDING.id), (USER, "lnk_" + "b" * 24)):
        with pytest.raises(NotFound):
            ports.sessions.get(user_id, session_id)
    assert ports.sessions.of_user("user-2") == []


def test_user_has_no_id_when_never_registered(ports: Ports) -> None:
    assert ports.users.find(USER) == ProviderUser(user_id=USER)


def test_registration_comes_back_as_it_went_when_stored(ports: Ports) -> None:
    first = ports.users.save(ports.users.find(USER).registering("id-1"))
    assert (first.subject, first.is_registered, first.version) == ("id-1", False, 1)
    assert ports.owners.of_provider_user(Provider.SNAPTRADE, "id-1") is None
    second = ports.users.save(first.registering("id-2"))
    registered = ports.users.save(second.registered())
    assert registered == ports.users.find(USER)
    assert registered == ProviderUser(
        user_id=USER, subject="id-2", is_registered=True, given_up=("id-1",), version=3
    )
    assert ports.owners.of_provider_user(Provider.SNAPTRADE, "id-2") == USER
    alone = ports.users.save(registered.without("id-1"))
    assert (alone.given_up, alone.subject) == ((), "id-2")
    nobody = ports.users.save(alone.without("id-2"))
    assert nobody == ports.users.find(USER) == ProviderUser(user_id=USER, version=5)


def test_connection_of_a_registered_user_is_taken_in_when_it_names_the_id(ports: Ports) -> None:
    known = ports.users.save(ports.users.find(USER).registering("id-1"))
    ports.users.save(known.registered())
    added = ports.owners.add(a_connection(), provider_user_id="id-1")
    assert added == a_connection()


def test_nothing_is_written_when_somebody_was_faster(ports: Ports) -> None:
    fresh = ports.users.find(USER)
    first = ports.users.save(fresh.registering("id-1"))
    for stale in (fresh, replace(first, version=7)):
        with pytest.raises(ConcurrentChange):
            ports.users.save(stale.registering("id-2").registered())
    assert ports.users.find(USER) == first
    assert ports.owners.of_provider_user(Provider.SNAPTRADE, "id-2") is None


def test_tabs_register_one_user_when_many_come_at_once() -> None:
    with mock_aws():
        ports = _dynamo(_client(), FakeClock(NOON), [], wait=lambda pause: sleep(pause / SECOND))
        stage = LinkStage()
        deps = replace(stage.registering, users=ports.users, lease=ports.lease)
        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(lambda _: registered_user(USER, deps=deps), range(8)))
    assert len(set(found)) == 1
    assert stage.portal.users == {found[0].subject: found[0].secret.reveal()}


def test_rows_are_forgotten_by_themselves_and_say_nothing_in_clear() -> None:
    with mock_aws():
        client = _client()
        ports = _dynamo(client, FakeClock(NOON), [])
        ports.sessions.save(PENDING)
        with ports.lease.hold(USER):
            rows = client.scan(TableName="connections")["Items"]
    assert {row["SK"]["S"] for row in rows} == {f"LINK#{PENDING.id}", "LEASE"}
    assert all(int(row["expires_at"]["N"]) > NOON.timestamp() for row in rows)
    (session,) = [row for row in rows if row["SK"]["S"].startswith("LINK#")]
    assert session["state_digest"]["S"] != "state"
