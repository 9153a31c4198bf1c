"""What the control interface can do."""

from dataclasses import asdict
from typing import Any

from tests.sandbox.plaid.control_views import bill_view, counts_view, state_view
from tests.sandbox.plaid.errors import PlaidRefusal
from tests.sandbox.plaid.events import event
from tests.sandbox.plaid.institutions import institution_with_id
from tests.sandbox.plaid.models import Item
from tests.sandbox.plaid.population import Population
from tests.sandbox.plaid.portfolios import Portfolio, portfolios_named
from tests.sandbox.plaid.refreshing import Refreshing
from tests.sandbox.plaid.webhooks import Mischief, WebhookSender
from tests.sandbox.plaid.world import World
from tests.sandbox.simulation.control import ControlHandler, ControlTable
from tests.sandbox.simulation.exact_json import Document
from tests.sandbox.simulation.faults import Fault, FaultKind
from tests.sandbox.simulation.wire import PathUnknown, Reply, Request


class Control:
    """Answers control requests; it never counts against the customer's limits."""

    def __init__(
        self,
        *,
        world: World,
        population: Population,
        refreshing: Refreshing,
        webhooks: WebhookSender,
    ) -> None:
        self._world = world
        self._population = population
        self._refreshing = refreshing
        self._webhooks = webhooks
        self._table = ControlTable(world, self._entries())

    def answer(self, request: Request) -> Reply:
        """Serve one control request."""
        return self._table.answer(request)

    def _entries(self) -> list[tuple[str, str, ControlHandler]]:
        item, account = "/items/{item_id}", "/accounts/{account_id}"
        return [
            ("GET", "/state", lambda path, body: state_view(self._world)),
            ("GET", "/bill", lambda path, body: bill_view(self._world)),
            ("GET", "/requests", lambda path, body: counts_view(self._world)),
            ("GET", "/webhooks", lambda path, body: self._deliveries()),
            ("POST", "/listener", self._set_listener),
            ("POST", "/knobs", self._turn_knobs),
            ("POST", "/items", self._add_item),
            ("POST", "/link", self._complete_link),
            ("POST", f"{item}/break", self._break),
            ("POST", f"{item}/repair", self._repair),
            ("POST", f"{account}/revoke", self._revoke_account),
            ("POST", f"{account}/churn", self._churn_account),
            ("POST", f"{account}/holdings", self._replace_holdings),
            ("POST", "/faults", self._add_fault),
            ("POST", "/faults/clear", self._clear_faults),
            ("POST", "/webhooks/send", self._send_webhook),
            ("POST", "/webhooks/{webhook_id}/redeliver", self._redeliver),
            ("POST", "/keys/rotate", lambda path, body: {"kid": self._world.rotate_key().kid}),
        ]

    def _deliveries(self) -> Document:
        return {"deliveries": [item.to_document() for item in self._webhooks.deliveries()]}

    def _set_listener(self, path: dict[str, str], body: Any) -> Document:
        self._world.default_webhook = body["url"]
        for item in self._world.items.values():
            item.webhook = body["url"]
        return {"url": body["url"]}

    def _turn_knobs(self, path: dict[str, str], body: Any) -> Document:
        self._world.knobs = self._world.knobs.turned(body)
        return asdict(self._world.knobs)

    def _add_item(self, path: dict[str, str], body: Any) -> Document:
        item = self._new_item(
            body, products=body["products"], webhook=body["webhook"] or self._world.default_webhook
        )
        accounts = [account.id for account in item.accounts]
        return {"item_id": item.id, "access_token": item.access_token, "account_ids": accounts}

    def _new_item(self, body: Any, *, products: list[str], webhook: str | None) -> Item:
        return self._population.add_item(
            institution_with_id(body["institution"]),
            portfolios=_portfolios_in(body["portfolio"]),
            products=products,
            webhook=webhook,
        )

    def _complete_link(self, path: dict[str, str], body: Any) -> Document:
        session = self._world.link_sessions.get(body["link_token"])
        if session is None or session.expires_at < self._world.now():
            raise PlaidRefusal("INVALID_LINK_TOKEN")
        if session.item_id is not None:
            self._population.repair_item(self._world.item(session.item_id), is_announced=False)
            return {"public_token": None}
        webhook = session.webhook or self._world.default_webhook
        item = self._new_item(body, products=list(session.products), webhook=webhook)
        return {"public_token": self._population.new_public_token(item)}

    def _break(self, path: dict[str, str], body: Any) -> Document:
        refusal = PlaidRefusal(body["code"], reason=body["reason"])
        item = self._world.item(path["item_id"])
        self._population.break_item(item, refusal, is_announced=body["announce"])
        return {}

    def _repair(self, path: dict[str, str], body: Any) -> Document:
        item = self._world.item(path["item_id"])
        self._population.repair_item(item, is_announced=body["announce"])
        return {}

    def _revoke_account(self, path: dict[str, str], body: Any) -> Document:
        item, account = self._world.account(path["account_id"])
        self._population.revoke_account(item, account, is_announced=body["announce"])
        return {}

    def _churn_account(self, path: dict[str, str], body: Any) -> Document:
        _, account = self._world.account(path["account_id"])
        account.id = self._world.new_id()
        for transaction in account.transactions:
            transaction["account_id"] = account.id
        return {"account_id": account.id}

    def _replace_holdings(self, path: dict[str, str], body: Any) -> Document:
        self._refreshing.replace_holdings(path["account_id"], body)
        return {}

    def _add_fault(self, path: dict[str, str], body: Any) -> Document:
        planned = dict(body)
        if planned["kind"] == FaultKind.STATUS and planned.get("code"):
            # An error code brings its own status unless another one is asked for.
            planned.setdefault("status", PlaidRefusal(planned["code"]).status)
        self._world.faults.add(Fault(**planned))
        return {}

    def _clear_faults(self, path: dict[str, str], body: Any) -> Document:
        self._world.faults.clear()
        return {}

    def _send_webhook(self, path: dict[str, str], body: Any) -> Document:
        fields = dict(body)
        item = self._world.item(fields.pop("item_id"))
        webhook_type, code = fields.pop("webhook_type"), fields.pop("webhook_code")
        mischief = Mischief(
            forge=fields.pop("forge", None),
            tamper=fields.pop("tamper", None),
            iat_offset_seconds=int(fields.pop("iat_offset_seconds", 0)),
        )
        delay_seconds, omitted = float(fields.pop("delay_seconds", 0)), fields.pop("omit", [])
        full = event(self._world, item, webhook_type, code) | fields
        document = {name: value for name, value in full.items() if name not in omitted}
        sent = self._webhooks.send(item, document, delay_seconds=delay_seconds, mischief=mischief)
        return {"webhook_id": sent.webhook_id}

    def _redeliver(self, path: dict[str, str], body: Any) -> Document:
        started = self._webhooks.redeliver(
            path["webhook_id"], times=body["times"], is_replay=body["replay"]
        )
        if not started:
            raise PathUnknown
        return {"times": started}


def _portfolios_in(value: str | list[str]) -> list[Portfolio]:
    names = [value] if isinstance(value, str) else value
    return [portfolio for name in names for portfolio in portfolios_named(name)]
