"""The endpoints for Items, tokens, Link and webhook keys."""

from datetime import timedelta
from typing import Any

from tests.sandbox.plaid.answers import (
    full_item_document,
    instant,
    item_document,
    status_document,
)
from tests.sandbox.plaid.calls import Call, Endpoint
from tests.sandbox.plaid.errors import PlaidRefusal
from tests.sandbox.plaid.fields import (
    FLAG,
    LIST,
    NULLABLE_TEXT,
    OBJECT,
    REQUIRED_LIST,
    REQUIRED_TEXT,
    TEXT,
    Field,
    Shape,
)
from tests.sandbox.plaid.models import LinkSession
from tests.sandbox.plaid.population import Population
from tests.sandbox.plaid.refreshing import Later
from tests.sandbox.plaid.world import World
from tests.sandbox.simulation.exact_json import Document

NEW_LINK_LIFETIME, UPDATE_LINK_LIFETIME = timedelta(hours=4), timedelta(minutes=30)
_TOKEN = {"access_token": REQUIRED_TEXT}
_REMOVAL = _TOKEN | {"reason_code": NULLABLE_TEXT, "reason_note": NULLABLE_TEXT}
_WEBHOOK = _TOKEN | {"webhook": NULLABLE_TEXT}
_PRODUCT_LISTS = (
    "products",
    "required_if_supported_products",
    "optional_products",
    "additional_consented_products",
)
_LINK: Shape = {
    "client_name": REQUIRED_TEXT,
    "language": REQUIRED_TEXT,
    "country_codes": REQUIRED_LIST,
    "user": OBJECT,
    "user_id": TEXT,
    **dict.fromkeys(_PRODUCT_LISTS, LIST),
    "webhook": TEXT,
    "access_token": TEXT,
    "link_customization_name": TEXT,
    "redirect_uri": TEXT,
    "android_package_name": TEXT,
    "institution_id": TEXT,
    "account_filters": OBJECT,
    "hosted_link": OBJECT,
    "enable_multi_item_link": FLAG,
    "update": Field(
        dict,
        members=dict.fromkeys(
            ("account_selection_enabled", "reauthorization_enabled", "user"), FLAG
        ),
    ),
    "investments": Field(
        dict,
        members=dict.fromkeys(
            ("allow_unverified_crypto_wallets", "allow_manual_entry", "async_update"), FLAG
        ),
    ),
}


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
            Endpoint("/link/token/create", _LINK, self.create_link_token),
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
        self._population.remove_item(call.item)
        return {}

    def update_webhook(self, call: Call) -> Document:
        """Change the webhook URL and tell the new one."""
        call.item.webhook = call.body.get("webhook")
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

    def create_link_token(self, call: Call) -> Document:
        """Prepare Link for a new Item, or for an existing one in update mode."""
        world, products = self._world, _products_in(call)
        lifetime = UPDATE_LINK_LIFETIME if call.known_item else NEW_LINK_LIFETIME
        expires_at = world.now() + lifetime
        token = world.new_token("link")
        world.link_sessions[token] = LinkSession(
            item_id=call.known_item.id if call.known_item else None,
            products=tuple(products),
            webhook=call.body.get("webhook"),
            expires_at=expires_at,
        )
        return {"link_token": token, "expiration": instant(expires_at, world.knobs)}

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


def _products_in(call: Call) -> list[Any]:
    body = call.body
    products = [product for name in _PRODUCT_LISTS for product in body.get(name, [])]
    if "investments_refresh" in products:
        raise PlaidRefusal("INVALID_PRODUCT", '["investments_refresh"]')
    if not body["country_codes"]:
        raise PlaidRefusal("INVALID_FIELD", "country_codes must not be empty")
    if not (body.get("user_id") or body.get("user", {}).get("client_user_id")):
        raise PlaidRefusal("MISSING_FIELDS", "user.client_user_id")
    if call.known_item and products:
        raise PlaidRefusal("INVALID_FIELD", "products must be omitted in update mode")
    if not call.known_item and not products:
        raise PlaidRefusal("MISSING_FIELDS", "products")
    return products
