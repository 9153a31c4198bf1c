"""A user's frontend: it links, comes back, follows and looks, in as many tabs as it likes."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from tests.local_stack.api_client import ApiAnswer, ApiClient
from tests.local_stack.deployed import Deployed
from tests.patience import eventually

ORIGIN = "https://app.example"
REDIRECT = f"{ORIGIN}/linked"


@dataclass(frozen=True, slots=True)
class Frontend:
    """What one user does."""

    running: Deployed
    user_id: str

    @property
    def api(self) -> ApiClient:
        """Call the API as this user."""
        return self.running.api(self.user_id)

    def open_session(self, **body: Any) -> dict[str, Any]:
        """Open a link session."""
        answer = self.api.post("/v1/link-sessions", **body)
        assert answer.status == 201, answer.body
        return dict(answer.body)

    def arrive(self, **body: Any) -> ApiAnswer:
        """Bring back what was linked."""
        return self.api.post("/v1/connections", **body)

    def follow(self, session: dict[str, Any]) -> dict[str, Any]:
        """Ask what came of a link session."""
        answer = self.api.get(f"/v1/link-sessions/{session['id']}")
        assert answer.status == 200, answer.body
        return dict(answer.body)

    def in_tabs(self, *acts: Callable[[], Any]) -> list[Any]:
        """Do several things at once."""
        with ThreadPoolExecutor(len(acts)) as tabs:
            return [done.result() for done in [tabs.submit(act) for act in acts]]

    def connections(self) -> list[dict[str, Any]]:
        """List the connections."""
        return self.api.items("/v1/connections")

    def connection(self, *, status: str = "active") -> dict[str, Any]:
        """Wait until the only connection has a status, and give it."""
        (found,) = eventually(
            self.connections,
            until=lambda shown: [each["status"] for each in shown] == [status],
        )
        return found

    def accounts(self, connection: dict[str, Any]) -> list[dict[str, Any]]:
        """List the accounts of a connection."""
        return self.api.items(f"/v1/connections/{connection['id']}/accounts")

    def positions(self, connection: dict[str, Any]) -> list[Any]:
        """Wait for holdings of a connection, and give them."""
        return eventually(lambda: self._positions(connection), until=bool)

    def _positions(self, connection: dict[str, Any]) -> list[Any]:
        return [
            position
            for account in self.accounts(connection)
            for position in self.api.get(f"/v1/accounts/{account['id']}/holdings").body["positions"]
            or []
        ]
