"""The webhook sender: signs each attempt anew and posts to the Item's own URL."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.simulators.common.deliveries import Deliveries, Delivery, DeliveryRules
from tests.simulators.common.exact_json import Document
from tests.simulators.common.timers import Timers
from tests.simulators.plaid.forgeries import forged_jwt, tampered
from tests.simulators.plaid.interference import Interference
from tests.simulators.plaid.models import Item
from tests.simulators.plaid.signature import webhook_body, webhook_jwt
from tests.simulators.plaid.world import World

ACCEPTED_STATUSES = frozenset({200})
# Documented: 30 seconds, four times longer each time, for 24 hours.
RETRY_DELAYS_SECONDS = tuple(30 * 4**retry for retry in range(6))
HEADER = "Plaid-Verification"


@dataclass(frozen=True, slots=True)
class Mischief:
    """How a delivery differs from an honest one."""

    forge: str | None = None
    tamper: str | None = None
    iat_offset_seconds: int = 0


HONEST = Mischief()


class WebhookSender:
    """Tells the customer what happened to an Item."""

    def __init__(self, *, world: World, timers: Timers) -> None:
        self._world = world
        rules = DeliveryRules(
            accepted_statuses=ACCEPTED_STATUSES,
            retry_delays_seconds=RETRY_DELAYS_SECONDS,
            time_scale=lambda: world.knobs.webhook_time_scale,
            timeout_seconds=lambda: world.knobs.webhook_timeout_seconds,
            breaker_minimum=lambda: world.knobs.webhook_breaker_minimum,
        )
        self._deliveries = Deliveries(rules=rules, timers=timers, clock=world.now)
        self.interference = Interference(deliveries=self._deliveries, seed=world.settings.seed)

    def send(
        self,
        item: Item,
        document: Document,
        *,
        delay_seconds: float = 0,
        mischief: Mischief = HONEST,
    ) -> Delivery:
        """Log a webhook and deliver it in the background, as often as the knob says."""
        world, body = self._world, webhook_body(document)
        url, headers = item.webhook, self._signer(body, mischief)
        # Made once at first, so that nonsense is refused while someone listens.
        headers()
        delivery = Delivery(
            webhook_id=world.new_webhook_id(),
            subject=_subject(document),
            body=tampered(body, mischief.tamper),
            url=lambda: url,
            headers=headers,
        )
        item.last_webhook = world.now(), str(document.get("webhook_code"))
        if not self.interference.takes(delivery):
            copies = world.knobs.webhook_copies
            self._deliveries.start(delivery, delay_seconds=delay_seconds, copies=copies)
        return delivery

    def redeliver(self, webhook_id: str, *, times: int = 1, is_replay: bool = False) -> int:
        """Send the same body again, signed anew unless it is a replay; returns how often."""
        return self._deliveries.redeliver(webhook_id, times=times, is_replay=is_replay)

    def deliveries(self) -> list[Delivery]:
        """Return the log, oldest first."""
        return self._deliveries.log()

    def wait_until(self, condition: Callable[[], bool]) -> bool:
        """Wait for a condition on the log; False when nothing changes any more."""
        return self._deliveries.wait_until(condition)

    def _signer(self, body: bytes, mischief: Mischief) -> Callable[[], Mapping[str, str]]:
        def headers() -> Mapping[str, str]:
            world = self._world
            iat = int(world.signing_time().timestamp()) + mischief.iat_offset_seconds
            if mischief.forge is not None:
                token = forged_jwt(mischief.forge, world.keys, body, iat)
                return {} if token is None else {HEADER: token}
            key = world.signing_key
            return {HEADER: webhook_jwt(key.private_key, kid=key.kid, body=body, iat=iat)}

        return headers


def _subject(document: Document) -> Document:
    return {name: document.get(name) for name in ("webhook_type", "webhook_code", "item_id")}
