"""What the control interface can do to webhooks and their keys."""

from tests.simulators.common.exact_json import Document
from tests.simulators.common.wire import PathUnknown
from tests.simulators.plaid.events import event
from tests.simulators.plaid.forgeries import UnknownForgery
from tests.simulators.plaid.interference import ORDERS
from tests.simulators.plaid.plain_values import ValueRefused, Values
from tests.simulators.plaid.tables import Entry, Path
from tests.simulators.plaid.webhooks import Mischief, WebhookSender
from tests.simulators.plaid.world import World

_OWN_FIELDS = (
    "item_id", "webhook_type", "webhook_code", "forge", "tamper", "iat_offset_seconds",
    "delay_seconds", "omit",
)  # fmt: skip


class WebhookControl:
    """One method per control verb; the caller holds the lock."""

    def __init__(self, *, world: World, webhooks: WebhookSender) -> None:
        self._world = world
        self._webhooks = webhooks

    def entries(self) -> list[Entry]:
        """Return the verbs with their paths."""
        return [
            ("GET", "/webhooks", self.deliveries),
            ("POST", "/webhooks/send", self.send),
            ("POST", "/webhooks/lose", self.lose),
            ("POST", "/webhooks/hold", self.hold),
            ("POST", "/webhooks/release", self.release),
            ("POST", "/webhooks/{webhook_id}/redeliver", self.redeliver),
            ("POST", "/keys/rotate", lambda path, body: {"kid": self._world.rotate_key().kid}),
        ]

    def deliveries(self, path: Path, body: Values) -> Document:
        """Return the log, oldest first."""
        return {"deliveries": [item.to_document() for item in self._webhooks.deliveries()]}

    def send(self, path: Path, body: Values) -> Document:
        """Send a webhook; members that are not the verb's own replace fields of its body."""
        item = self._world.item(body.text("item_id"))
        mischief = Mischief(
            forge=body.optional_text("forge"),
            tamper=body.optional_text("tamper"),
            iat_offset_seconds=int(body.seconds("iat_offset_seconds", 0)),
        )
        delay_seconds, omitted = body.seconds("delay_seconds", 0), body.texts("omit", [])
        kind, code = body.text("webhook_type"), body.text("webhook_code")
        full = event(self._world, item, kind, code) | body.others(*_OWN_FIELDS)
        document = {name: value for name, value in full.items() if name not in omitted}
        try:
            sent = self._webhooks.send(
                item, document, delay_seconds=delay_seconds, mischief=mischief
            )
        except UnknownForgery as error:
            raise ValueRefused("forge or tamper", f"cannot be {error}") from error
        return {"webhook_id": sent.webhook_id}

    def lose(self, path: Path, body: Values) -> Document:
        """Let the next webhooks get lost."""
        body.only("times", "webhook_code")
        code = body.optional_text("webhook_code")
        self._webhooks.interference.lose(body.whole("times", 1), code=code)
        return {}

    def hold(self, path: Path, body: Values) -> Document:
        """Hold webhooks from now on."""
        self._webhooks.interference.hold()
        return {}

    def release(self, path: Path, body: Values) -> Document:
        """Let go the held webhooks in the order asked for."""
        body.only("order")
        order = body.text("order", "sent")
        if order not in ORDERS:
            raise ValueRefused("order", f"must be one of {', '.join(ORDERS)}")
        return {"webhook_ids": self._webhooks.interference.release(order)}

    def redeliver(self, path: Path, body: Values) -> Document:
        """Send a webhook again."""
        body.only("times", "replay")
        started = self._webhooks.redeliver(
            path["webhook_id"], times=body.whole("times", 1), is_replay=body.flag("replay", False)
        )
        if not started:
            raise PathUnknown
        return {"times": started}
