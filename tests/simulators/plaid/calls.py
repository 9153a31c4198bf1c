"""An admitted request and how an endpoint is described."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.fields import Shape
from tests.simulators.plaid.later import Later
from tests.simulators.plaid.models import Account, Item


@dataclass(frozen=True, slots=True)
class Call:
    """A request with its parsed body; `known_item` is null where no access token was given."""

    body: dict[str, Any]
    request_id: str
    known_item: Item | None

    @property
    def item(self) -> Item:
        """Return the Item of the access token."""
        if self.known_item is None:
            raise PlaidRefusal("INVALID_ACCESS_TOKEN")
        return self.known_item

    def option(self, name: str, default: Any = None) -> Any:
        """Return a member of `options`."""
        return self.body.get("options", {}).get(name, default)

    def accounts(self) -> list[Account]:
        """Return the accounts asked for; raises PlaidRefusal for ids of no account here."""
        wanted = self.option("account_ids")
        if wanted is None:
            return list(self.item.accounts)
        unknown = set(wanted) - {account.id for account in self.item.accounts}
        if unknown:
            raise PlaidRefusal("INVALID_ACCOUNT_ID", ", ".join(sorted(unknown)))
        return [account for account in self.item.accounts if account.id in wanted]

    def day(self, name: str) -> str:
        """Return a date field as text; raises PlaidRefusal when it is none."""
        text: str = self.body[name]
        try:
            day = date.fromisoformat(text).isoformat()
        except ValueError as error:
            raise PlaidRefusal("INVALID_FIELD", f"{name} must be a date") from error
        # Python also reads dates without dashes and by weeks.
        if day != text:
            raise PlaidRefusal("INVALID_FIELD", f"{name} must be a date as YYYY-MM-DD")
        return day


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A path, the fields it takes and what serves it."""

    path: str
    shape: Shape
    handler: Callable[[Call], Document | Later]

    @property
    def operation(self) -> str:
        """Return the name that faults and counters use."""
        return self.path.strip("/").replace("/", "_")
