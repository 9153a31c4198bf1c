"""What the audience sees: every connection with its accounts, read through the public API."""

from dataclasses import dataclass
from typing import Any

from tests.demo.cast import Player
from tests.local_stack.deployed import Deployed

_LOADED = ("fresh", "ageing", "stale")


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One connection at one moment."""

    player: Player
    connection: dict[str, Any]
    accounts: list[dict[str, Any]]
    refreshes: list[dict[str, Any]]

    @property
    def investments(self) -> list[dict[str, Any]]:
        """The accounts whose holdings the broker gives."""
        return [
            account
            for account in self.accounts
            if account["kind"] == "investment"
            and account["freshness"]["reason"] != "holdings_unavailable"
        ]

    @property
    def institution(self) -> str:
        """Name the institution as the API does."""
        return str(self.connection["institution"]["name"] or self.player.role.institution)

    @property
    def is_read(self) -> bool:
        """Tell whether the first read has come to an end."""
        return bool(self.connection["status"] != "initialising")

    @property
    def is_settled(self) -> bool:
        """Tell whether everything expected of this connection has happened."""
        if not self.player.role.expects_holdings:
            is_asleep = bool(self.connection["status"] == "needs_user")
            return is_asleep and not self.refreshes
        return bool(self.investments) and self._is_loaded() and self._is_refreshed()

    def _is_loaded(self) -> bool:
        return all(each["freshness"]["status"] in _LOADED for each in self.investments)

    def _is_refreshed(self) -> bool:
        role = self.player.role
        if role.mode == "unsupported":
            return [each["reason"] for each in self.refreshes] == ["refresh_unsupported"]
        done = [each for each in self.refreshes if each["status"] == "complete"]
        return len(done) == len(self.refreshes) == (1 if role.expects_purchase else 0)


def look(deployed: Deployed, players: list[Player]) -> list[View]:
    """Ask the API about every connection, each as its own user."""
    return [_look(deployed, player) for player in players]


def _look(deployed: Deployed, player: Player) -> View:
    api = deployed.api(player.role.user_id)
    path = f"/v1/connections/{player.connection_id}"
    return View(
        player=player,
        connection=api.get(path).body,
        accounts=api.items(f"{path}/accounts"),
        refreshes=api.items(f"{path}/refreshes"),
    )
