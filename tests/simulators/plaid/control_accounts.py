"""What the control interface can do to accounts."""

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.accounts import Accounts
from tests.simulators.plaid.plain_values import Values
from tests.simulators.plaid.replacing import Replacing
from tests.simulators.plaid.tables import Entry, Path


class AccountControl:
    """One method per control verb; the caller holds the lock."""

    def __init__(self, *, accounts: Accounts, replacing: Replacing) -> None:
        self._accounts = accounts
        self._replacing = replacing

    def entries(self) -> list[Entry]:
        """Return the verbs with their paths."""
        account = "/accounts/{account_id}"
        return [
            ("POST", f"{account}/revoke", self.revoke_account),
            ("POST", f"{account}/churn", self.churn_account),
            ("POST", f"{account}/vanish", self.vanish_account),
            ("POST", f"{account}/return", self.return_account),
            ("POST", f"{account}/holdings", self.replace_holdings),
            ("POST", f"{account}/price", self.set_price),
            ("POST", f"{account}/trade", self.trade),
        ]

    def revoke_account(self, path: Path, body: Values) -> Document:
        """Take one account out of its Item for good."""
        body.only("announce")
        self._accounts.revoke(path["account_id"], is_announced=body.flag("announce", True))
        return {}

    def churn_account(self, path: Path, body: Values) -> Document:
        """Give an account another id."""
        return {"account_id": self._accounts.churn(path["account_id"])}

    def vanish_account(self, path: Path, body: Values) -> Document:
        """Let an account disappear."""
        self._accounts.vanish(path["account_id"])
        return {}

    def return_account(self, path: Path, body: Values) -> Document:
        """Let a vanished account come back."""
        self._accounts.bring_back(path["account_id"])
        return {}

    def replace_holdings(self, path: Path, body: Values) -> Document:
        """Replace what an account holds."""
        self._replacing.replace(path["account_id"], body)
        return {}

    def set_price(self, path: Path, body: Values) -> Document:
        """Give one security another price and date."""
        self._replacing.set_price(path["account_id"], body)
        return {}

    def trade(self, path: Path, body: Values) -> Document:
        """Let prices move and one position be traded."""
        self._replacing.trade(path["account_id"])
        return {}
