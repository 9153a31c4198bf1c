"""The endpoints that exist in the provider's own sandbox only."""

from tests.simulators.common.exact_json import Document
from tests.simulators.plaid.calls import Call, Endpoint
from tests.simulators.plaid.custom_user import CUSTOM_USER, custom_portfolios
from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.extraction import FirstPull
from tests.simulators.plaid.fields import (
    NULLABLE_TEXT,
    OBJECT,
    REQUIRED_TEXT,
    REQUIRED_TEXTS,
    TEXT,
    Field,
)
from tests.simulators.plaid.institutions import institution_with_id
from tests.simulators.plaid.link_shape import check_product_names, is_web_address
from tests.simulators.plaid.plain_values import ValueRefused
from tests.simulators.plaid.population import Population
from tests.simulators.plaid.portfolio import Portfolio, UnknownPortfolio
from tests.simulators.plaid.portfolios import portfolios_named
from tests.simulators.plaid.world import World

PREFIX = "/sandbox/"
USUAL_USER, USUAL_PASSWORD = "user_good", "pass_good"
# A password such as error_ITEM_LOCKED asks for that error.
ERROR_PASSWORD = "error_"
_TOKEN = {"access_token": REQUIRED_TEXT}
_OPTIONS = {
    "webhook": TEXT,
    **dict.fromkeys(("override_username", "override_password"), NULLABLE_TEXT),
    **dict.fromkeys(("transactions", "statements", "income_verification"), OBJECT),
}
_ITEM_CODES = {
    "NEW_ACCOUNTS_AVAILABLE",
    "LOGIN_REPAIRED",
    "PENDING_DISCONNECT",
    "USER_PERMISSION_REVOKED",
    "USER_ACCOUNT_REVOKED",
}
_INVESTMENT_TYPES = {"HOLDINGS", "INVESTMENTS_TRANSACTIONS"}
_OTHER_PRODUCTS = {"AUTH", "IDENTITY", "TRANSACTIONS", "LIABILITIES"}
_ASSETS_CODES = {"ERROR", "PRODUCT_READY"}


class SandboxOnly:
    """One method per endpoint; the caller holds the lock."""

    def __init__(self, *, world: World, population: Population, first_pull: FirstPull) -> None:
        self._world = world
        self._population = population
        self._first_pull = first_pull

    def endpoints(self) -> list[Endpoint]:
        """Return the endpoints with their fields."""
        fire = _TOKEN | {"webhook_code": REQUIRED_TEXT, "webhook_type": TEXT}
        create = {
            "institution_id": REQUIRED_TEXT,
            "initial_products": REQUIRED_TEXTS,
            "options": Field(dict, members=_OPTIONS),
            "user_id": TEXT,
            "user_token": TEXT,
        }
        return [
            Endpoint(f"{PREFIX}public_token/create", create, self.create_public_token),
            Endpoint(f"{PREFIX}item/fire_webhook", fire, self.fire_webhook),
            Endpoint(f"{PREFIX}item/reset_login", _TOKEN, self.reset_login),
        ]

    def create_public_token(self, call: Call) -> Document:
        """Link an Item without Link; the user name may be that of a sample portfolio."""
        products, webhook = call.body["initial_products"], call.option("webhook")
        if not products:
            raise PlaidRefusal("INVALID_FIELD", "initial_products must not be empty")
        check_product_names(products)
        if webhook and not is_web_address(webhook):
            raise PlaidRefusal("INVALID_FIELD", "options.webhook must be a URL")
        name = call.option("override_username") or USUAL_USER
        portfolios = _portfolios_of(name, call.option("override_password"), products)
        item = self._population.add_item(
            institution_with_id(call.body["institution_id"]),
            portfolios=portfolios,
            products=products,
            webhook=webhook or self._world.default_webhook,
            user_id=call.body.get("user_id"),
        )
        self._first_pull.link(item)
        return {"public_token": self._population.new_public_token(item)}

    def fire_webhook(self, call: Call) -> Document:
        """Send a webhook now; only some types can be had like this."""
        item, code = call.item, call.body["webhook_code"]
        webhook_type = call.body.get("webhook_type")
        if code in _ITEM_CODES and webhook_type in {None, "ITEM"}:
            webhook_type = "ITEM"
        elif code == "DEFAULT_UPDATE" and webhook_type in _INVESTMENT_TYPES:
            if "investments" not in item.products:
                raise PlaidRefusal("SANDBOX_PRODUCT_NOT_ENABLED", "investments")
        elif code in _ASSETS_CODES or webhook_type in {None, *_OTHER_PRODUCTS}:
            raise PlaidRefusal("SANDBOX_PRODUCT_NOT_ENABLED", str(webhook_type or code).lower())
        else:
            raise PlaidRefusal("INVALID_FIELD", "webhook_code cannot be fired for this type")
        if not (item.webhook or "").startswith(("http://", "https://")):
            raise PlaidRefusal("SANDBOX_WEBHOOK_INVALID")
        self._population.announce(item, webhook_type, code)
        return {"webhook_fired": True}

    def reset_login(self, call: Call) -> Document:
        """Make the Item's login invalid."""
        self._population.break_item(call.item, PlaidRefusal("ITEM_LOGIN_REQUIRED"))
        return {"reset_login": True}


def _portfolios_of(user: str, password: str | None, products: list[str]) -> list[Portfolio]:
    if user == CUSTOM_USER:
        # Documented only as a condition: what happens otherwise is our assumption.
        if "investments" not in products:
            raise PlaidRefusal("INVALID_FIELD", "initial_products must have investments")
        try:
            return custom_portfolios(password or "")
        except ValueRefused as error:
            raise PlaidRefusal("INVALID_FIELD", error.detail) from error
    if user == USUAL_USER and password not in {None, USUAL_PASSWORD}:
        is_asked_for = str(password).startswith(ERROR_PASSWORD)
        code = str(password).removeprefix(ERROR_PASSWORD)
        raise PlaidRefusal(code if is_asked_for else "INVALID_CREDENTIALS")
    try:
        return portfolios_named("starter" if user == USUAL_USER else user)
    except UnknownPortfolio as error:
        raise PlaidRefusal("INVALID_CREDENTIALS") from error
