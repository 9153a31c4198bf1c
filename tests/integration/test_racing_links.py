"""Readers of two new links that race on the table: each account has one owner afterwards."""

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

import pytest

from freshet.domain.account import AccountReport
from freshet.ports import AccountRegister, Accounts, Clock, Connections
from freshet.services.list_accounts import list_accounts
from tests.builders import NOON, USER, a_connection, a_report, an_account_report
from tests.clients import DynamoDB
from tests.fakes import FakeClock, FakeProvider, FakeSession
from tests.integration.one_at_a_time import one_at_a_time
from tests.integration.stores import Stores, dynamo_stores
from tests.patience import standstill_seconds

SHARED, OWN = 6, 2
ROUNDS = 4
OLDER, NEWER = "con_" + "a" * 24, "con_" + "b" * 24


class Listed(FakeSession):
    """A session that lists accounts; both readers have the list at the same time."""

    def __init__(self, reports: list[AccountReport], start: threading.Barrier) -> None:
        super().__init__(FakeProvider(FakeClock(NOON)))
        self._reports = reports
        self._start = start

    def accounts(self) -> list[AccountReport]:
        self._start.wait(standstill_seconds())
        return self._reports


@dataclass(frozen=True, slots=True)
class Parts:
    """What listing accounts takes."""

    connections: Connections
    accounts: Accounts
    register: AccountRegister
    clock: Clock


def _reports(side: str) -> list[AccountReport]:
    proofs = [f"shared-{each}" for each in range(SHARED)]
    proofs += [f"{side}-{each}" for each in range(OWN)]
    return [
        an_account_report(provider_account_id=f"{side}/{each}", institution_account_id=each)
        for each in proofs
    ]


@pytest.fixture
def stores(dynamodb: DynamoDB) -> Stores:
    return dynamo_stores(one_at_a_time(dynamodb))


@pytest.mark.parametrize("user_id", [f"{USER}-{number}" for number in range(ROUNDS)])
def test_each_account_has_one_owner_when_two_links_are_read_at_once(
    stores: Stores, user_id: str
) -> None:
    for at, connection_id in enumerate((OLDER, NEWER)):
        connection = a_connection(
            id=connection_id,
            user_id=user_id,
            provider_connection_id=f"authorization-{at}",
            created_at=NOON + timedelta(seconds=at),
        )
        stores.connections.add(connection, provider_user_id=None)
    start = threading.Barrier(2)
    parts = Parts(stores.connections, stores.accounts, stores.register, FakeClock(NOON))

    def read(connection_id: str) -> None:
        connection = stores.connections.get(user_id, connection_id)
        session = Listed(_reports(connection_id), start)
        list_accounts(session, connection, a_report(), deps=parts)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(read, (OLDER, NEWER)))
    accounts = stores.accounts.of_user(user_id)
    times = Counter(each.report.institution_account_id for each in accounts)
    assert len(times) == SHARED + 2 * OWN
    assert set(times.values()) == {1}
    owners = {str(each.report.institution_account_id): each.connection_id for each in accounts}
    assert {owners[f"shared-{each}"] for each in range(SHARED)} == {NEWER}
    assert owners[f"{OLDER}-0"] == OLDER
    kept = stores.connections.get(user_id, OLDER)
    assert len(kept.migration.migrated_accounts) == SHARED
    assert set(kept.migration.migrated_accounts.values()) <= {each.id for each in accounts}
