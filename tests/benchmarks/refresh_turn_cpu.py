"""What a planner's turn takes of a processor: its requests are answered from memory, at once."""

import json
import zlib
from collections import Counter
from dataclasses import dataclass
from io import BytesIO
from time import process_time
from typing import Any

import boto3
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from freshet.adapters.dynamodb.connection_items import connection_to_item
from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.dynamodb.erasures import DynamoErasures
from freshet.adapters.dynamodb.table import Table
from freshet.adapters.dynamodb.wire import wire
from freshet.adapters.queues import SqsReadQueue, SqsRefreshQueue
from freshet.domain.instants import to_text
from freshet.domain.provider import Provider
from freshet.domain.schedule import TurnCapacity
from freshet.observability import metrics
from freshet.registry import TRAITS
from freshet.services.plan_turn import PlanTurnDependencies, plan_turn
from tests.benchmarks.refresh_planner import KEYS, REGION
from tests.builders import NOON, a_connection

DUE = 1_200
PROCESSOR_AT_512_MB = 0.29
"""Lambda gives a function of 1,769 MB one processor, and others their share of it."""
SECONDS_A_REQUEST = 0.006
"""Assumed for DynamoDB and SQS in the same region; it is not measured here."""
_CAPACITY = TurnCapacity(DUE * TRAITS[Provider.SNAPTRADE].calls_per_read_run, DUE)


@dataclass(frozen=True, slots=True)
class TurnCost:
    """A turn that hands out everything that is due."""

    planned: int
    requests: int
    cpu_seconds: float

    @property
    def seconds_at_512_mb(self) -> float:
        """Compute how long it takes there: its work, and the wait for each request."""
        waits = self.requests * SECONDS_A_REQUEST
        return round(self.cpu_seconds / PROCESSOR_AT_512_MB + waits, 1)


def turn_cost() -> TurnCost:
    """Take a turn over so many due connections; the second one counts, as in a warm function."""
    _turn()
    return _turn()


def _turn() -> TurnCost:
    answers = _Answers()
    dynamodb, sqs = boto3.client("dynamodb", REGION, **KEYS), boto3.client("sqs", REGION, **KEYS)
    answer: Any = answers.answer  # whose answer botocore takes for that of a server
    dynamodb.meta.events.register("before-send", answer)
    sqs.meta.events.register("before-send", answer)
    table = Table(dynamodb, "connections")
    planning = PlanTurnDependencies(
        due=DynamoConnections(table),
        erasures=DynamoErasures(table),
        reads=SqsReadQueue(sqs, "https://sqs.us-east-1.amazonaws.com/1/reads"),
        refreshes=SqsRefreshQueue(sqs, "https://sqs.us-east-1.amazonaws.com/1/buys"),
        capacities={Provider.SNAPTRADE: _CAPACITY},
        traits=TRAITS,
        clock=lambda: NOON,
    )
    start = process_time()
    planned = plan_turn(deps=planning)
    cpu = process_time() - start
    metrics.clear_metrics()
    return TurnCost(planned, answers.asked.total(), round(cpu, 2))


class _Answers:
    """DynamoDB and SQS as far as a turn asks them."""

    def __init__(self) -> None:
        self.asked = Counter[str]()
        connection = a_connection(due_at=NOON)
        self._row = wire(connection_to_item(connection))
        key = {"due_at": {"S": to_text(NOON)}, "due_shard": {"S": "DUE#snaptrade#0"}}
        self._due = [
            {"PK": {"S": f"USER#{number}"}, "SK": self._row["SK"], **key} for number in range(DUE)
        ]

    def answer(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse:
        """Answer a request without sending it."""
        target: Any = request.headers["X-Amz-Target"]  # bytes, whatever its type says
        asked: Any = request.body
        operation = target.decode().rpartition(".")[2]
        self.asked[operation] += 1
        body = json.dumps(self._body(operation, json.loads(asked))).encode()
        headers: Any = {"x-amz-crc32": str(zlib.crc32(body)), "Content-Length": str(len(body))}
        raw: Any = _Raw(body)
        return AWSResponse(request.url, 200, headers, raw)

    def _body(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        if operation == "Query":
            shard = asked["ExpressionAttributeValues"][":shard"]["S"]
            return {"Items": self._due if shard == "DUE#snaptrade#0" else []}
        if operation == "UpdateItem":
            return {"Attributes": self._row}
        entries = asked["Entries"]
        return {"Successful": [{"Id": each["Id"], "MessageId": "1"} for each in entries]}


class _Raw(BytesIO):
    """A body as urllib3 hands it on."""

    def stream(self, **_: Any) -> list[bytes]:
        """Give all of it."""
        return [self.getvalue()]
