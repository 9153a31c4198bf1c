"""The endpoints for Items, their tokens and webhook keys."""

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.answers import full_item_document, item_document, status_document
from tests.simulators.plaid.calls import Call, Endpoint
from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.fields import NULLABLE_TEXT, REQUIRED_TEXT
from tests.simulators.plaid.later import Later
from tests.simulators.plaid.link_shape import is_web_address
from tests.simulators.plaid.population import Population
from tests.simulators.plaid.world import World

MAX_REASON_NOTE = 512
REASON_CODES = {
    "FRAUD_FIRST_PARTY",
    "FRAUD_FALSE_IDENTITY",
    "FRAUD_ABUSE",
    "FRAUD_OTHER",
    "CONNECTION_IS_NON_FUNCTIONAL",
    "OTHER",
}
_TOKEN = {"access_token": REQUIRED_TEXT}
_REMOVAL = _TOKEN | {"reason_code": NULLABLE_TEXT, "reason_note": NULLABLE_TEXT}
_WEBHOOK = _TOKEN | {"webhook": NULLABLE_TEXT}


class Items:
    """One method per endpoint; the caller holds the lock."""

    def __init__(self, *, world: World, population: Population) -> None:
        self._world = world
        self._population = population

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints with their fields."""
        public, key = {"public_token": REQUIRED_TEXT}, {"key_id": REQUIRED_TEXT}
        return [
            Endpoint("/item/get", _TOKEN, self.get),
            Endpoint("/item/remove", _REMOVAL, self.remove),
            Endpoint("/item/webhook/update", _WEBHOOK, self.update_webhook),
            Endpoint("/item/access_token/invalidate", _TOKEN, self.invalidate),
            Endpoint("/item/public_token/exchange", public, self.exchange),
            Endpoint("/webhook_verification_key/get", key, self.key),
        ]

    def get(self, call: Call) -> Document:
        """Return an Item and its status, also when it is broken."""
        knobs = self._world.knobs
        return {
            "item": full_item_document(call.item, knobs=knobs),
            "status": status_document(call.item, knobs=knobs),
        }

    def remove(self, call: Call) -> Document:
        """Remove an Item; its token dies at once."""
        if call.body.get("reason_code") not in {None, *REASON_CODES}:
            raise PlaidRefusal("INVALID_FIELD", "reason_code is not one of the known codes")
        if len(call.body.get("reason_note") or "") > MAX_REASON_NOTE:
            raise PlaidRefusal("INVALID_FIELD", "reason_note is longer than 512 characters")
        self._population.remove_item(call.item)
        return {}

    def update_webhook(self, call: Call) -> Document:
        """Change the webhook URL and tell the new one; null or nothing removes it."""
        webhook: str | None = call.body.get("webhook")
        if webhook and not is_web_address(webhook):
            raise PlaidRefusal("INVALID_FIELD", "webhook must be a URL")
        call.item.webhook = webhook or None
        if call.item.webhook:
            self._population.announce(call.item, "ITEM", "WEBHOOK_UPDATE_ACKNOWLEDGED")
        return {"item": item_document(call.item, knobs=self._world.knobs)}

    def invalidate(self, call: Call) -> Document:
        """Replace the access token."""
        return {"new_access_token": self._population.rotate_token(call.item)}

    def exchange(self, call: Call) -> Document:
        """Exchange a public token once."""
        world = self._world
        public = world.public_tokens.pop(call.body["public_token"], None)
        if public is None or public.expires_at < world.now():
            raise PlaidRefusal("INVALID_PUBLIC_TOKEN")
        item = world.item(public.item_id)
        return {"access_token": item.access_token, "item_id": item.id}

    def key(self, call: Call) -> Document | Later:
        """Return the public key with this id, expired or not."""
        seconds = self._world.knobs.key_latency_seconds
        if seconds:
            return Later(seconds, lambda: self._key(call.body["key_id"]))
        return self._key(call.body["key_id"])

    def _key(self, key_id: str) -> Document:
        outcome = self._world.knobs.key_outcome
        if outcome == "429":
            raise PlaidRefusal("RATE_LIMIT")
        if outcome == "500":
            raise PlaidRefusal("INTERNAL_SERVER_ERROR")
        for key in self._world.keys:
            if key.kid == key_id and outcome == "key":
                return {"key": key.jwk()}
        raise PlaidRefusal("INVALID_WEBHOOK_VERIFICATION_KEY_ID")
