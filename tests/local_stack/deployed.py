"""Freshet deployed on this machine between simulated providers and an issuer of tokens."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from tests.local_stack.api_client import ApiAnswer, ApiClient
from tests.local_stack.issuer import Issuer
from tests.local_stack.local_stack import LocalStack
from tests.simulators.common.state import SharedState
from tests.simulators.plaid import PlaidControlClient, PlaidKnobs, PlaidSettings, PlaidSimulator
from tests.simulators.snaptrade import (
    ControlClient,
    Knobs,
    SimulatorSettings,
    SnapTradeSimulator,
)

Row = dict[str, Any]
PLAID_KNOBS = PlaidKnobs(refresh_latency_seconds=1, slow_institution_seconds=4)
"""A refresh takes its time at the institution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployed:
    """The running system and everything around it."""

    stack: LocalStack
    issuer: Issuer
    snaptrade: ControlClient
    snaptrade_settings: SimulatorSettings
    plaid: PlaidControlClient
    plaid_settings: PlaidSettings
    worlds: tuple[SharedState, ...]
    turns: list[datetime] = field(default_factory=list)
    """When the planner's turn was asked for here."""
    answers: list[tuple[str, ApiAnswer]] = field(default_factory=list)
    """What the API answered to which request, the oldest first."""

    def api(self, user_id: str, **claims: Any) -> ApiClient:
        """Call the API as a user."""
        token = self.issuer.issue_token(user_id, **claims)
        return ApiClient(self.stack.api_url, token, self._remember)

    def given_out(self) -> list[str]:
        """Give every secret that the providers have told us, also those that are void by now."""
        return [secret for world in self.worlds for secret in world.given_out]

    def operate(self, event: dict[str, Any]) -> Any:
        """Invoke the function as an operator does."""
        return self.invoke("OperateFunctionName", event)

    def plan(self) -> int:
        """Invoke the planner as the schedule does."""
        self.turns.append(datetime.now(UTC))
        return int(self.invoke("PlanRefreshesFunctionName", {})["planned"])

    def scheduled_turns(self) -> int:
        """Count the planner's turns that the schedule has asked for."""
        taken = self.stack.host.invocations(self.stack.outputs["PlanRefreshesFunctionName"])
        return taken - len(self.turns)

    def invoke(self, output: str, event: dict[str, Any]) -> Any:
        """Invoke a function and give what it answered; raises when it failed."""
        answer = self.stack.client("lambda").invoke(
            FunctionName=self.stack.outputs[output], Payload=json.dumps(event).encode()
        )
        document = json.loads(answer["Payload"].read())
        if "FunctionError" in answer:
            raise RuntimeError(f"{output} failed: {document}")
        return document

    def kill(self, output: str) -> int:
        """Kill the processes of a function in the middle of their work, and give their number."""
        return self.stack.host.kill(self.stack.outputs[output])

    def processes(self, output: str) -> int:
        """Count the processes of a function, warm ones included."""
        return self.stack.host.processes(self.stack.outputs[output])

    def change(self, **parameters: str) -> None:
        """Deploy again with other parameters."""
        self.stack.change({"PlaidWebhookUrl": f"{self.stack.api_url}/webhooks/plaid", **parameters})

    def link(self, user_id: str, *, refresh_every: str | None = None, **options: Any) -> str:
        """Make a connection at SnapTrade, register it, and give our id of it."""
        known = {each["user_id"]: each for each in self.snaptrade.state()["users"]}
        provider_user_id = f"snaptrade-{user_id}"
        if provider_user_id in known:
            secret = known[provider_user_id]["user_secret"]
        else:
            secret = self.snaptrade.add_user(provider_user_id).user_secret
        connection = self.snaptrade.add_connection(provider_user_id, announce=False, **options)
        answer = self.operate(
            {
                "operation": "register_connection",
                "user_id": user_id,
                "provider": "snaptrade",
                "provider_connection_id": connection.connection_id,
                "credential": {"user_id": provider_user_id, "user_secret": secret},
                "refresh_every": refresh_every,
            }
        )
        return str(answer["connection_id"])

    def link_item(self, user_id: str, *, refresh_every: str | None = None, **options: Any) -> str:
        """Make an Item at Plaid, register it, and give our id of it."""
        item = self.plaid.add_item(**options)
        answer = self.operate(
            {
                "operation": "register_connection",
                "user_id": user_id,
                "provider": "plaid",
                "provider_connection_id": item.item_id,
                "credential": {"access_token": item.access_token},
                "refresh_every": refresh_every,
            }
        )
        return str(answer["connection_id"])

    def billed(self) -> dict[str, Decimal]:
        """Give what each provider has billed."""
        return {"snaptrade": self.snaptrade.bill().total, "plaid": self.plaid.bill().total}

    def booked(self) -> dict[str, Decimal]:
        """Give what our own books say, by provider."""
        totals = dict.fromkeys(("snaptrade", "plaid"), Decimal(0))
        for row in self.rows("ConnectionsTableName", "LEDGER#"):
            totals[row["provider"]["S"]] += Decimal(row["cost"]["M"]["amount"]["S"])
        return totals

    def rows(self, table: str, sort_key_prefix: str) -> list[Row]:
        """Read every row of a table whose sort key starts like this, as DynamoDB gives it."""
        pages = (
            self.stack.client("dynamodb")
            .get_paginator("scan")
            .paginate(TableName=self.stack.outputs[table])
        )
        rows = [row for page in pages for row in page["Items"]]
        return [row for row in rows if row["SK"]["S"].startswith(sort_key_prefix)]

    def queued(self, output: str) -> int:
        """Count the messages of a queue, those in flight included."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        names += ["ApproximateNumberOfMessagesDelayed"]
        answer = self.stack.client("sqs").get_queue_attributes(
            QueueUrl=self.stack.outputs[output], AttributeNames=names
        )
        return sum(int(value) for value in answer["Attributes"].values())

    def _remember(self, request: str, answer: ApiAnswer) -> None:
        self.answers.append((request, answer))


@contextmanager
def deployed(
    *,
    progress: Callable[[str], None],
    port: int | None = None,
    enforce_iam: bool = False,
    knobs: Knobs | None = None,
    plaid_knobs: PlaidKnobs = PLAID_KNOBS,
    parameters: dict[str, str] | None = None,
) -> Iterator[Deployed]:
    """Start everything, wire it together, and leave nothing behind."""
    settings = SimulatorSettings(knobs=knobs or Knobs())
    with ExitStack() as running:
        issuer = running.enter_context(Issuer())
        simulator = running.enter_context(SnapTradeSimulator(settings))
        plaid = running.enter_context(PlaidSimulator(PlaidSettings(knobs=plaid_knobs)))
        values = {
            "JwtIssuer": issuer.issuer_url,
            "JwtAudience": issuer.audience,
            "SnapTradeBaseUrl": simulator.url,
            "PlaidBaseUrl": plaid.url,
            "DeploymentMonthlyBudgetUsd": "25",
            "Docs": "yes",
            **(parameters or {}),
        }
        stack = running.enter_context(
            LocalStack(values, port, enforce_iam=enforce_iam, progress=progress)
        )
        stack.set_provider_secret(
            "snaptrade",
            {"client_id": settings.client_id, "consumer_key": settings.consumer_key},
        )
        stack.set_provider_secret(
            "plaid", {"client_id": plaid.settings.client_id, "secret": plaid.settings.secret}
        )
        simulator.control.listen(f"{stack.api_url}/webhooks/snaptrade")
        plaid_webhook_url = f"{stack.api_url}/webhooks/plaid"
        plaid.control.listen(plaid_webhook_url)
        # What the parameter of that name says on AWS; here the address is known too late for it.
        stack.set_variable("ApiFunctionName", "PLAID_WEBHOOK_URL", plaid_webhook_url)
        yield Deployed(
            stack=stack,
            issuer=issuer,
            snaptrade=simulator.control,
            snaptrade_settings=settings,
            plaid=plaid.control,
            plaid_settings=plaid.settings,
            worlds=(simulator.world, plaid.world),
        )
