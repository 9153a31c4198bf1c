"""What a test may do to the notifications on their way: lose them, or hold them back."""

import random

from tests.simulators.common.deliveries import Delivery

ORDERS = ("sent", "reversed", "shuffled")


class Injectors:
    """Losses still to come and notifications held back; the caller holds the lock."""

    def __init__(self, *, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311 an order of webhooks guards nothing
        self._losses: dict[str | None, int] = {}
        self._held: list[Delivery] = []
        self.is_holding = False

    def lose(self, *, times: int, event_type: str | None) -> None:
        """Let the next notifications vanish, of one type or of any."""
        self._losses[event_type] = self._losses.get(event_type, 0) + times

    def is_lost(self, event_type: str) -> bool:
        """Tell whether this notification vanishes, and use up one loss."""
        for wanted in (event_type, None):
            if self._losses.get(wanted, 0) > 0:
                self._losses[wanted] -= 1
                return True
        return False

    def hold(self, delivery: Delivery) -> None:
        """Keep a notification back."""
        self._held.append(delivery)

    def release(self, order: str) -> list[Delivery]:
        """Return what was held in the wanted order, and hold nothing any more."""
        if order not in ORDERS:
            raise ValueError(f"order: {order}")
        self.is_holding, released, self._held = False, self._held, []
        if order == "reversed":
            released.reverse()
        elif order == "shuffled":
            self._random.shuffle(released)
        return released
