"""An invented past for one account, as if the stack had been up for weeks.

The days are made up; what becomes of them is not. Each goes through the product's own judgement
into its own rows, before the account is first read: then the newest is what the provider says.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import replace
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from freshet.adapters.dynamodb.snapshot_store import DynamoSnapshotStore
from freshet.adapters.dynamodb.table import Table
from freshet.domain.holdings import Holdings
from freshet.domain.identifiers import account_id_for
from freshet.domain.positions import Position
from freshet.domain.snapshot import HoldingsReading, judge
from tests.local_stack.deployed import Deployed

_ZONE = ZoneInfo("America/New_York")
_RETENTION = timedelta(days=35)
_CLOSE, _READ = timedelta(hours=16), timedelta(hours=17)
_DAYS = 30
_SATURDAY = 5
# How far each day lies from the one after it, in tenths of a percent; then it begins again.
_MOVES = (4, -7, 11, 3, -5, 8, 6, -12, 9, 2, -3, 7, -6, 10, -4)
# Days back on which nobody could look, and on which something was bought.
_BLIND = frozenset({11, 12, 13})
_BOUGHT = (7, 18, 25)
_PATIENCE_SECONDS = 20.0
_PAUSE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Model:
    """An account that has been read, whose holdings the invented past leads up to."""

    user_id: str
    account_id: str


def link_with_past(running: Deployed, model: Model, *, institution: Mapping[str, str]) -> str:
    """Link another connection of the model's user, with weeks behind it; give its id."""
    store = _store(running)
    latest = store.latest(model.user_id, model.account_id)
    assert latest is not None, "the model has not been read"
    with _nobody_reading(running):
        connection_id = running.link(
            model.user_id, institution=dict(institution), portfolio=["everyday"]
        )
        shown = running.api(model.user_id).get(f"/v1/connections/{connection_id}").body
        (theirs,) = (
            each["account_id"]
            for each in running.snaptrade.state()["accounts"]
            if each["connection_id"] == shown["provider_ids"]["connection"]
        )
        account_id = account_id_for(connection_id, theirs)
        for reading in invented_readings(latest.holdings, now=datetime.now(UTC)):
            before = store.latest(model.user_id, account_id)
            store.store(
                model.user_id, account_id, judge(before, reading, zone=_ZONE), before=before
            )
    return connection_id


def invented_readings(holdings: Holdings, *, now: datetime) -> Iterator[HoldingsReading]:
    """Read once a day, the oldest first; weekends bring nothing newer, some days nothing at all."""
    midnight = now.astimezone(_ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    held, as_of, factor = holdings, None, _factor(_DAYS)
    for back in range(_DAYS, 0, -1):
        day = midnight - timedelta(days=back)
        factor *= 1 + Decimal(_MOVES[back % len(_MOVES)]) / 1000
        if back in _BLIND:
            continue
        # After blind days there is news, also at a weekend: what nobody saw is not carried.
        if as_of is None or day.weekday() < _SATURDAY or back + 1 in _BLIND:
            as_of, held = (day + _CLOSE).astimezone(UTC), _then(holdings, factor, back)
        fetched_at = (day + _READ).astimezone(UTC)
        yield HoldingsReading(
            holdings=held,
            broker_as_of=as_of,
            provider_synced_at=as_of,
            started_at=fetched_at,
            fetched_at=fetched_at,
        )


def _factor(days: int) -> Decimal:
    """Say where the prices begin, so that they end at today's."""
    factor = Decimal(1)
    for back in range(days, 0, -1):
        factor /= 1 + Decimal(_MOVES[back % len(_MOVES)]) / 1000
    return factor


def _then(holdings: Holdings, factor: Decimal, back: int) -> Holdings:
    still_to_come = sum(1 for each in _BOUGHT if each < back)
    first, *others = (_priced(each, factor) for each in holdings.positions)
    units = None if first.units is None else first.units - 3 * still_to_come
    return replace(holdings, positions=(replace(first, units=units), *others))


def _priced(position: Position, factor: Decimal) -> Position:
    if position.price is None or position.cash_equivalent:
        return position
    return replace(position, price=(position.price * factor).quantize(position.price))


def _store(running: Deployed) -> DynamoSnapshotStore:
    table = Table(running.stack.client("dynamodb"), running.stack.outputs["SnapshotsTableName"])
    return DynamoSnapshotStore(table, retention=_RETENTION, zone=_ZONE)


@contextmanager
def _nobody_reading(running: Deployed) -> Iterator[None]:
    """Keep the reader from its queue: what it reads first would be newer than any past."""
    functions = running.stack.client("lambda")
    name = running.stack.outputs["TakeSnapshotsFunctionName"]
    (mapping,) = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]

    def turn(*, on: bool) -> None:
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=on)
        wanted, deadline = "Enabled" if on else "Disabled", time.monotonic() + _PATIENCE_SECONDS
        while functions.get_event_source_mapping(UUID=mapping["UUID"])["State"] != wanted:
            assert time.monotonic() < deadline, f"the reader's queue is not {wanted}"
            time.sleep(_PAUSE_SECONDS)

    turn(on=False)
    try:
        yield
    finally:
        turn(on=True)
