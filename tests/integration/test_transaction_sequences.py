"""Any sequence of reads: what is stored is what the provider last said of the days it covered."""

import random
from collections import Counter
from copy import replace
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import boto3
from hypothesis import given, settings
from hypothesis import strategies as st
from moto import mock_aws

from freshet.adapters.dynamodb.table import Table
from freshet.adapters.dynamodb.transactions import DynamoTransactions
from freshet.adapters.pages import ProviderPage, read_pages
from freshet.domain import call_errors
from freshet.domain.account import AccountReport
from freshet.domain.connection import Connection
from freshet.domain.days import DayRange
from freshet.domain.read_schedule import READ_LEASE
from freshet.domain.transaction_windows import WindowRead, window_read
from freshet.domain.transactions import Transaction
from freshet.domain.webhooks import WebhookEffect
from tests.builders import NOON, USER, a_transaction, an_account_report, an_answer, an_event
from tests.depth import many
from tests.fakes import FakeProviders, FakeSession
from tests.tables import create_tables
from tests.unit.stage import ACCOUNT_ID, Stage

TODAY = NOON.date()
DAYS = 20
PAGE = 3
FAILED = call_errors.ProviderFailed(an_answer(operation="activities", status=500))


@dataclass
class _Broker:
    """A provider's truth: rows under ids that it may change, listed page by page."""

    seed: int
    rows: dict[str, Transaction] = field(default_factory=dict)
    fails_at_page: int | None = None
    hides: bool = False
    loads_between_pages: bool = False
    is_in_trouble: bool = False
    """The trouble that was planned has come: an answer of one page has no second one to fail."""
    _made: int = 0

    def add(self, days_ago: int, cents: int) -> None:
        self._made += 1
        name = f"id-{self._made}"
        amount = Decimal(-cents) / 100
        day = TODAY - timedelta(days=days_ago)
        self.rows[name] = a_transaction(
            happened_on=day, amount=amount, provider_id=name, source=name
        )

    def change(self, kind: str, place: int, cents: int) -> None:
        """Change a row as brokers do: under a new id, to another amount, or to nothing."""
        if not self.rows:
            return
        name = sorted(self.rows)[place % len(self.rows)]
        row = self.rows.pop(name)
        if kind == "cancelled":
            return
        self._made += 1
        anew = f"id-{self._made}"
        amount = Decimal(-cents) / 100 if kind == "corrected" else row.amount
        self.rows[anew] = replace(row, amount=amount, provider_id=anew, source=anew)

    def read(self, since: date | None) -> WindowRead:
        order = random.Random(self.seed)  # noqa: S311
        listed = (
            []
            if self.hides
            else [
                (name, row)
                for name, row in self.rows.items()
                if since is None or row.happened_on >= since - timedelta(days=1)
            ]
        )
        order.shuffle(listed)
        self.is_in_trouble |= self.hides
        extra = [("id-0", a_transaction(source="id-0"))]

        def page(offset: int) -> ProviderPage[tuple[str, Transaction]]:
            if self.fails_at_page is not None and offset >= self.fails_at_page * PAGE:
                self.is_in_trouble = True
                raise FAILED
            if self.loads_between_pages and offset:
                self.is_in_trouble = True
                shifted = [*extra, *listed]
                return ProviderPage(shifted[offset : offset + PAGE], len(shifted))
            return ProviderPage(listed[offset : offset + PAGE], len(listed))

        rows, is_whole = read_pages(page, name=lambda each: each[0])
        return window_read(DayRange(first=since), [row for _, row in rows], is_whole=is_whole)

    def truth(self) -> Counter[tuple[date, str]]:
        return Counter(_told(each) for each in self.rows.values())


def _told(row: Transaction) -> tuple[date, str]:
    return row.happened_on, str(row.amount)


class _Session(FakeSession):
    broker: _Broker

    def transactions(self, account: AccountReport, *, since: date | None) -> WindowRead:
        return self.broker.read(since)


class _Providers(FakeProviders):
    def __init__(self, stage: Stage, broker: _Broker) -> None:
        super().__init__()
        self._provider, self._broker = stage.provider, broker

    def open(self, connection: Connection) -> FakeSession:
        session = _Session(self._provider)
        session.broker = self._broker
        return session


AGO = st.integers(min_value=0, max_value=DAYS)
CENTS = st.integers(min_value=1, max_value=4)  # so few that equal trades are common
KINDS = st.sampled_from(["reloaded", "corrected", "cancelled"])
TROUBLES = st.sampled_from(["none", "none", "page", "first page", "hides", "between pages"])
EVENTS = st.sampled_from([WebhookEffect.TRANSACTIONS_READ, WebhookEffect.HISTORY_READ])
STEPS = st.lists(
    st.tuples(
        st.lists(st.tuples(AGO, CENTS), max_size=4),
        st.lists(st.tuples(KINDS, st.integers(min_value=0), CENTS), max_size=3),
        TROUBLES,
        EVENTS,
    ),
    min_size=1,
    max_size=6,
)


def _stage(broker: _Broker) -> Stage:
    stage = Stage()
    stage.providers = _Providers(stage, broker)
    synced_on = TODAY - timedelta(days=1)
    stage.provider.accounts = [an_account_report(transactions_synced_on=synced_on)]
    return stage


def _hear(stage: Stage, effect: WebhookEffect) -> None:
    stage.later(seconds=READ_LEASE.total_seconds())
    event = an_event(id=str(stage.clock()), effect=effect, received_at=stage.clock())
    stage.hear(event)
    stage.later(seconds=1)
    stage.drain()


def _stored(stage: Stage) -> list[Transaction]:
    return list(stage.transactions.since(USER, ACCOUNT_ID, first=None).transactions)


def _trouble(broker: _Broker, kind: str) -> None:
    broker.fails_at_page = {"page": 1, "first page": 0}.get(kind)
    broker.is_in_trouble = False
    broker.hides = kind == "hides"
    broker.loads_between_pages = kind == "between pages"


@settings(max_examples=many(in_gate=40, deep=400))
@given(steps=STEPS, seed=st.integers(min_value=0, max_value=99))
def test_stored_is_the_truth_of_the_days_covered_after_any_sequence_of_reads(
    steps: list[Any], seed: int
) -> None:
    broker = _Broker(seed)
    stage = _stage(broker)
    _play(stage, broker, steps)
    writes = stage.transactions.writes
    broker.seed += 1
    _hear(stage, WebhookEffect.HISTORY_READ)
    assert stage.transactions.writes == writes


@settings(max_examples=many(in_gate=5, deep=100))
@given(steps=STEPS, seed=st.integers(min_value=0, max_value=99))
def test_table_holds_the_truth_too_after_any_sequence_of_reads(steps: list[Any], seed: int) -> None:
    broker = _Broker(seed)
    stage = _stage(broker)
    with mock_aws():
        client = boto3.client(
            "dynamodb",
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",
        )
        create_tables(client)
        stage.transactions = DynamoTransactions(Table(client, "snapshots"))  # type: ignore[assignment]
        _play(stage, broker, steps)
        requests: list[str] = []
        client.meta.events.register("before-call", lambda model, **_: requests.append(model.name))
        broker.seed += 1
        _hear(stage, WebhookEffect.HISTORY_READ)
        assert requests == ["Query"]


def _play(stage: Stage, broker: _Broker, steps: list[Any]) -> None:
    for added, changed, trouble, effect in steps:
        for days_ago, cents in added:
            broker.add(days_ago, cents)
        for kind, place, cents in changed:
            broker.change(kind, place, cents)
        broker.seed += 1
        before = _stored(stage)
        _trouble(broker, trouble)
        _hear(stage, effect)
        after = _stored(stage)
        if broker.is_in_trouble:
            assert {each.id for each in before} <= {each.id for each in after}
        # Whatever was owed is read in the end.
        _trouble(broker, "none")
        _hear(stage, effect)
        _demand_truth(stage, broker, effect)
    _hear(stage, WebhookEffect.HISTORY_READ)
    _demand_all(stage, broker)


def _demand_truth(stage: Stage, broker: _Broker, effect: WebhookEffect) -> None:
    read_to = stage.accounts.get(USER, ACCOUNT_ID).transactions_read_to
    if effect is WebhookEffect.HISTORY_READ or read_to is None:
        _demand_all(stage, broker)
        return
    first = read_to - timedelta(days=7)
    stored = [each for each in _stored(stage) if each.happened_on >= first]
    truth = Counter({each: n for each, n in broker.truth().items() if each[0] >= first})
    if truth:
        assert Counter(map(_told, stored)) == truth


def _demand_all(stage: Stage, broker: _Broker) -> None:
    truth = broker.truth()
    if truth:
        assert Counter(_told(each) for each in _stored(stage)) == truth
        assert {each.source for each in _stored(stage)} == set(broker.rows)


@given(st.lists(st.tuples(AGO, CENTS), min_size=1, max_size=12), st.integers(0, 99))
def test_days_before_the_window_are_not_touched_when_the_last_days_are_read(
    added: list[tuple[int, int]], seed: int
) -> None:
    broker = _Broker(seed)
    stage = _stage(broker)
    for days_ago, cents in added:
        broker.add(days_ago, cents)
    stage.clock.advance(timedelta(days=2))
    _hear(stage, WebhookEffect.HISTORY_READ)
    first = TODAY - timedelta(days=8)
    older = [each for each in _stored(stage) if each.happened_on < first]
    broker.rows = {name: row for name, row in broker.rows.items() if row.happened_on >= first}
    broker.add(0, 1)
    _hear(stage, WebhookEffect.TRANSACTIONS_READ)
    assert [each for each in _stored(stage) if each.happened_on < first] == older


def test_last_days_are_emptied_when_the_provider_still_knows_older_ones() -> None:
    broker = _Broker(0)
    stage = _stage(broker)
    broker.add(15, 1)
    broker.add(1, 2)
    stage.clock.advance(timedelta(days=2))
    _hear(stage, WebhookEffect.HISTORY_READ)
    broker.rows.pop("id-2")
    _hear(stage, WebhookEffect.TRANSACTIONS_READ)
    assert [each.source for each in _stored(stage)] == ["id-1"]
    broker.rows.clear()
    _hear(stage, WebhookEffect.HISTORY_READ)
    assert [each.source for each in _stored(stage)] == ["id-1"]
