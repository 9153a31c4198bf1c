"""What the control interface can do."""

from dataclasses import asdict
from typing import Any

from tests.sandbox.simulation.control import ControlHandler, ControlTable
from tests.sandbox.simulation.exact_json import Document
from tests.sandbox.simulation.faults import Fault
from tests.sandbox.simulation.state import requests_view
from tests.sandbox.simulation.wire import Reply, Request
from tests.sandbox.snaptrade.control_views import bill_view, state_view
from tests.sandbox.snaptrade.events import connection_event
from tests.sandbox.snaptrade.models import Institution
from tests.sandbox.snaptrade.population import CONNECTION_MODES, Population, institution_named
from tests.sandbox.snaptrade.portfolios import Portfolio, portfolios_named
from tests.sandbox.snaptrade.refusals import InvalidInput, NotFound
from tests.sandbox.snaptrade.syncing import Syncing
from tests.sandbox.snaptrade.webhooks import WebhookSender
from tests.sandbox.snaptrade.world import World


class Control:
    """Answers control requests; it never counts against the customer's limit."""

    def __init__(
        self, *, world: World, population: Population, syncing: Syncing, webhooks: WebhookSender
    ) -> None:
        self._world = world
        self._population = population
        self._syncing = syncing
        self._webhooks = webhooks
        self._table = ControlTable(world, self._entries())

    def answer(self, request: Request) -> Reply:
        """Serve one control request."""
        return self._table.answer(request)

    def _entries(self) -> list[tuple[str, str, ControlHandler]]:
        connection = "/connections/{connection_id}"
        return [
            ("GET", "/state", lambda path, body: state_view(self._world)),
            ("GET", "/bill", lambda path, body: bill_view(self._world)),
            ("GET", "/requests", lambda path, body: requests_view(self._world)),
            ("GET", "/webhooks", lambda path, body: self._deliveries()),
            ("POST", "/listener", self._set_listener),
            ("POST", "/knobs", self._turn_knobs),
            ("POST", "/users", self._register_user),
            ("POST", "/connections", self._add_connection),
            ("POST", f"{connection}/disable", self._disable),
            ("POST", f"{connection}/enable", self._enable),
            ("POST", "/accounts/{account_id}/holdings", self._replace_holdings),
            ("POST", "/faults", self._add_fault),
            ("POST", "/faults/clear", self._clear_faults),
            ("POST", "/webhooks/send", self._send_webhook),
            ("POST", "/webhooks/{webhook_id}/redeliver", self._redeliver),
        ]

    def _deliveries(self) -> Document:
        return {"deliveries": [item.to_document() for item in self._webhooks.deliveries()]}

    def _set_listener(self, path: dict[str, str], body: Any) -> Document:
        self._webhooks.listener_url = body["url"]
        return {"url": body["url"]}

    def _turn_knobs(self, path: dict[str, str], body: Any) -> Document:
        self._world.knobs = self._world.knobs.turned(body)
        return asdict(self._world.knobs)

    def _register_user(self, path: dict[str, str], body: Any) -> Document:
        user = self._population.register_user(body["user_id"])
        return {"user_id": user.id, "user_secret": user.secret}

    def _add_connection(self, path: dict[str, str], body: Any) -> Document:
        mode = body.get("mode", "delayed")
        if mode not in CONNECTION_MODES:
            raise InvalidInput
        connection = self._population.add_connection(
            body["user_id"],
            mode=mode,
            institution=_institution_in(body.get("institution", "ACME")),
            portfolios=_portfolios_in(body.get("portfolio", "starter")),
            is_announced=body.get("announce", True),
        )
        accounts = self._world.accounts_of(connection.id)
        return {"connection_id": connection.id, "account_ids": [item.id for item in accounts]}

    def _disable(self, path: dict[str, str], body: Any) -> Document:
        self._population.disable(path["connection_id"], is_announced=body.get("announce", True))
        return {}

    def _enable(self, path: dict[str, str], body: Any) -> Document:
        self._population.enable(path["connection_id"], is_announced=body.get("announce", True))
        return {}

    def _replace_holdings(self, path: dict[str, str], body: Any) -> Document:
        self._syncing.replace_holdings(path["account_id"], body)
        return {}

    def _add_fault(self, path: dict[str, str], body: Any) -> Document:
        self._world.faults.add(Fault(**body))
        return {}

    def _clear_faults(self, path: dict[str, str], body: Any) -> Document:
        self._world.faults.clear()
        return {}

    def _send_webhook(self, path: dict[str, str], body: Any) -> Document:
        fields = dict(body)
        event_type, connection_id = fields.pop("event_type"), fields.pop("connection_id")
        connection = self._world.connections.get(connection_id)
        if connection is None:
            raise NotFound
        account_id = fields.pop("account_id", None)
        signature, delay = fields.pop("signature", None), float(fields.pop("delay_seconds", 0))
        omitted = fields.pop("omit", [])
        event = connection_event(self._world, event_type, connection, account_id=account_id)
        document = {name: item for name, item in (event | fields).items() if name not in omitted}
        delivery = self._webhooks.send(document, signature=signature, delay_seconds=delay)
        return {"webhook_id": delivery.webhook_id}

    def _redeliver(self, path: dict[str, str], body: Any) -> Document:
        times = body.get("times", 1)
        started = self._webhooks.redeliver(path["webhook_id"], times=times)
        if not started:
            raise NotFound
        return {"times": started}


def _institution_in(value: Any) -> Institution:
    if isinstance(value, str):
        return institution_named(value)
    return institution_named(value["slug"], value.get("name"))


def _portfolios_in(value: str | list[str]) -> list[Portfolio]:
    names = [value] if isinstance(value, str) else value
    return [portfolio for name in names for portfolio in portfolios_named(name)]
