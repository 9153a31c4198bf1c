"""AWS by moto, SnapTrade by its simulator, and hands to carry messages between the functions."""

import base64
import gzip
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from freshet import bootstrap, wiring
from functions.api import app as api
from functions.operate import app as operate
from functions.plan_refreshes import app as plan_refreshes
from functions.process_webhook import app as process_webhook
from functions.receive_webhook import app as receive_webhook
from functions.refresh_connection import app as refresh_connection
from functions.take_snapshots import app as take_snapshots
from tests.conformity import demand_conformity
from tests.function_variables import FUNCTION_VARIABLES
from tests.functional.grants import Handlers
from tests.simulators.common.state import Clock, utc_now
from tests.simulators.plaid import PlaidSimulator, SimulatedItem
from tests.simulators.plaid.listener import Received as PlaidReceived
from tests.simulators.plaid.listener import WebhookListener as PlaidListener
from tests.simulators.plaid.settings import PlaidSettings
from tests.simulators.snaptrade import Knobs, SimulatorSettings, SnapTradeSimulator
from tests.simulators.snaptrade.control_answers import SimulatedConnection, SimulatedUser
from tests.simulators.snaptrade.listener import Received, WebhookListener
from tests.simulators.snaptrade.signed_client import SignedClient
from tests.tables import create_tables

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_events import EventBridgeClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_sqs import SQSClient

USER = "user-1"
SCOPES = "freshet/read freshet/refresh"
EVENTS = Path(__file__).resolve().parents[2] / "events"
_QUEUES = ("webhook", "refresh", "snapshot")
_DEAD = ("webhook-dead", "refresh-dead", "snapshot-dead", "planner-dead", "audit-dead")
CONTEXT = SimpleNamespace(
    function_name="test",
    memory_limit_in_mb=512,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:test",
    aws_request_id="request-1",
    get_remaining_time_in_millis=lambda: 120_000,
)
_MOST_ROUNDS = 50

type Original = SimulatedConnection | SimulatedItem
"""A connection as its provider has it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the api function answered."""

    status: int
    headers: dict[str, str]
    body: Any
    text: str


class World:
    """One deployment and one provider."""

    def __init__(
        self,
        simulator: SnapTradeSimulator,
        plaid: PlaidSimulator,
        listener: WebhookListener,
        plaid_listener: PlaidListener,
        queues: dict[str, str],
        *,
        sqs: "SQSClient",
        dynamodb: "DynamoDBClient",
    ) -> None:
        self.simulator = simulator
        self.plaid = plaid
        self.listener = listener
        self.plaid_listener = plaid_listener
        self.queues = queues
        self._users: dict[str, SimulatedUser] = {}
        self.sqs = sqs
        self.dynamodb = dynamodb
        hold = Handlers().held
        self._api = hold("ApiFunction", api.lambda_handler)
        self._operate = hold("OperateFunction", operate.lambda_handler)
        self._receive = hold("ReceiveWebhookFunction", receive_webhook.lambda_handler)
        self._plan = hold("PlanRefreshesFunction", plan_refreshes.lambda_handler)
        self._workers = {
            "webhook": hold("ProcessWebhookFunction", process_webhook.lambda_handler),
            "refresh": hold("RefreshConnectionFunction", refresh_connection.lambda_handler),
            "snapshot": hold("TakeSnapshotsFunction", take_snapshots.lambda_handler),
        }

    def link(self, *, user_id: str = USER, **options: Any) -> tuple[str, SimulatedConnection]:
        """Make a connection at the provider and register it; gives its id and the original."""
        cadence = {key: options.pop(key) for key in ("refresh_every",) if key in options}
        user = self.simulator.control.add_user(f"snaptrade-{user_id}-{len(self._users)}")
        connection = self.simulator.control.add_connection(user.user_id, announce=False, **options)
        self._users[connection.connection_id] = user
        answer = self.register(connection, user_id=user_id, **cadence)
        return answer["connection_id"], connection

    def register(
        self, connection: SimulatedConnection, *, user_id: str, **cadence: Any
    ) -> dict[str, Any]:
        """Ask for a registration as an operator does."""
        user = self._users[connection.connection_id]
        event = sample_event("operator_register_connection") | {
            "user_id": user_id,
            "provider_connection_id": connection.connection_id,
            "credential": {"user_id": user.user_id, "user_secret": user.user_secret},
            **cadence,
        }
        return self.operate(event)

    def link_item(self, *, user_id: str = USER, **options: Any) -> tuple[str, SimulatedItem]:
        """Make an Item at Plaid and register it; gives its id and the original."""
        cadence = {key: options.pop(key) for key in ("refresh_every",) if key in options}
        item = self.plaid.control.add_item(**options)
        event = sample_event("operator_register_item") | {
            "user_id": user_id,
            "provider_connection_id": item.item_id,
            "credential": {"access_token": item.access_token},
            **cadence,
        }
        return self.operate(event)["connection_id"], item

    def operate(self, event: dict[str, Any]) -> dict[str, Any]:
        """Invoke the function as an operator does."""
        return dict(self._operate(event, CONTEXT))

    def call(
        self,
        method: str,
        path: str,
        *,
        user_id: str = USER,
        scope: str = SCOPES,
        body: str | None = None,
        headers: dict[str, str] | None = None,
        query: dict[str, str] | None = None,
        claims: dict[str, str] | None = None,
    ) -> Answer:
        """Call the API as the gateway does after it has checked the token."""
        event = sample_event("api_list_connections") | {"rawPath": path, "body": body}
        event["headers"] |= headers or {}
        event["queryStringParameters"] = query or {}
        context = event["requestContext"]
        context["http"] |= {"method": method, "path": path}
        context["authorizer"]["jwt"]["claims"] |= {"sub": user_id, "scope": scope}
        context["authorizer"]["jwt"]["claims"] |= claims or {}
        answer = self._api(event, CONTEXT)
        text = _text_of(answer)
        demand_conformity(method, path, answer["statusCode"], answer["headers"], text)
        body = json.loads(text) if text else None
        return Answer(answer["statusCode"], answer["headers"], body, text)

    def ask(self, path: str) -> Answer:
        """Ask for what needs no token."""
        event = sample_event("api_list_connections") | {"rawPath": path}
        event["requestContext"]["http"] |= {"path": path}
        del event["requestContext"]["authorizer"]
        answer = self._api(event, CONTEXT)
        return Answer(answer["statusCode"], answer["headers"], None, _text_of(answer))

    def ask_snaptrade(self, connection: SimulatedConnection, path: str) -> str:
        """Ask SnapTrade itself, as the user of a connection; gives the answer's text."""
        settings, user = self.simulator.settings, self._users[connection.connection_id]
        caller = SignedClient(
            self.simulator.url,
            client_id=settings.client_id,
            consumer_key=settings.consumer_key,
            clock=settings.clock,
        )
        query = {"userId": user.user_id, "userSecret": user.user_secret}
        answer = caller.call("GET", path, query)
        assert answer.status == 200, answer
        return answer.text

    def restart(self) -> None:
        """Let the next invocation of each function start cold, over the same clients of AWS."""
        _forget_in(bootstrap)

    def plan(self) -> int:
        """Take the planner's turn."""
        event = sample_event("plan_refreshes_turn")
        return int(self._plan(event, CONTEXT)["planned"])

    def deliver(self, received: Received, *, provider: str = "snaptrade") -> int:
        """Carry a webhook to the receiver; gives the status it answered."""
        return self.deliver_raw(received.body, {"Signature": received.signature}, provider)

    def deliver_raw(self, body: bytes, headers: dict[str, str], provider: str = "snaptrade") -> int:
        """Carry any request to the webhook route."""
        event = sample_event("receive_webhook_snaptrade") | {
            "routeKey": f"POST /webhooks/{provider}",
            "headers": {name.lower(): value for name, value in headers.items()},
            "body": base64.b64encode(body).decode(),
            "isBase64Encoded": True,
        }
        return int(self._receive(event, CONTEXT)["statusCode"])

    def work(self) -> None:
        """Carry messages to the workers until every queue is empty."""
        for _ in range(_MOST_ROUNDS):
            worked = [self._work_queue(name) for name in _QUEUES]
            if not any(worked):
                return
        raise AssertionError("the queues never became empty")

    def messages(self, queue: str) -> list[str]:
        """Take what waits in a queue."""
        answer = self.sqs.receive_message(QueueUrl=self.queues[queue], MaxNumberOfMessages=10)
        return [message["Body"] for message in answer.get("Messages", [])]

    def redeliver(self, queue: str, body: str, *, seconds: int = 120) -> dict[str, Any]:
        """Carry one message to its worker, as SQS does after a lost acknowledgement."""
        left = {"get_remaining_time_in_millis": lambda: seconds * 1000}
        return dict(self._workers[queue](_batch([body]), SimpleNamespace(**vars(CONTEXT) | left)))

    def plaid_webhook(self, webhook_type: str, code: str) -> PlaidReceived:
        """Wait for Plaid to send an event."""
        return self.plaid_listener.next(webhook_type, code)

    def deliver_plaid(self, received: PlaidReceived) -> int:
        """Carry a webhook of Plaid's to the receiver; gives the status it answered."""
        headers = {"Plaid-Verification": received.signature}
        return self.deliver_raw(received.body, headers, "plaid")

    def webhooks(self, event_type: str, number: int) -> list[Received]:
        """Wait for the provider to send that many events of a type."""
        return [self.listener.next(event_type) for _ in range(number)]

    def rows(self, partition_prefix: str, table: str = "connections") -> list[dict[str, Any]]:
        """Read the rows of a table whose partition key starts like this."""
        wanted: dict[str, Any] = {
            "FilterExpression": "begins_with(PK, :prefix)",
            "ExpressionAttributeValues": {":prefix": {"S": partition_prefix}},
        }
        # Filtered where they are: to answer with all rows takes moto longer than to find some.
        pages = self.dynamodb.get_paginator("scan").paginate(
            TableName=table, **(wanted if partition_prefix else {})
        )
        return [item for page in pages for item in page["Items"]]

    def lasting_rows(self) -> list[dict[str, Any]]:
        """Read all rows but those that say who asked or worked in the last minutes."""
        return [row for row in self.rows("") if not _is_passing(row)]

    def _work_queue(self, name: str) -> bool:
        bodies = self.messages(name)
        for body in bodies:
            answer = self._workers[name](_batch([body]), CONTEXT)
            assert answer == {"batchItemFailures": []}, answer
        return bool(bodies)


def _is_passing(row: dict[str, Any]) -> bool:
    names = (str(row["PK"]["S"]), str(row["SK"]["S"]))
    return any(each.startswith(("HEARTBEAT#", "REQUESTS#")) for each in names)


def _text_of(answer: dict[str, Any]) -> str:
    body = str(answer["body"])
    if answer.get("isBase64Encoded"):
        return gzip.decompress(base64.b64decode(body)).decode()
    return body


def sample_event(name: str) -> dict[str, Any]:
    """Read one of the events that are also there for `sam remote invoke`."""
    return dict(json.loads((EVENTS / f"{name}.json").read_text()))


def _batch(bodies: list[str]) -> dict[str, Any]:
    (record,) = sample_event("take_snapshots_command")["Records"]
    records = [record | {"messageId": str(at), "body": body} for at, body in enumerate(bodies)]
    return {"Records": records}


@contextmanager
def a_world(
    monkeypatch: pytest.MonkeyPatch, *, clock: Clock = utc_now, **knobs: Any
) -> Iterator[World]:
    """Build everything, and forget what the functions remember between invocations."""
    defaults = {"refresh_delay_seconds": 0, "refresh_syncs_transactions": False}
    settings = SimulatorSettings(knobs=Knobs(**(defaults | knobs)), clock=clock)
    with (
        SnapTradeSimulator(settings) as simulator,
        PlaidSimulator(PlaidSettings(clock=clock)) as plaid,
        WebhookListener() as listener,
        PlaidListener() as plaid_listener,
        mock_aws(),
    ):
        simulator.control.listen(listener.url)
        plaid.control.listen(plaid_listener.url)
        _set_environment(monkeypatch)
        sqs, dynamodb, events, secretsmanager = _clients()
        queues = {name: sqs.create_queue(QueueName=name)["QueueUrl"] for name in (*_QUEUES, *_DEAD)}
        create_tables(dynamodb)
        events.create_event_bus(Name="freshet")
        secrets = {
            "snaptrade": {"client_id": settings.client_id, "consumer_key": settings.consumer_key},
            "plaid": {"client_id": plaid.settings.client_id, "secret": plaid.settings.secret},
        }
        for name, keys in secrets.items():
            secretsmanager.create_secret(Name=f"providers/{name}", SecretString=json.dumps(keys))
        _set_variables(monkeypatch, queues, simulator, plaid, plaid_listener)
        _forget()
        _take_turns()
        yield World(simulator, plaid, listener, plaid_listener, queues, sqs=sqs, dynamodb=dynamodb)
    _forget()


@cache
def _clients() -> "tuple[SQSClient, DynamoDBClient, EventBridgeClient, SecretsManagerClient]":
    """Make the stage's own clients once: they reach whatever stand-in there is at the moment."""
    return (
        boto3.client("sqs"),
        boto3.client("dynamodb"),
        boto3.client("events"),
        boto3.client("secretsmanager"),
    )


def _forget() -> None:
    for module in (bootstrap, wiring):
        _forget_in(module)


def _forget_in(module: ModuleType) -> None:
    for builder in vars(module).values():
        if hasattr(builder, "cache_clear") and builder.__module__ == module.__name__:
            builder.cache_clear()


def _take_turns() -> None:
    """Let requests be single steps, as they are at DynamoDB: moto's are not thread-safe."""
    lock, events = threading.RLock(), wiring.client("dynamodb").meta.events

    def begin(**_: Any) -> None:
        lock.acquire()

    def end(**_: Any) -> None:
        lock.release()

    events.register_first("before-call.dynamodb", begin)
    events.register_first("after-call.dynamodb", end)
    events.register_first("after-call-error.dynamodb", end)


def _set_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("POWERTOOLS_SERVICE_NAME", "test")
    monkeypatch.setenv("POWERTOOLS_METRICS_NAMESPACE", "Freshet")


def _set_variables(
    monkeypatch: pytest.MonkeyPatch,
    queues: dict[str, str],
    snaptrade: SnapTradeSimulator,
    plaid: PlaidSimulator,
    plaid_listener: PlaidListener,
) -> None:
    variables = FUNCTION_VARIABLES | {
        "WEBHOOK_QUEUE_URL": queues["webhook"],
        "REFRESH_QUEUE_URL": queues["refresh"],
        "SNAPSHOT_QUEUE_URL": queues["snapshot"],
        "WEBHOOK_DEAD_LETTER_QUEUE_URL": queues["webhook-dead"],
        "REFRESH_DEAD_LETTER_QUEUE_URL": queues["refresh-dead"],
        "SNAPSHOT_DEAD_LETTER_QUEUE_URL": queues["snapshot-dead"],
        "PLAN_REFRESHES_DEAD_LETTER_QUEUE_URL": queues["planner-dead"],
        "AUDIT_DEAD_LETTER_QUEUE_URL": queues["audit-dead"],
        "SNAPTRADE_SECRET_ARN": "providers/snaptrade",
        "SNAPTRADE_BASE_URL": snaptrade.url,
        "SNAPTRADE_REQUESTS_PER_MINUTE": "6000",
        "PLAID_SECRET_ARN": "providers/plaid",
        "PLAID_BASE_URL": plaid.url,
        "PLAID_REQUESTS_PER_MINUTE": "6000",
        "PLAID_REFRESHES_PER_MINUTE": "6000",
        "PLAID_WEBHOOK_URL": plaid_listener.url,
        "WEBHOOK_DEBOUNCE_SECONDS": "0",
        "DEFAULT_USER_SCOPES": "freshet/read freshet/refresh freshet/link",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
