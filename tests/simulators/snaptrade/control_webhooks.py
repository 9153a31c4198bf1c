"""Control over the webhooks and their listener."""

from typing import Any

from tests.simulators.common.control import ControlHandler
from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.events import connection_event
from tests.simulators.snaptrade.refusals import NotFound
from tests.simulators.snaptrade.webhooks import WebhookSender
from tests.simulators.snaptrade.world import World


class WebhookControl:
    """Sends, repeats, loses and holds notifications."""

    def __init__(self, *, world: World, webhooks: WebhookSender) -> None:
        self._world = world
        self._webhooks = webhooks

    def entries(self) -> list[tuple[str, str, ControlHandler]]:
        """Return the routes of this subject."""
        return [
            ("GET", "/webhooks", self._deliveries),
            ("POST", "/listener", self._set_listener),
            ("POST", "/webhooks/send", self._send),
            ("POST", "/webhooks/lose", self._lose),
            ("POST", "/webhooks/hold", self._hold),
            ("POST", "/webhooks/release", self._release),
            ("POST", "/webhooks/{webhook_id}/redeliver", self._redeliver),
        ]

    def _deliveries(self, path: dict[str, str], body: Any) -> Document:
        return {"deliveries": [item.to_document() for item in self._webhooks.deliveries()]}

    def _set_listener(self, path: dict[str, str], body: Any) -> Document:
        self._webhooks.listener_url = body["url"]
        return {"url": body["url"]}

    def _send(self, path: dict[str, str], body: Any) -> Document:
        fields = dict(body)
        event_type, connection_id = fields.pop("event_type"), fields.pop("connection_id")
        connection = self._world.connection(connection_id)
        account_id = fields.pop("account_id", None)
        signature, delay = fields.pop("signature", None), float(fields.pop("delay_seconds", 0))
        omitted = fields.pop("omit", [])
        event = connection_event(self._world, event_type, connection, account_id=account_id)
        document = {name: item for name, item in (event | fields).items() if name not in omitted}
        delivery = self._webhooks.send(document, signature=signature, delay_seconds=delay)
        return {"webhook_id": delivery.webhook_id}

    def _lose(self, path: dict[str, str], body: Any) -> Document:
        self._webhooks.injectors.lose(
            times=int(body.get("times", 1)), event_type=body.get("event_type")
        )
        return {}

    def _hold(self, path: dict[str, str], body: Any) -> Document:
        self._webhooks.injectors.is_holding = True
        return {}

    def _release(self, path: dict[str, str], body: Any) -> Document:
        return {"released": self._webhooks.release(body.get("order", "sent"))}

    def _redeliver(self, path: dict[str, str], body: Any) -> Document:
        times = body.get("times", 1)
        started = self._webhooks.redeliver(path["webhook_id"], times=times)
        if not started:
            raise NotFound
        return {"times": started}
