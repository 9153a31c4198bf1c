"""What a test asks of Items and accounts through the control interface."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from tests.simulators.common.client import ControlCaller
from tests.simulators.common.exact_json import Document


@dataclass(frozen=True, slots=True)
class SimulatedItem:
    """An Item, its token and its accounts in portfolio order."""

    item_id: str
    access_token: str
    account_ids: list[str]


class ItemVerbs:
    """The part of the control client that is about Items."""

    _control: ControlCaller

    def add_item(
        self,
        *,
        institution: str = "ins_acme",
        portfolio: str | Sequence[str] = "starter",
        webhook: str | None = None,
        products: Sequence[str] = ("investments",),
        holder: str | None = None,
    ) -> SimulatedItem:
        """Link an Item; without a webhook it gets the one of `listen`.

        Accounts persist through all Items of one holder.
        """
        body: Document = {"institution": institution, "portfolio": portfolio}
        body |= {"webhook": webhook, "products": list(products), "holder": holder}
        return SimulatedItem(**self._control.post("/items", body))

    def complete_link(
        self,
        link_token: str,
        *,
        institution: str = "ins_acme",
        portfolio: str | Sequence[str] = "starter",
        keep: Sequence[str] | None = None,
        holder: str | None = None,
    ) -> str | None:
        """Act as the user in Link: returns a public token, or None after update mode.

        Where update mode selects accounts, those on offer are shared and, given `keep`, all
        others but these are not shared any more.
        """
        body: Document = {"link_token": link_token, "institution": institution}
        body |= {"portfolio": portfolio, "keep": keep, "holder": holder}
        token: str | None = self._control.post("/link", body)["public_token"]
        return token

    def leave_link(self, link_token: str, *, code: str | None = None) -> Document:
        """Act as the user who leaves Link, on their own or because of an error code."""
        body = {"link_token": link_token, "code": code}
        document: Document = self._control.post("/link/leave", body)
        return document

    def seeded(self, index: int) -> SimulatedItem:
        """Return the ids of a declared Item, which need not exist yet."""
        return SimulatedItem(**self._control.get(f"/seeded/{index}"))

    def item(self, item_id: str) -> Document:
        """Return one Item as the state shows it."""
        document: Document = self._control.get(f"/items/{item_id}")
        return document

    def break_login(
        self,
        item_id: str,
        *,
        code: str = "ITEM_LOGIN_REQUIRED",
        reason: str | None = None,
        announce: bool = True,
        error_type: str | None = None,
    ) -> None:
        """Put an Item in an error state; USER_PERMISSION_REVOKED announces itself as such."""
        body = {"code": code, "reason": reason, "announce": announce, "error_type": error_type}
        self._control.post(f"/items/{item_id}/break", body)

    def repair_login(self, item_id: str, *, announce: bool = True) -> None:
        """End the error state; `announce=False` is update mode in the customer's own app."""
        self._control.post(f"/items/{item_id}/repair", {"announce": announce})

    def announce_end(self, item_id: str, what: str, *, days: float = 7) -> None:
        """Announce that consent (`expiration`) or connection (`disconnect`) ends, then end it."""
        self._control.post(f"/items/{item_id}/end", {"what": what, "days": days})

    def offer_accounts(
        self, item_id: str, portfolio: str | Sequence[str], *, announce: bool = True
    ) -> None:
        """Let there be accounts that the user can share in update mode."""
        body = {"portfolio": portfolio, "announce": announce}
        self._control.post(f"/items/{item_id}/offer", body)

    def finish_history(self, item_id: str) -> None:
        """End the first extraction of an Item now."""
        self._control.post(f"/items/{item_id}/history", {})

    def revoke_account(self, account_id: str, *, announce: bool = True) -> None:
        """Take one account out of its Item."""
        self._control.post(f"/accounts/{account_id}/revoke", {"announce": announce})

    def churn_account(self, account_id: str) -> str:
        """Give an account another id, as if it could not be matched any more."""
        return str(self._control.post(f"/accounts/{account_id}/churn", {})["account_id"])

    def vanish_account(self, account_id: str) -> None:
        """Let an account disappear from its Item without a webhook."""
        self._control.post(f"/accounts/{account_id}/vanish", {})

    def return_account(self, account_id: str) -> None:
        """Let a vanished account appear again, with the same id."""
        self._control.post(f"/accounts/{account_id}/return", {})

    def replace_holdings(
        self,
        account_id: str,
        *,
        holdings: Sequence[Document] | None = None,
        securities: Sequence[Document] | None = None,
        advance: bool = True,
        announce: bool = False,
    ) -> None:
        """Replace holdings and add securities; `advance` moves last_successful_update.

        A holding is what the provider writes, or as little as ticker, quantity and price.
        """
        given = {"holdings": holdings, "securities": securities}
        body: Document = {name: value for name, value in given.items() if value is not None}
        body |= {"advance": advance, "announce": announce}
        self._control.post(f"/accounts/{account_id}/holdings", body)

    def set_price(
        self,
        account_id: str,
        ticker: str,
        price: Decimal | int | str,
        *,
        as_of: str | None,
        datetime: str | None = None,
        announce: bool = False,
    ) -> None:
        """Give what is held of a ticker a price and its date; last_successful_update is now."""
        body: Document = {"ticker": ticker, "price": price, "as_of": as_of}
        body |= {"datetime": datetime, "announce": announce}
        self._control.post(f"/accounts/{account_id}/price", body)

    def trade(self, account_id: str) -> None:
        """Let prices move and one position be traded; last_successful_update moves to now."""
        self._control.post(f"/accounts/{account_id}/trade", {})
