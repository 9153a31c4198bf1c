"""Control over the user who sits in the portal."""

from typing import Any

from tests.simulators.common.control import ControlHandler
from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.portal import Portal
from tests.simulators.snaptrade.portal_visits import Visit


class PortalControl:
    """Plays the user."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal

    def entries(self) -> list[tuple[str, str, ControlHandler]]:
        """Return the routes of this subject."""
        return [("POST", "/portal/visits", self._visit)]

    def _visit(self, path: dict[str, str], body: Any) -> Document:
        details = dict(body)
        address = details.pop("link")
        departure = self._portal.visit(address, Visit(**details))
        connection = departure.connection
        return {
            "redirect": departure.redirect,
            "connection_id": None if connection is None else connection.id,
            "account_ids": [] if connection is None else connection.account_ids,
        }
