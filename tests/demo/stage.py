"""The second act's own users, and one connection for each kind of trouble."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tests.console.trouble import Trouble
from tests.demo.waiting import awaited
from tests.local_stack.api_client import ApiClient
from tests.local_stack.deployed import Deployed

_INSTITUTION = {"slug": "TIDE", "name": "Tidewater Brokers"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Victim:
    """A connection with one account, in which something is about to go wrong."""

    running: Deployed
    user_id: str
    connection_id: str
    theirs: str
    account_id: str
    account_theirs: str

    @property
    def api(self) -> ApiClient:
        """Call as its user."""
        return self.running.api(self.user_id)

    def shown(self) -> dict[str, Any]:
        """Ask how the connection is."""
        return dict(self.api.get(f"/v1/connections/{self.connection_id}").body)

    def holdings(self) -> dict[str, Any]:
        """Ask what the account holds."""
        return dict(self.api.get(f"/v1/accounts/{self.account_id}/holdings").body)

    def versions(self) -> int:
        """Count the versions of its holdings."""
        return len(self.api.items(f"/v1/accounts/{self.account_id}/snapshots"))

    def refreshes(self) -> list[dict[str, Any]]:
        """List its refreshes."""
        return self.api.items(f"/v1/connections/{self.connection_id}/refreshes")

    def billed(self) -> int:
        """Count what SnapTrade bills for it."""
        entries = self.running.snaptrade.bill().entries
        return sum(1 for each in entries if each["connection_id"] == self.theirs)

    def make(self, trouble: str) -> list[int | None]:
        """Make trouble, and give what its webhooks were answered."""
        target = {
            "provider": "snaptrade",
            "connection_id": self.theirs,
            "account_ids": [self.account_theirs],
        }
        made = Trouble(self.running.snaptrade, self.running.plaid).make(trouble, target)
        return [answer for each in made["deliveries"] for answer in each["answers"]]

    def is_quiet(self) -> bool:
        """Tell whether no webhook and no read is on its way any more."""
        queues = ("WebhookQueueUrl", "SnapshotQueueUrl")
        return not any(self.running.queued(each) for each in queues)


def victims(running: Deployed, user_ids: Sequence[str]) -> list[Victim]:
    """Link a connection for each and wait until all have been read."""
    linked = [
        (each, running.link(each, institution=_INSTITUTION, portfolio=["everyday"]))
        for each in user_ids
    ]
    return [_read(running, *each) for each in linked]


def _read(running: Deployed, user_id: str, connection_id: str) -> Victim:
    api, path = running.api(user_id), f"/v1/connections/{connection_id}"
    (account,) = awaited(
        lambda: api.items(f"{path}/accounts"),
        until=lambda found: bool(found) and bool(found[0]["freshness"]["changed_at"]),
    )
    return Victim(
        running=running,
        user_id=user_id,
        connection_id=connection_id,
        theirs=api.get(path).body["provider_ids"]["connection"],
        account_id=account["id"],
        account_theirs=account["provider_ids"]["account"],
    )
