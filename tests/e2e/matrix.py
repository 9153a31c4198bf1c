"""A row for each operation: how it is asked for with somebody's own things."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.local_stack.deployed import Deployed
from tests.patience import eventually

OWNER = "mat"


@dataclass(frozen=True, slots=True)
class Row:
    """Query and body, in which `{…}` stand for ids, as they do in the operation's path."""

    query: str = ""
    body: Mapping[str, str] | None = None

    @property
    def text(self) -> str:
        """Everything in which ids can stand."""
        return self.query + "".join((self.body or {}).values())


ROWS: dict[str, Row] = {
    "listConnections": Row(),
    "getConnection": Row(),
    "listAccounts": Row(),
    "changeConnection": Row(),
    "removeConnection": Row(),
    "startLink": Row(body={"connection_id": "{connection_id}"}),
    "getLinkSession": Row(),
    "finishLink": Row(body={"provider": "snaptrade", "link_session_id": "{link_session_id}"}),
    "listRefreshes": Row(),
    "refreshConnection": Row(),
    "syncTransactions": Row(),
    "refreshEverything": Row(),
    "getRefresh": Row(),
    "getHoldings": Row(),
    "listSnapshots": Row(),
    "listChanges": Row(),
    "listDays": Row(),
    "listHoldings": Row(query="?connection_id={connection_id}"),
    "getPortfolio": Row(),
    "listTransactions": Row(),
    "removeUser": Row(),
    "getErasure": Row(),
    "listProviders": Row(),
    "getUsage": Row(),
}

UNKNOWN = {
    "connection_id": "con_" + "a" * 24,
    "account_id": "acc_" + "a" * 24,
    "refresh_id": "ref_" + "a" * 48,
    "link_session_id": "lnk_" + "a" * 24,
    "erasure_id": "era_" + "a" * 24,
}
IMPOSSIBLE = dict.fromkeys(UNKNOWN, "con_%00..%2F..%F0%9F%92%A5")


def things_of_owner(running: Deployed, owner: str = OWNER) -> dict[str, str]:
    """Make one of everything that has an id."""
    api = running.api(owner)
    connection_id = running.link(owner, portfolio=["everyday"])
    path = f"/v1/connections/{connection_id}"
    (account, *_) = eventually(lambda: api.items(f"{path}/accounts"), until=bool)
    refresh = api.post(f"{path}/refresh").body
    gone = running.link(owner, portfolio=["everyday"])
    erasure = api.call("DELETE", f"/v1/connections/{gone}").body
    session = api.post("/v1/link-sessions", provider="snaptrade").body
    return {
        "connection_id": connection_id,
        "account_id": account["id"],
        "refresh_id": refresh["id"],
        "erasure_id": erasure["id"],
        "link_session_id": session["id"],
    }


def filled(text: str, ids: Mapping[str, str]) -> str:
    """Put ids where they stand for themselves."""
    for name, value in ids.items():
        text = text.replace(f"{{{name}}}", value)
    return text


def body_of(row: Row, ids: Mapping[str, str]) -> dict[str, Any]:
    """Give the body with its ids."""
    return {name: filled(value, ids) for name, value in (row.body or {}).items()}
