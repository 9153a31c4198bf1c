"""The endpoint that prepares Link."""

from datetime import datetime, timedelta

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.answers import instant
from tests.simulators.plaid.calls import Call, Endpoint
from tests.simulators.plaid.institutions import institution_with_id
from tests.simulators.plaid.link_shape import (
    CONSENTED_LIST,
    LINK_SHAPE,
    LINKED_LISTS,
    check_link_request,
)
from tests.simulators.plaid.models import LinkSession
from tests.simulators.plaid.world import World

NEW_LINK_LIFETIME, UPDATE_LINK_LIFETIME = timedelta(hours=4), timedelta(minutes=30)
HOSTED_LINK = "https://secure.plaid.example/hl/"


class LinkTokens:
    """One method per endpoint; the caller holds the lock."""

    def __init__(self, *, world: World) -> None:
        self._world = world

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints with their fields."""
        return [Endpoint("/link/token/create", LINK_SHAPE, self.create)]

    def create(self, call: Call) -> Document:
        """Prepare Link for a new Item, or for an existing one in update mode."""
        world, item = self._world, call.known_item
        check_link_request(call.body, is_update=item is not None)
        if institution_id := call.body.get("institution_id"):
            institution_with_id(institution_id)
        if item and item.error and self._is_refused(item.error.code):
            raise item.error
        lifetime = UPDATE_LINK_LIFETIME if item else NEW_LINK_LIFETIME
        expires_at = world.now() + lifetime
        token = world.new_token("link")
        world.link_sessions[token] = self._session(call, expires_at=expires_at)
        answer = {"link_token": token, "expiration": instant(expires_at, world.knobs)}
        if "hosted_link" in call.body:
            answer["hosted_link_url"] = f"{HOSTED_LINK}{token}"
        if "user_id" in call.body:
            answer["user_id"] = call.body["user_id"]
        return answer

    def _session(self, call: Call, *, expires_at: datetime) -> LinkSession:
        body, item = call.body, call.known_item
        linked = [product for name in LINKED_LISTS for product in body.get(name) or []]
        return LinkSession(
            item_id=item.id if item else None,
            # Every simulated institution supports what is asked for, so optional means wanted.
            products=tuple(dict.fromkeys(linked)),
            consented=tuple(body.get(CONSENTED_LIST) or ()),
            # In update mode the webhook of the Item stays what it is.
            webhook=None if item else body.get("webhook"),
            user_id=body.get("user_id"),
            expires_at=expires_at,
            selects_accounts=body.get("update", {}).get("account_selection_enabled", False),
            is_async=body.get("investments", {}).get("async_update", False),
        )

    def _is_refused(self, code: str) -> bool:
        # The sources differ on whether a revoked Item can still be updated.
        return code == "USER_PERMISSION_REVOKED" and self._world.knobs.revoked_update == "refuse"
