"""The API and the workers over the fakes, with a third provider alone, under a key of choice."""

import json
from copy import replace
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

from aws_lambda_powertools.utilities.typing import LambdaContext

from freshet.adapters.integration_dependencies import IntegrationDependencies
from freshet.adapters.providers import ConfiguredProviders
from freshet.domain.provider import Provider
from freshet.domain.schedule import TurnCapacity
from freshet.http.application import Api, ApiDependencies
from freshet.http.caller import TokenPolicy
from freshet.http.resources import RESOURCES
from freshet.operations.operator import Operator
from freshet.operations.registrations import RegistrationOperations
from freshet.ports import LinkFlowDependencies
from freshet.services.enroll_connection import ConnectionEnrollment
from freshet.services.erase_connection import ErasureDependencies
from freshet.services.limit_user_rate import UserRateLimitDependencies
from freshet.services.linking import LinkDependencies
from freshet.services.plan_turn import PlanTurnDependencies
from freshet.services.refresh_records import PurchaseDependencies
from freshet.services.register_connection import RegisterConnectionDependencies
from freshet.services.show_documented_holdings import ShowDocumentedDependencies
from freshet.services.take_snapshots import TakeSnapshotsDependencies
from tests.builders import USER
from tests.fakes import FakeUserLease, FakeUserRequests
from tests.fakes.integration import FakeDesk, fake_integration
from tests.fakes.linking import FakeLinkSessions
from tests.unit.stage import Stage

# Its parts are in memory: none of them asks for anything outside.
_NOTHING = cast(IntegrationDependencies, None)
_EVENT = Path(__file__).resolve().parents[2] / "events" / "api_list_connections.json"
_CONTEXT = cast(LambdaContext, SimpleNamespace(aws_request_id="request-1"))
_SCOPES = "freshet/read freshet/refresh freshet/link freshet/operate"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API answered."""

    status: int
    body: Any


class ThirdProvider(Stage):
    """A deployment that works with the third provider and no other."""

    def __init__(self, key: Provider, *, reads_transactions: bool = False) -> None:
        super().__init__(traits={}, reads_transactions=reads_transactions)
        self.connections.rows.clear()
        self.connections.owners.clear()
        self.accounts.rows.clear()
        self.key, self.desk = key, FakeDesk(self.clock)
        self.integration = fake_integration(key, self.desk)
        self.traits = {key: self.integration.traits}
        price = self.integration.price({})
        self.policy = replace(self.policy, prices={key: price})
        self.sessions, self.lease = FakeLinkSessions(), FakeUserLease()
        self._drawn = count(1)

    def random_bytes(self, length: int) -> bytes:
        return next(self._drawn).to_bytes(length)

    @property
    def purchasing(self) -> PurchaseDependencies:
        buyer = self.integration.buyer(_NOTHING)
        providers = ConfiguredProviders(vault=self.vault, openers={self.key: buyer})
        return replace(super().purchasing, providers=providers)

    @property
    def erasing(self) -> ErasureDependencies:
        return replace(super().erasing, providers=self.purchasing.providers)

    @property
    def reading(self) -> TakeSnapshotsDependencies:
        reader = self.integration.reader(_NOTHING)
        providers = ConfiguredProviders(vault=self.vault, openers={self.key: reader})
        return replace(super().reading, providers=providers)

    @property
    def planning(self) -> PlanTurnDependencies:
        limits = self.integration.limits({})
        pace = TurnCapacity(limits.calls_per_minute, limits.purchases_per_minute)
        return replace(super().planning, capacities={self.key: pace})

    @property
    def registering(self) -> RegisterConnectionDependencies:
        return RegisterConnectionDependencies(
            owners=self.connections,
            inbox=self.inbox,
            connections=self.connections,
            vault=self.vault,
            reads=self.reads,
            traits=self.traits,
            random_bytes=self.random_bytes,
            clock=self.clock,
        )

    @property
    def linking(self) -> LinkDependencies:
        enrollment = ConnectionEnrollment(
            sessions=self.sessions,
            inbox=self.inbox,
            connections=self.connections,
            reads=self.reads,
            random_bytes=self.random_bytes,
            clock=self.clock,
        )
        needed = LinkFlowDependencies(
            sessions=self.sessions,
            users=lambda _: self.users,
            lease=self.lease,
            vault=self.vault,
            owners=self.connections,
            connections=self.connections,
            enrollment=enrollment,
            random_bytes=self.random_bytes,
            clock=self.clock,
        )
        return LinkDependencies(
            sessions=self.sessions,
            connections=self.connections,
            users=FakeUserRequests(),
            reads=self.reads,
            flows={self.key: self.integration.link_flow(_NOTHING, needed)},
            redirect_uris=frozenset(),
            random_bytes=self.random_bytes,
            clock=self.clock,
        )

    @property
    def api(self) -> Api:
        assert self.integration.documents is not None
        documents = self.integration.documents(_NOTHING)
        api = Api(
            ApiDependencies(
                showing=self.showing,
                portfolio=ShowDocumentedDependencies(
                    showing=self.showing, documents={self.key: documents}
                ),
                removing=replace(self.removing, random_bytes=self.random_bytes),
                requesting=replace(self.requesting, random_bytes=self.random_bytes),
                linking=self.linking,
                pacing=UserRateLimitDependencies(FakeUserRequests(), self.clock),
                tokens=TokenPolicy("sub", frozenset()),
                providers=frozenset({self.key}),
                offers={self.key: self.integration.offer()},
            )
        )
        for resource in RESOURCES:
            resource.add_routes(api)
        return api

    def operate(self, event: dict[str, Any]) -> dict[str, Any]:
        """Carry out an operator's event."""
        form = self.integration.credential_form()
        registrations = RegistrationOperations(self.registering, lambda _: form)
        return Operator(registrations.operations()).run(event)

    def call(self, method: str, path: str, body: Any = None, **query: str) -> Answer:
        """Send a request as the user."""
        event = json.loads(_EVENT.read_text()) | {
            "rawPath": path,
            "body": None if body is None else json.dumps(body),
            "queryStringParameters": query,
        }
        event["requestContext"]["http"] |= {"method": method, "path": path}
        event["requestContext"]["authorizer"]["jwt"]["claims"] |= {"sub": USER, "scope": _SCOPES}
        answer = self.api.answer(event, _CONTEXT)
        return Answer(answer["statusCode"], json.loads(answer["body"] or "null"))

    def link(self, name: str) -> str:
        """Link a connection as a user does, and load it; gives its id."""
        self.desk.link(name)
        body = {"provider": self.key, "provider_connection_id": name}
        answer = self.call("POST", "/v1/connections", body)
        assert answer.status == 201, answer
        self.drain()
        return str(answer.body["id"])

    def turn(self, **later: float) -> None:
        """Let time pass, and the planner and the workers have their turns."""
        self.later(**later)
        self.plan()
        self.drain()
