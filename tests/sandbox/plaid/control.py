"""A client of the control interface, for tests and the demo."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from tests.sandbox.simulation.client import ControlCaller
from tests.sandbox.simulation.exact_json import Document


@dataclass(frozen=True, slots=True)
class SimulatedItem:
    """An Item, its token and its accounts in portfolio order."""

    item_id: str
    access_token: str
    account_ids: list[str]


@dataclass(frozen=True, slots=True)
class PlaidBill:
    """What the customer owes for refreshes, and the subscriptions that run or ran."""

    total: Decimal
    count: int
    entries: list[Document]
    subscriptions: list[Document]


class PlaidControlClient:
    """Speaks plain JSON to a running simulator."""

    def __init__(self, control_url: str) -> None:
        self._control = ControlCaller(control_url)

    def state(self) -> Document:
        """Return Items with their tokens, and the signing keys."""
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

    def add_item(
        self,
        *,
        institution: str = "ins_acme",
        portfolio: str | Sequence[str] = "starter",
        webhook: str | None = None,
        products: Sequence[str] = ("investments",),
    ) -> SimulatedItem:
        """Link an Item; without a webhook it gets the one of `listen`."""
        body: Document = {"institution": institution, "portfolio": portfolio}
        body |= {"webhook": webhook, "products": list(products)}
        return SimulatedItem(**self._control.post("/items", body))

    def complete_link(
        self,
        link_token: str,
        *,
        institution: str = "ins_acme",
        portfolio: str | Sequence[str] = "starter",
    ) -> str | None:
        """Act as the user in Link: returns a public token, or None after update mode."""
        body = {"link_token": link_token, "institution": institution, "portfolio": portfolio}
        token: str | None = self._control.post("/link", body)["public_token"]
        return token

    def break_login(
        self,
        item_id: str,
        *,
        code: str = "ITEM_LOGIN_REQUIRED",
        reason: str | None = None,
        announce: bool = True,
    ) -> None:
        """Put an Item in an error state; USER_PERMISSION_REVOKED announces itself as such."""
        body = {"code": code, "reason": reason, "announce": announce}
        self._control.post(f"/items/{item_id}/break", body)

    def repair_login(self, item_id: str, *, announce: bool = True) -> None:
        """End the error state; `announce=False` is update mode in the customer's own app."""
        self._control.post(f"/items/{item_id}/repair", {"announce": announce})

    def revoke_account(self, account_id: str, *, announce: bool = True) -> None:
        """Take one account out of its Item."""
        self._control.post(f"/accounts/{account_id}/revoke", {"announce": announce})

    def churn_account(self, account_id: str) -> str:
        """Give an account another id, as if it could not be matched any more."""
        return str(self._control.post(f"/accounts/{account_id}/churn", {})["account_id"])

    def replace_holdings(
        self,
        account_id: str,
        *,
        holdings: Sequence[Document] | None = None,
        securities: Sequence[Document] | None = None,
        advance: bool = True,
        announce: bool = False,
    ) -> None:
        """Replace holdings and add securities; `advance` moves last_successful_update."""
        given = {"holdings": holdings, "securities": securities}
        body: Document = {name: value for name, value in given.items() if value is not None}
        body |= {"advance": advance, "announce": announce}
        self._control.post(f"/accounts/{account_id}/holdings", body)

    def add_fault(self, operation: str, kind: str, **details: Any) -> None:
        """Plan a fault; details: times, status, code, seconds, item_id, fields."""
        self._control.post("/faults", {"operation": operation, "kind": kind, **details})

    def clear_faults(self) -> None:
        """Forget all planned faults."""
        self._control.post("/faults/clear", {})

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

    def rotate_key(self) -> str:
        """Expire the signing key and return the id of the next one."""
        return str(self._control.post("/keys/rotate", {})["kid"])
