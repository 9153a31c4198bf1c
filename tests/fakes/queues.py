"""The queues in memory."""

from collections.abc import Iterable, Sequence


class FakeQueue[Order]:
    """The ports ReadQueue and RefreshQueue in memory."""

    def __init__(self) -> None:
        self.orders: list[Order] = []
        self.refuse_next = 0

    def send(self, orders: Iterable[Order]) -> Sequence[Order]:
        arriving = list(orders)
        refused, self.refuse_next = arriving[: self.refuse_next], 0
        self.orders += arriving[len(refused) :]
        return refused

    def drain(self) -> list[Order]:
        """Take everything out."""
        orders, self.orders = self.orders, []
        return orders
