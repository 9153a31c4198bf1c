"""Golden rows: what is stored of one full value of each kind, kept as DynamoDB writes it.

A change of a stored form shows in the diff of `golden/`. Write the files anew with
`python -m tests.integration.golden_rows`.
"""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import boto3
from moto import mock_aws

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.compression import unpack
from freshet.domain.daily_valuations import DailyValuation
from freshet.domain.ledger import BudgetChange, LedgerEntry, Settled, call_time
from freshet.domain.provider import Provider
from freshet.domain.refresh import Refresh
from freshet.domain.snapshot import Outcome, RecordedChange, judge
from freshet.domain.spans import ALWAYS
from tests.builders import (
    CONNECTION_ID,
    NEW_YORK,
    NOON,
    USER,
    totals_in,
)
from tests.clients import DynamoDB
from tests.integration.golden_values import (
    ACCOUNT,
    CONNECTION,
    EVENT,
    LATER_READING,
    READING,
    REFRESH,
    SETTLEMENT,
)
from tests.integration.stores import Stores, dynamo_stores
from tests.tables import create_tables

FOLDER = Path(__file__).with_name("golden")
_PACKED = ("document", "changes")
_DAY = date(2026, 11, 19)
"""The day of the first reading's prices."""
_OWNER = (USER, CONNECTION_ID)

type Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Golden:
    """One kind of row: where it is, how it comes there and what is read from it."""

    name: str
    table: str
    key: Mapping[str, str]
    write: Callable[[Stores], object]
    read: Callable[[Stores], object]
    value: object

    @property
    def path(self) -> Path:
        """Locate the file."""
        return FOLDER / f"{self.name}.json"

    def kept(self) -> Row:
        """Read the row from its file."""
        row: Row = json.loads(self.path.read_text(), object_hook=_with_bytes)
        return row

    def written(self, client: DynamoDB) -> Row:
        """Store the value and give the row that came of it."""
        self.write(dynamo_stores(client))
        key = {name: {"S": text} for name, text in self.key.items()}
        return dict(client.get_item(TableName=self.table, Key=key)["Item"])


def legible(row: Row) -> Row:
    """Unpack what is compressed: the bytes depend on the library that made them."""
    packed = {name: {"unpacked": unpack(row[name]["B"])} for name in _PACKED if name in row}
    return {**row, **packed}


def _first() -> Outcome:
    return judge(None, READING, zone=NEW_YORK)


def _second() -> Outcome:
    return judge(_first().latest, LATER_READING, zone=NEW_YORK)


def _store_first(stores: Stores) -> None:
    assert stores.snapshots.store(USER, ACCOUNT.id, _first(), before=None)


def _store_both(stores: Stores) -> None:
    _store_first(stores)
    assert stores.snapshots.store(USER, ACCOUNT.id, _second(), before=_first().latest)


def _valuation() -> DailyValuation:
    latest = _first().latest
    assert latest is not None
    return DailyValuation(
        day=latest.day,
        seen_from=latest.seen_from,
        seen_on=latest.seen_from,
        data_as_of=latest.data_as_of,
        totals=totals_in(latest.holdings),
    )


def _changes() -> list[RecordedChange]:
    outcome = _second()
    assert outcome.latest is not None
    seen = (outcome.latest.version, outcome.latest.changed_at)
    return [RecordedChange(*seen, change) for change in outcome.changes]


def _read_days(stores: Stores) -> object:
    days, _ = stores.history.closes(USER, ACCOUNT.id, until=_DAY, limit=1)
    closed = stores.history.close_on(USER, ACCOUNT.id, _DAY)
    return list(days), closed and (closed.holdings.positions, closed.holdings.balances)


def _book(stores: Stores) -> Refresh:
    stores.refreshes.add(REFRESH)
    return stores.refreshes.book(REFRESH)


def _settle(stores: Stores) -> None:
    unchanged = BudgetChange()
    stores.refreshes.settle(Settled(refresh=_book(stores), settlement=SETTLEMENT, change=unchanged))


def _claim(stores: Stores) -> None:
    stores.connections.add(CONNECTION, provider_user_id=None)
    assert stores.inbox.claim(EVENT, owner=_OWNER, marked_at=NOON)


def _read_changes(stores: Stores) -> object:
    changes, _ = stores.history.changes(USER, ACCOUNT.id, ALWAYS, limit=50, after=None)
    return list(changes)


def _second_version() -> str:
    return _changes()[0].version


GOLDEN = (
    Golden(
        name="connection",
        table="connections",
        key=keys.connection(USER, CONNECTION_ID),
        write=lambda stores: stores.connections.add(CONNECTION, provider_user_id=None),
        read=lambda stores: stores.connections.get(USER, CONNECTION_ID),
        value=CONNECTION,
    ),
    Golden(
        name="account",
        table="connections",
        key=keys.account(USER, ACCOUNT.id),
        write=lambda stores: (
            stores.connections.add(CONNECTION, provider_user_id=None),
            stores.accounts.save(ACCOUNT),
        ),
        read=lambda stores: stores.accounts.get(USER, ACCOUNT.id),
        value=ACCOUNT,
    ),
    Golden(
        name="refresh",
        table="connections",
        key=keys.refresh(USER, CONNECTION_ID, REFRESH.id),
        write=lambda stores: stores.refreshes.add(REFRESH),
        read=lambda stores: stores.refreshes.get(USER, REFRESH.id),
        value=REFRESH,
    ),
    Golden(
        name="ledger_line",
        table="connections",
        key=keys.ledger(USER, call_time(REFRESH), REFRESH.id),
        write=_book,
        read=lambda stores: stores.ledger()[0],
        value=LedgerEntry.of(REFRESH),
    ),
    Golden(
        name="settlement",
        table="connections",
        key=keys.ledger(USER, call_time(REFRESH), REFRESH.id, settled_by=SETTLEMENT.invoice),
        write=_settle,
        read=lambda stores: stores.refreshes.settlements(REFRESH)[0],
        value=SETTLEMENT,
    ),
    Golden(
        name="inbox_event",
        table="connections",
        key=keys.inbox(Provider.SNAPTRADE, EVENT.id),
        write=_claim,
        read=lambda stores: stores.inbox.find(Provider.SNAPTRADE, EVENT.id),
        value=(EVENT, _OWNER),
    ),
    Golden(
        name="snapshot",
        table="snapshots",
        key=keys.latest(USER, ACCOUNT.id),
        write=_store_first,
        read=lambda stores: stores.snapshots.latest(USER, ACCOUNT.id),
        value=_first().latest,
    ),
    Golden(
        name="change",
        table="snapshots",
        key=keys.change(USER, ACCOUNT.id, _second_version(), 0),
        write=_store_both,
        read=_read_changes,
        value=_changes(),
    ),
    Golden(
        name="daily_valuation",
        table="snapshots",
        key=keys.close(USER, ACCOUNT.id, _DAY),
        write=_store_both,
        read=_read_days,
        value=([_valuation()], (READING.holdings.positions, READING.holdings.balances)),
    ),
)


def _with_bytes(node: dict[str, Any]) -> dict[str, Any]:
    return {"B": base64.b64decode(node["B"])} if set(node) == {"B"} else node


def _as_text(value: Any) -> str:
    return base64.b64encode(value).decode()


def write_files() -> None:
    """Write what is stored today over every golden row."""
    FOLDER.mkdir(exist_ok=True)
    for golden in GOLDEN:
        with mock_aws():
            client = boto3.client("dynamodb", region_name="us-east-1")
            create_tables(client)
            row = golden.written(client)
        text = json.dumps(row, default=_as_text, indent=2, sort_keys=True, ensure_ascii=False)
        golden.path.write_text(text + "\n")


if __name__ == "__main__":
    write_files()
