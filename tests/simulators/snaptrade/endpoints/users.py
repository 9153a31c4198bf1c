"""Endpoints of the customer and its users."""

from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.brokerages import brokerage_document, brokerages
from tests.simulators.snaptrade.calls import Call
from tests.simulators.snaptrade.portal import DEFAULT_REDIRECT
from tests.simulators.snaptrade.refusals import InvalidInput
from tests.simulators.snaptrade.users import Users
from tests.simulators.snaptrade.world import World

API_VERSION = 153


class UserEndpoints:
    """One method per endpoint."""

    def __init__(self, *, world: World, users: Users) -> None:
        self._world = world
        self._users = users

    def check(self, call: Call) -> Document:
        """Tell that the service is up."""
        timestamp = self._world.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return {"version": API_VERSION, "timestamp": timestamp, "online": True}

    def register(self, call: Call) -> Document:
        """Register a user and show its secret once."""
        self._check_commercial()
        user = self._users.register(call.text("userId"))
        return {"userId": user.id, "userSecret": user.secret}

    def list_users(self, call: Call) -> list[str]:
        """List the ids of all users, unpaginated."""
        self._check_commercial()
        return self._world.user_ids()

    def reset_secret(self, call: Call) -> Document:
        """Give a user another secret; both credentials come in the body."""
        self._check_commercial()
        user = self._users.reset_secret(call.text("userId"), call.text("userSecret"))
        return {"userId": user.id, "userSecret": user.secret}

    def delete(self, call: Call) -> Document:
        """Queue a user for deletion."""
        self._check_commercial()
        user_id = call.query.get("userId", "")
        self._users.delete(user_id)
        detail = "User queued for deletion; please wait for webhook for confirmation."
        return {"status": "deleted", "detail": detail, "userId": user_id}

    def partner(self, call: Call) -> Document:
        """Tell what the customer may do."""
        return {
            "slug": self._world.settings.client_id,
            "name": "Sandbox customer",
            "logo_url": None,
            "allowed_brokerages": [brokerage_document(item) for item in brokerages()],
            "can_access_trades": False,
            "can_access_holdings": True,
            "can_access_account_history": True,
            "can_access_reference_data": True,
            "can_access_portfolio_management": False,
            "can_access_orders": "recent_orders" in self._world.knobs.features,
            "redirect_uri": DEFAULT_REDIRECT,
            "pin_required": False,
        }

    def _check_commercial(self) -> None:
        # A personal key is its own only user.
        if self._world.knobs.customer_kind == "personal":
            raise InvalidInput
