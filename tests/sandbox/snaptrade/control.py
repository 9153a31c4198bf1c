"""A client of the control interface, for tests and the demo."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.sandbox.simulation.client import ControlCaller
from tests.sandbox.simulation.exact_json import Document


@dataclass(frozen=True, slots=True)
class SimulatedUser:
    """A user and the secret that the provider shows once."""

    user_id: str
    user_secret: str


@dataclass(frozen=True, slots=True)
class SimulatedConnection:
    """The ids of a connection and its accounts, in portfolio order."""

    connection_id: str
    account_ids: list[str]


@dataclass(frozen=True, slots=True)
class Bill:
    """What the customer owes for manual refreshes."""

    total: Decimal
    count: int
    entries: list[Document]


class ControlClient:
    """Speaks plain JSON to a running simulator."""

    def __init__(self, control_url: str) -> None:
        self._control = ControlCaller(control_url)

    def state(self) -> Document:
        """Return users with secrets, connections and accounts."""
        document: Document = self._control.get("/state")
        return document

    def bill(self) -> Bill:
        """Return the bill."""
        document = self._control.get("/bill")
        return Bill(Decimal(document["total"]), document["count"], document["entries"])

    def requests(self) -> Document:
        """Return counts per operation and status, the total and the 429s."""
        document: Document = self._control.get("/requests")
        return document

    def deliveries(self, event_type: str | None = None) -> list[Document]:
        """Return the webhook log, oldest first."""
        found: list[Document] = self._control.get("/webhooks")["deliveries"]
        return [item for item in found if event_type in {None, item["event_type"]}]

    def listen(self, url: str | None) -> None:
        """Set the customer's webhook listener."""
        self._control.post("/listener", {"url": url})

    def turn(self, **knobs: Any) -> Document:
        """Turn some knobs and return all of them."""
        document: Document = self._control.post("/knobs", knobs)
        return document

    def add_user(self, user_id: str) -> SimulatedUser:
        """Register a user."""
        return SimulatedUser(**self._control.post("/users", {"user_id": user_id}))

    def add_connection(
        self,
        user_id: str,
        *,
        mode: str = "delayed",
        institution: str | Document = "ACME",
        portfolio: str | Sequence[str] = "starter",
        announce: bool = True,
    ) -> SimulatedConnection:
        """Connect a user to an institution."""
        body: Document = {"user_id": user_id, "mode": mode, "institution": institution}
        body |= {"portfolio": portfolio, "announce": announce}
        return SimulatedConnection(**self._control.post("/connections", body))

    def disable(self, connection_id: str, *, announce: bool = True) -> None:
        """Break a connection."""
        self._control.post(f"/connections/{connection_id}/disable", {"announce": announce})

    def enable(self, connection_id: str, *, announce: bool = True) -> None:
        """Repair a connection."""
        self._control.post(f"/connections/{connection_id}/enable", {"announce": announce})

    def replace_holdings(
        self,
        account_id: str,
        *,
        positions: Sequence[Document] | None = None,
        balances: Sequence[Document] | None = None,
        advance: bool = True,
    ) -> None:
        """Replace what is given; `advance` moves the account's dates to now."""
        given = {"positions": positions, "balances": balances}
        body = {name: value for name, value in given.items() if value is not None}
        self._control.post(f"/accounts/{account_id}/holdings", body | {"advance": advance})

    def add_fault(self, operation: str, kind: str, **details: Any) -> None:
        """Plan a fault; details: times, status, code, seconds, connection_id, account_id."""
        self._control.post("/faults", {"operation": operation, "kind": kind, **details})

    def clear_faults(self) -> None:
        """Forget all planned faults."""
        self._control.post("/faults/clear", {})

    def send_webhook(
        self, connection_id: str, event_type: str, *, account_id: str | None = None, **fields: Any
    ) -> str:
        """Send an event and return its webhook id.

        Fields replace body fields; `omit` (names), `signature` (forged) and `delay_seconds`
        change the delivery.
        """
        body = {"connection_id": connection_id, "event_type": event_type, **fields}
        if account_id is not None:
            body["account_id"] = account_id
        return str(self._control.post("/webhooks/send", body)["webhook_id"])

    def redeliver(self, webhook_id: str, *, times: int = 1) -> None:
        """Deliver the same bytes again."""
        self._control.post(f"/webhooks/{webhook_id}/redeliver", {"times": times})
