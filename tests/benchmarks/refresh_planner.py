"""What a planner's turn asks of AWS, however many connections there are that are not due."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item, LimitedSizeDict

from freshet.adapters.dynamodb import due_shards, keys
from freshet.adapters.dynamodb.connection_items import connection_to_item
from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.dynamodb.erasures import DynamoErasures
from freshet.adapters.dynamodb.table import Table
from freshet.adapters.queues import SqsReadQueue, SqsRefreshQueue
from freshet.domain.connection import Connection
from freshet.domain.instants import to_text
from freshet.domain.provider import Provider
from freshet.domain.schedule import DUE_SHARDS, TurnCapacity
from freshet.observability import metrics
from freshet.registry import TRAITS
from freshet.services.plan_turn import PlanTurnDependencies, plan_turn
from tests.builders import NOON, a_connection
from tests.clients import Sqs
from tests.tables import create_tables

DUE = 1_000
REGISTERED = (1_000, 100_000, 1_000_000)
# Fast enough for one turn to hand out everything that is due.
_PACE = TurnCapacity(DUE * TRAITS[Provider.SNAPTRADE].calls_per_read_run, DUE)
REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of the planner."""

    registered: int
    planned: int
    queries: int
    claims: int
    sends: int
    others: int

    @property
    def requests(self) -> int:
        """Count everything that was asked of AWS."""
        return self.queries + self.claims + self.sends + self.others


def turn(registered: int) -> Turn:
    """Take one turn where so many are registered, and DUE of them due."""
    with mock_aws():
        dynamodb = boto3.client("dynamodb", REGION, **KEYS)
        sqs = boto3.client("sqs", REGION, **KEYS)
        create_tables(dynamodb)
        table = Table(dynamodb, "connections")
        for number in range(DUE):
            table.put(connection_to_item(_due(number)))
        _add_waiting(registered - DUE)
        planning = _planning(table, sqs)
        asked: Counter[str] = Counter()
        for client in (dynamodb, sqs):
            client.meta.events.register(
                "before-call", lambda model, **_: asked.update([model.name])
            )
        planned = plan_turn(deps=planning)
        metrics.clear_metrics()
    return Turn(
        registered=registered,
        planned=planned,
        queries=asked.pop("Query"),
        claims=asked.pop("UpdateItem"),
        sends=asked.pop("SendMessageBatch"),
        others=asked.total(),
    )


def _planning(table: Table, sqs: Sqs) -> PlanTurnDependencies:
    urls = [sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("reads", "buys")]
    return PlanTurnDependencies(
        due=DynamoConnections(table),
        erasures=DynamoErasures(table),
        reads=SqsReadQueue(sqs, urls[0]),
        refreshes=SqsRefreshQueue(sqs, urls[1]),
        capacities={Provider.SNAPTRADE: _PACE},
        traits=TRAITS,
        clock=lambda: NOON,
    )


KEYS: dict[str, Any] = {"aws_access_key_id": "testing", "aws_secret_access_key": "testing"}


def _due(number: int) -> Connection:
    return a_connection(
        id=f"con_{number:024d}",
        user_id=_user(number),
        due_at=NOON - timedelta(seconds=DUE - number),
    )


def _user(number: int) -> str:
    # In the order of the numbers: moto sorts them all for every query, which is then soon done.
    return f"user-{number:08d}"


def _add_waiting(number: int) -> None:
    """Put rows where moto keeps them, with what the index needs: requests would take an hour."""
    items = dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables["connections"].items
    tomorrow = DynamoType({"S": to_text(NOON + timedelta(days=1))})
    shards = [
        DynamoType({"S": due_shards.due_shard_name(Provider.SNAPTRADE, shard)})
        for shard in range(DUE_SHARDS)
    ]
    for each in range(DUE, DUE + number):
        key = keys.connection(_user(each), f"con_{each:024d}")
        partition, sort = (DynamoType({"S": key[name]}) for name in ("PK", "SK"))
        index = {"due_at": tomorrow, "due_shard": shards[each % DUE_SHARDS]}
        items[partition][sort] = _item(partition, sort, {"PK": partition, "SK": sort, **index})


def _item(partition: DynamoType, sort: DynamoType, row: dict[str, DynamoType]) -> Item:
    # As moto copies its own items: without weighing them anew at every attribute.
    new: Any = Item.__new__  # which moto types as a model of all its backends
    item: Item = new(Item)
    item.hash_key, item.range_key = partition, sort
    item.attrs = LimitedSizeDict.__new__(LimitedSizeDict)
    dict.update(item.attrs, row)
    return item
