"""The services of linking on fakes, around one user."""

from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

from freshet.adapters.plaid.link_flow import PlaidLinkFlow
from freshet.adapters.snaptrade.link_flow import SnapTradeLinkFlow
from freshet.adapters.snaptrade.registration import RegisterDependencies
from freshet.domain.commands import ReadCommand
from freshet.domain.credential import Credential
from freshet.domain.errors import SecretUnavailable
from freshet.domain.link_session import LinkOutcome
from freshet.domain.linking import EnrolledConnection, FinishLink, StartLink
from freshet.domain.provider import Provider
from freshet.domain.webhooks import EventRule, StatusHint, WebhookEffect
from freshet.ports import LinkFlow, LinkFlowDependencies
from freshet.services.enroll_connection import ConnectionEnrollment
from freshet.services.finish_link import finish_link
from freshet.services.linking import LinkDependencies
from freshet.services.process_webhook import ProcessWebhookDependencies, process_webhook
from freshet.services.show_link import link_outcome
from freshet.services.start_link import StartedLink, start_link
from tests.builders import NOON, USER, an_event
from tests.fakes import (
    FakeClock,
    FakeConnections,
    FakeErasures,
    FakeInbox,
    FakeQueue,
    FakeUserLease,
    FakeUserRequests,
    FakeVault,
)
from tests.fakes.linking import (
    FakeItems,
    FakeLinkSessions,
    FakePortal,
    FakeProviderUsers,
)
from tests.unit.crashing import Crash, Crashes, Mortal

REDIRECT = "https://app.example/linked"
HOOKS = "https://hooks.example"
HOOK = f"{HOOKS}/plaid"
ADDED = EventRule(WebhookEffect.CONNECTION_READ, status_hint=StatusHint.ADDED)
_PORTS = ("sessions", "users", "connections", "inbox", "vault", "reads", "portal", "items")


class BreakableVault(FakeVault):
    """A vault that fails when told to."""

    def __init__(self) -> None:
        super().__init__()
        self.is_broken = False
        self.fails_after_effect = False

    def keep(self, user_id: str, name: str, credential: Credential) -> None:
        if self.is_broken:
            raise SecretUnavailable("credential could not be stored")
        super().keep(user_id, name, credential)
        if self.fails_after_effect:
            raise SecretUnavailable("the answer was lost")

    def forget(self, user_id: str, name: str) -> None:
        if self.is_broken:
            raise SecretUnavailable("credential could not be forgotten")
        super().forget(user_id, name)


class LinkStage:
    """One deployment with both providers; `crashes` lets its ports die as planned."""

    def __init__(self, crashes: Crashes | None = None) -> None:
        self.clock = FakeClock(NOON)
        self.connections = FakeConnections()
        self.sessions = FakeLinkSessions()
        self.users = FakeProviderUsers(self.connections)
        self.lease = FakeUserLease()
        self.inbox = FakeInbox(self.connections)
        self.vault = BreakableVault()
        self.reads: FakeQueue[ReadCommand] = FakeQueue()
        self.requests = FakeUserRequests()
        self.portal = FakePortal()
        self.items = FakeItems(self.clock)
        self.is_configured = True
        self._drawn = count(1)
        self._crashes = crashes or Crashes()
        if crashes is not None:
            for port in _PORTS:
                setattr(self, port, Mortal(getattr(self, port), crashes))

    @property
    def needed(self) -> LinkFlowDependencies:
        enrollment = ConnectionEnrollment(
            sessions=self.sessions,
            inbox=self.inbox,
            connections=self.connections,
            reads=self.reads,
            random_bytes=self._random_bytes,
            clock=self.clock,
        )
        return LinkFlowDependencies(
            sessions=self.sessions,
            users=lambda _: self.users,
            lease=self.lease,
            vault=self.vault,
            owners=self.connections,
            connections=self.connections,
            enrollment=enrollment,
            random_bytes=self._random_bytes,
            clock=self.clock,
        )

    @property
    def registering(self) -> RegisterDependencies:
        return RegisterDependencies(
            portal=self.portal,
            users=self.users,
            lease=self.lease,
            vault=self.vault,
            random_bytes=self._random_bytes,
        )

    @property
    def flows(self) -> dict[Provider, LinkFlow]:
        return {
            Provider.SNAPTRADE: SnapTradeLinkFlow(self.portal, self.needed),
            Provider.PLAID: PlaidLinkFlow(self.items, None, self.needed),
        }

    @property
    def linking(self) -> LinkDependencies:
        return LinkDependencies(
            sessions=self.sessions,
            connections=self.connections,
            reads=self.reads,
            users=self.requests,
            flows=self.flows if self.is_configured else {},
            redirect_uris=frozenset({REDIRECT}),
            random_bytes=self._random_bytes,
            clock=self.clock,
        )

    def start(self, provider: Provider | None = Provider.SNAPTRADE, **changes: Any) -> StartedLink:
        values: dict[str, Any] = {"user_id": USER, "provider": provider, "webhooks_at": HOOKS}
        return start_link(StartLink(**(values | changes)), deps=self.linking)

    def arrive(self, provider: Provider = Provider.SNAPTRADE, **arrival: Any) -> EnrolledConnection:
        values: dict[str, Any] = {"user_id": USER, "provider": provider}
        return finish_link(FinishLink(**(values | arrival)), deps=self.linking)

    def outcome(self, started: StartedLink) -> LinkOutcome:
        session = self.sessions.get(USER, started.session.id)
        return link_outcome(session, deps=self.linking)

    def visit_portal(self, provider_connection_id: str = "authorization-9") -> str:
        """Make a connection under the id by which the user is known."""
        made = self.portal.connections.setdefault(self.subject, [])
        made.append(provider_connection_id)
        return provider_connection_id

    def hear_added(self, provider_connection_id: str) -> None:
        """Work the webhook that announces a connection."""
        event = an_event(
            id=f"added-{provider_connection_id}",
            kind="CONNECTION_ADDED",
            rule=ADDED,
            provider_connection_id=provider_connection_id,
            provider_account_id=None,
            provider_user_id=self.subject,
        )
        process_webhook(event, deps=self._processing)

    @property
    def subject(self) -> str:
        return str(self.users.find(USER).subject)

    def survive(self, step: Callable[[], object]) -> bool:
        """Do a step; False if it died."""
        try:
            step()
        except Crash:
            return False
        return True

    def recover(self) -> None:
        """Begin anew after a death: nobody dies again, and the lease of the dead has ended."""
        self._crashes.planned.clear()
        self.later(seconds=31)

    def later(self, **step: float) -> None:
        self.clock.advance(timedelta(**step))

    @property
    def _processing(self) -> ProcessWebhookDependencies:
        return ProcessWebhookDependencies(
            owners=self.connections,
            erasures=FakeErasures(self.connections),
            inbox=self.inbox,
            connections=self.connections,
            reads=self.reads,
            debounce=timedelta(0),
            random_bytes=self._random_bytes,
            clock=self.clock,
        )

    def _random_bytes(self, length: int) -> bytes:
        return next(self._drawn).to_bytes(length)
