"""A client of the control interface, for tests and the demo."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tests.simulators.common.client import ControlCaller
from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.control_answers import (
    Bill,
    PortalVisit,
    SeededConnection,
    SimulatedConnection,
    SimulatedUser,
)


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
        login: str | None = None,
        holder: str | None = None,
    ) -> SimulatedConnection:
        """Connect a user to an institution; the login tells the portal who it was.

        Two connections with one holder show the same accounts of the institution, under new ids.
        """
        body: Document = {"user_id": user_id, "mode": mode, "institution": institution}
        body |= {"portfolio": portfolio, "announce": announce, "login": login, "holder": holder}
        return SimulatedConnection(**self._control.post("/connections", body))

    def disable(self, connection_id: str, *, announce: bool = True) -> None:
        """Break a connection."""
        self._control.post(f"/connections/{connection_id}/disable", {"announce": announce})

    def enable(self, connection_id: str, *, announce: bool = True) -> None:
        """Repair a connection."""
        self._control.post(f"/connections/{connection_id}/enable", {"announce": announce})

    def use_portal(self, link: str, **visit: Any) -> PortalVisit:
        """Spend a portal link, a redirect URI or a session id, as its user would.

        The visit: outcome, brokerage, portfolio, mode, login, holder. Raises ControlRefused.
        """
        return PortalVisit(**self._control.post("/portal/visits", {"link": link, **visit}))

    def open_account(
        self,
        connection_id: str,
        *,
        portfolio: str | Sequence[str] = "savings",
        announce: bool = True,
    ) -> list[str]:
        """Let the provider discover more accounts and return their ids."""
        body = {"portfolio": portfolio, "announce": announce}
        answer = self._control.post(f"/connections/{connection_id}/accounts", body)
        return list(answer["account_ids"])

    def close_account(self, account_id: str, *, announce: bool = True) -> None:
        """Let an account vanish from its connection."""
        self._control.post(f"/accounts/{account_id}/close", {"announce": announce})

    def seeded(self, index: int) -> SeededConnection:
        """Return the ids of one connection of the seeded population, without making it."""
        return SeededConnection(**self._control.get(f"/seeded/{index}"))

    def replace_holdings(
        self,
        account_id: str,
        *,
        positions: Sequence[Document] | None = None,
        balances: Sequence[Document] | None = None,
        advance: bool = True,
    ) -> None:
        """Replace what is given; `advance` moves the account's dates to now.

        A balance is the provider's object, or plain: currency code, cash, buying_power.
        """
        given = {"positions": positions, "balances": balances}
        body = {name: value for name, value in given.items() if value is not None}
        self._control.post(f"/accounts/{account_id}/holdings", body | {"advance": advance})

    def trade(self, account_id: str) -> None:
        """Let prices move and one position be traded; the account's dates move to now."""
        self._control.post(f"/accounts/{account_id}/trade", {})

    def add_fault(self, operation: str, kind: str, **details: Any) -> None:
        """Plan a fault.

        Details: times (0: no end), status, code, seconds, connection_id, account_id, fields,
        after_seconds and for_seconds on the provider's clock.
        """
        self._control.post("/faults", {"operation": operation, "kind": kind, **details})

    def clear_faults(self) -> None:
        """Forget all planned faults."""
        self._control.post("/faults/clear", {})

    def plan_refresh(self, **plan: Any) -> None:
        """Plan how refreshes end: outcome, failed_parts, connection_id, account_id, times."""
        self._control.post("/refresh-plans", plan)

    def clear_refresh_plans(self) -> None:
        """Forget all planned ends."""
        self._control.post("/refresh-plans/clear", {})

    def rotate_key(self, consumer_key: str) -> None:
        """Change the customer's key; the knob key_overlap_seconds keeps the old one accepted."""
        self._control.post("/consumer-key", {"consumer_key": consumer_key})

    def lose_webhooks(self, *, times: int = 1, event_type: str | None = None) -> None:
        """Let the next notifications vanish."""
        self._control.post("/webhooks/lose", {"times": times, "event_type": event_type})

    def hold_webhooks(self) -> None:
        """Hold all notifications back from now on."""
        self._control.post("/webhooks/hold", {})

    def release_webhooks(self, *, order: str = "sent") -> int:
        """Deliver what was held, one by one: sent, reversed or shuffled; returns how many."""
        return int(self._control.post("/webhooks/release", {"order": order})["released"])

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
