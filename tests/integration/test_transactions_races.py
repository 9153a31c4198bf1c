"""Two readers of one account at once: what the provider said last is what stays."""

import random
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from freshet.adapters.dynamodb import batches
from freshet.adapters.dynamodb.table import Table
from freshet.adapters.dynamodb.transactions import DynamoTransactions
from freshet.domain.account import AccountReport
from freshet.domain.days import EVERY_DAY, DayRange
from freshet.domain.errors import ConcurrentChange, StoreBusy
from freshet.domain.transaction_windows import Changes, WindowRead, window_read
from freshet.domain.transactions import Transaction, identified
from freshet.services.read_transactions import read_transactions
from tests.builders import NOON, USER, a_connection, a_transaction, an_account
from tests.clients import DynamoDB
from tests.fakes import FakeAccounts, FakeClock, FakeConnections, FakeProvider, FakeSession
from tests.integration.one_at_a_time import one_at_a_time
from tests.replacing import InPlaceOf

ACCOUNT = an_account()
REQUESTS = 6  # of one reader that has four batches to write


class _Session(FakeSession):
    """A provider that lists what it is told to."""

    def __init__(self, listed: list[Transaction]) -> None:
        super().__init__(FakeProvider(FakeClock(NOON)))
        self.listed = listed

    def transactions(self, account: AccountReport, *, since: date | None) -> WindowRead:
        return window_read(DayRange(first=since), list(self.listed), is_whole=True)


def _rows(first: int, last: int) -> list[Transaction]:
    return [a_transaction(amount=Decimal(number)) for number in range(first, last)]


def _read(session: _Session, client: DynamoDB) -> None:
    connections = FakeConnections()
    connections.add(a_connection(), provider_user_id=None)
    read_transactions(
        ACCOUNT,
        EVERY_DAY,
        session,
        read_at=NOON,
        accounts=FakeAccounts(connections),
        transactions=_store(client),
    )


def _store(client: DynamoDB) -> DynamoTransactions:
    return DynamoTransactions(Table(client, "snapshots"))


def _amounts(client: DynamoDB) -> list[int]:
    stored = _store(client).since(USER, ACCOUNT.id, first=None).transactions
    return sorted(int(each.amount or 0) for each in stored)


@pytest.mark.parametrize("number", range(REQUESTS))
def test_newer_truth_stays_when_another_reader_comes_before_any_request(
    dynamodb: DynamoDB, number: int
) -> None:
    session = _Session(_rows(0, 20))
    _read(session, dynamodb)
    session.listed = _rows(10, 100)
    requests: list[str] = []

    def interrupt(model: Any, **_: Any) -> None:
        requests.append(model.name)
        if len(requests) == number + 1:
            session.listed = _rows(5, 15) + _rows(55, 70)
            _read(session, dynamodb)

    dynamodb.meta.events.register("before-call.dynamodb", interrupt)
    _read(session, dynamodb)
    assert len(requests) > number
    assert _amounts(dynamodb) == [*range(5, 15), *range(55, 70)]


def test_truth_is_stored_when_readers_meet_in_any_order(dynamodb: DynamoDB) -> None:
    client = one_at_a_time(dynamodb)
    session = _Session(_rows(0, 60))

    def read(seed: int) -> bool:
        shuffled = _Session(random.Random(seed).sample(session.listed, 60))  # noqa: S311
        try:
            _read(shuffled, client)
        except ConcurrentChange:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert any(pool.map(read, range(12)))
    assert _amounts(dynamodb) == list(range(60))


class _Reluctant:
    """Lets a table take a few items of each batch, or none."""

    def __init__(self, client: DynamoDB, takes: int) -> None:
        self._usual, self._takes = client.batch_write_item, takes
        self.batches = 0
        InPlaceOf(self._usual).put(self._write)

    def _write(self, *, RequestItems: Any, **_: Any) -> Any:  # noqa: N803 - boto3's name
        self.batches += 1
        ((table, writes),) = RequestItems.items()
        if taken := writes[: self._takes]:
            self._usual(RequestItems={table: taken})
        left = writes[self._takes :]
        return {"UnprocessedItems": {table: left} if left else {}}


def test_what_was_not_taken_is_offered_again(dynamodb: DynamoDB) -> None:
    table = _Reluctant(dynamodb, takes=10)
    _read(_Session(_rows(0, 30)), dynamodb)
    assert _amounts(dynamodb) == list(range(30))
    assert table.batches == 4


def test_patience_ends_and_nothing_is_believed_finished_when_nothing_is_taken(
    dynamodb: DynamoDB, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "_PAUSES_SECONDS", (0, 0))
    table = _Reluctant(dynamodb, takes=0)
    changes = Changes(written=tuple(identified(ACCOUNT.id, _rows(0, 3))))
    with pytest.raises(StoreBusy):
        _store(dynamodb).apply(USER, ACCOUNT.id, changes, revision=0)
    assert table.batches == 3
    assert _store(dynamodb).since(USER, ACCOUNT.id, first=None).revision == 0
