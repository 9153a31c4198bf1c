"""A client of the control interface, for tests and the demo."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.simulators.common.client import ControlCaller
from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.item_verbs import ItemVerbs, SimulatedItem
from tests.simulators.plaid.webhook_verbs import WebhookVerbs

__all__ = ["Owed", "PlaidBill", "PlaidControlClient", "SimulatedItem"]


@dataclass(frozen=True, slots=True)
class PlaidBill:
    """What the customer owes for refreshes, and the subscriptions that run or ran."""

    total: Decimal
    count: int
    entries: list[Document]
    subscriptions: list[Document]


@dataclass(frozen=True, slots=True)
class Owed:
    """What the customer owes for one month: (count, amount) by what it is for."""

    total: Decimal
    lines: dict[str, tuple[int, Decimal]]


class PlaidControlClient(ItemVerbs, WebhookVerbs):
    """Speaks plain JSON to a running simulator."""

    def __init__(self, control_url: str) -> None:
        self._control = ControlCaller(control_url)

    def state(self) -> Document:
        """Return the first Items with their tokens, how many there are, and the signing keys."""
        document: Document = self._control.get("/state")
        return document

    def bill(self) -> PlaidBill:
        """Return the bill."""
        document = self._control.get("/bill")
        return PlaidBill(
            Decimal(document["total"]),
            document["count"],
            document["entries"],
            document["subscriptions"],
        )

    def owed(self, month: str) -> Owed:
        """Return what a month such as 2026-11 costs: refreshes, and subscriptions as a whole."""
        document = self._control.get(f"/bill/{month}")
        lines = {
            line["what"]: (line["count"], Decimal(line["amount"])) for line in document["lines"]
        }
        return Owed(Decimal(document["total"]), lines)

    def requests(self) -> Document:
        """Return counts per operation and status, and per operation and error code."""
        document: Document = self._control.get("/requests")
        return document

    def deliveries(
        self, webhook_type: str | None = None, webhook_code: str | None = None
    ) -> list[Document]:
        """Return the webhook log, oldest first."""
        found: list[Document] = self._control.get("/webhooks")["deliveries"]
        return [
            item
            for item in found
            if webhook_type in {None, item["webhook_type"]}
            and webhook_code in {None, item["webhook_code"]}
        ]

    def listen(self, url: str | None) -> None:
        """Set the webhook URL of every Item, present and future."""
        self._control.post("/listener", {"url": url})

    def turn(self, **knobs: Any) -> Document:
        """Turn some knobs and return all of them."""
        document: Document = self._control.post("/knobs", knobs)
        return document

    def advance_clock(self, seconds: int) -> str:
        """Move the provider's time forward and return it; signatures keep the real time."""
        return str(self._control.post("/clock", {"seconds": seconds})["now"])

    def add_fault(self, operation: str, kind: str, **details: Any) -> None:
        """Plan a fault; details: times, status, code, error_type, seconds, item_id, fields.

        `after_seconds` and `for_seconds` limit it to a time on the provider's clock.
        """
        self._control.post("/faults", {"operation": operation, "kind": kind, **details})

    def clear_faults(self) -> None:
        """Forget all planned faults."""
        self._control.post("/faults/clear", {})
