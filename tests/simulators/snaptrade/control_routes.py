"""What the control interface can do, one class for each subject."""

from dataclasses import asdict
from typing import Any

from tests.simulators.common.control import ControlHandler, ControlTable
from tests.simulators.common.exact_json import Document
from tests.simulators.common.faults import Fault
from tests.simulators.common.state import requests_view
from tests.simulators.common.wire import Reply, Request
from tests.simulators.snaptrade.control_population import PopulationControl
from tests.simulators.snaptrade.control_portal import PortalControl
from tests.simulators.snaptrade.control_views import bill_view, state_view
from tests.simulators.snaptrade.control_webhooks import WebhookControl
from tests.simulators.snaptrade.population import Population
from tests.simulators.snaptrade.portal import Portal
from tests.simulators.snaptrade.users import Users
from tests.simulators.snaptrade.webhooks import WebhookSender
from tests.simulators.snaptrade.world import World


class Control:
    """Answers control requests; it never counts against the customer's limit."""

    def __init__(
        self,
        *,
        world: World,
        users: Users,
        population: Population,
        portal: Portal,
        webhooks: WebhookSender,
    ) -> None:
        self._world = world
        entries = [
            *self._entries(),
            *PopulationControl(world=world, users=users, population=population).entries(),
            *PortalControl(portal).entries(),
            *WebhookControl(world=world, webhooks=webhooks).entries(),
        ]
        self._table = ControlTable(world, entries)

    def answer(self, request: Request) -> Reply:
        """Serve one control request."""
        return self._table.answer(request)

    def _entries(self) -> list[tuple[str, str, ControlHandler]]:
        return [
            ("GET", "/state", lambda path, body: state_view(self._world)),
            ("GET", "/bill", lambda path, body: bill_view(self._world)),
            ("GET", "/requests", lambda path, body: requests_view(self._world)),
            ("POST", "/knobs", self._turn_knobs),
            ("POST", "/faults", self._add_fault),
            ("POST", "/faults/clear", self._clear_faults),
            ("POST", "/refresh-plans", self._plan_refresh),
            ("POST", "/refresh-plans/clear", self._clear_plans),
            ("POST", "/consumer-key", self._rotate_key),
        ]

    def _turn_knobs(self, path: dict[str, str], body: Any) -> Document:
        self._world.knobs = self._world.knobs.turned(body)
        return asdict(self._world.knobs)

    def _add_fault(self, path: dict[str, str], body: Any) -> Document:
        self._world.faults.add(Fault(**body), now=self._world.now())
        return {}

    def _clear_faults(self, path: dict[str, str], body: Any) -> Document:
        self._world.faults.clear()
        return {}

    def _plan_refresh(self, path: dict[str, str], body: Any) -> Document:
        self._world.refresh_plans.add(body)
        return {}

    def _clear_plans(self, path: dict[str, str], body: Any) -> Document:
        self._world.refresh_plans.clear()
        return {}

    def _rotate_key(self, path: dict[str, str], body: Any) -> Document:
        world, consumer_key = self._world, body["consumer_key"]
        if not isinstance(consumer_key, str) or not consumer_key:
            raise ValueError("consumer_key: expected a text")
        overlap_seconds = world.knobs.key_overlap_seconds
        world.keys.rotate(consumer_key, now=world.now(), overlap_seconds=overlap_seconds)
        return {"accepted_keys": len(world.keys.accepted(world.now()))}
