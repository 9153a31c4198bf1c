"""What can happen to webhooks on their way: lost, held up, let go in another order."""

import random

from tests.simulators.common.deliveries import Deliveries, Delivery

HELD, LOST = "held", "lost"
ORDERS = ("sent", "reversed", "shuffled")


class Interference:
    """Takes webhooks out of the sender's hands; the caller holds the lock."""

    def __init__(self, *, deliveries: Deliveries, seed: int) -> None:
        self._deliveries = deliveries
        self._losses: dict[str | None, int] = {}
        self._is_holding = False
        self._held: list[Delivery] = []
        self._random = random.Random(seed)  # noqa: S311 an order guards nothing

    def takes(self, delivery: Delivery) -> bool:
        """Lose or hold a webhook if that is its turn; False means it goes out as usual."""
        if self._is_lost(delivery.subject["webhook_code"]):
            self._deliveries.keep(delivery, status=LOST)
            return True
        if self._is_holding:
            self._deliveries.keep(delivery, status=HELD)
            self._held.append(delivery)
            return True
        return False

    def lose(self, times: int, *, code: str | None) -> None:
        """Let the next webhooks, of one code or of any, get lost with all their retries."""
        self._losses[code] = self._losses.get(code, 0) + times

    def hold(self) -> None:
        """Hold every webhook from now on."""
        self._is_holding = True

    def release(self, order: str) -> list[str]:
        """Let go what is held, one after the other, and return the ids in that order."""
        ordered, self._held, self._is_holding = self._held, [], False
        if order == "reversed":
            ordered.reverse()
        elif order == "shuffled":
            self._random.shuffle(ordered)
        self._deliveries.start_in_order(ordered)
        return [delivery.webhook_id for delivery in ordered]

    def _is_lost(self, code: str | None) -> bool:
        for wanted in (code, None):
            if self._losses.get(wanted, 0) > 0:
                self._losses[wanted] -= 1
                return True
        return False
