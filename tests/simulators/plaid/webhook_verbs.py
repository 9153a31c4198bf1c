"""What a test asks of webhooks and their keys through the control interface."""

from typing import Any

from tests.simulators.common.client import ControlCaller


class WebhookVerbs:
    """The part of the control client that is about webhooks."""

    _control: ControlCaller

    def send_webhook(
        self, item_id: str, webhook_type: str, webhook_code: str, **fields: Any
    ) -> str:
        """Send a webhook and return its id in the log.

        Fields replace body fields; `omit` (names), `forge`, `tamper`, `iat_offset_seconds` and
        `delay_seconds` change the delivery.
        """
        body = {"item_id": item_id, "webhook_type": webhook_type, "webhook_code": webhook_code}
        return str(self._control.post("/webhooks/send", body | fields)["webhook_id"])

    def redeliver(self, webhook_id: str, *, times: int = 1, replay: bool = False) -> None:
        """Deliver the same body again, signed anew or as a replay of the last try."""
        body = {"times": times, "replay": replay}
        self._control.post(f"/webhooks/{webhook_id}/redeliver", body)

    def lose_webhooks(self, *, times: int = 1, webhook_code: str | None = None) -> None:
        """Let the next webhooks get lost; `redeliver` sends a lost one after all."""
        body = {"times": times, "webhook_code": webhook_code}
        self._control.post("/webhooks/lose", body)

    def hold_webhooks(self) -> None:
        """Hold every webhook from now on."""
        self._control.post("/webhooks/hold", {})

    def release_webhooks(self, *, order: str = "sent") -> list[str]:
        """Deliver what is held as `sent`, `reversed` or `shuffled`; returns ids in that order."""
        found = self._control.post("/webhooks/release", {"order": order})["webhook_ids"]
        return [str(webhook_id) for webhook_id in found]

    def rotate_key(self) -> str:
        """Expire the signing key and return the id of the next one."""
        return str(self._control.post("/keys/rotate", {})["kid"])
