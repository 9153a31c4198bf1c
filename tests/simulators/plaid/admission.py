"""What is checked before an endpoint works: body, credentials, fields, token and limits."""

from typing import Any

from tests.simulators.common.exact_json import loads
from tests.simulators.common.wire import Request
from tests.simulators.plaid.aging import Aging
from tests.simulators.plaid.calls import Endpoint
from tests.simulators.plaid.errors import PlaidRefusal
from tests.simulators.plaid.fields import check_fields
from tests.simulators.plaid.models import Item
from tests.simulators.plaid.quotas import take_allowance
from tests.simulators.plaid.sandbox_only import PREFIX as SANDBOX_PREFIX
from tests.simulators.plaid.world import World

API_VERSION = "2020-09-14"
CONTENT_TYPE = "application/json"


class Admission:
    """Raises PlaidRefusal in the provider's order of checks."""

    def __init__(self, *, world: World, aging: Aging) -> None:
        self._world = world
        self._aging = aging

    def body_of(self, endpoint: Endpoint, request: Request) -> dict[str, Any]:
        """Return the parsed body of a request that may go on to its token."""
        body = _parsed(request)
        self._check_credentials(request, body)
        if endpoint.path.startswith(SANDBOX_PREFIX) and not self._world.settings.is_sandbox:
            raise PlaidRefusal("SANDBOX_ONLY")
        check_fields(body, endpoint.shape)
        return body

    def item_of(self, endpoint: Endpoint, body: dict[str, Any]) -> Item | None:
        """Return the Item of the token, if there is one, and count the request."""
        token = body.get("access_token")
        item = None if token is None else self._world.item_with_token(token)
        take_allowance(self._world, endpoint.operation, item)
        if item is not None:
            self._aging.check(item)
        return item

    def _check_credentials(self, request: Request, body: dict[str, Any]) -> None:
        settings = self._world.settings
        client_id = request.headers.get("plaid-client-id", body.get("client_id"))
        secret = request.headers.get("plaid-secret", body.get("secret"))
        given = {"client_id": client_id, "secret": secret}
        missing = [name for name, value in given.items() if value is None]
        if missing:
            raise PlaidRefusal("MISSING_FIELDS", ", ".join(missing))
        for name, value in given.items():
            if not isinstance(value, str) or not value:
                text = f"{name} must be a properly formatted, non-empty string"
                raise PlaidRefusal("INVALID_FIELD", text)
        if (client_id, secret) != (settings.client_id, settings.secret):
            raise PlaidRefusal("INVALID_API_KEYS")
        if request.headers.get("plaid-version", API_VERSION) != API_VERSION:
            raise PlaidRefusal("INCOMPATIBLE_API_VERSION")


def _parsed(request: Request) -> dict[str, Any]:
    if "content-type" not in request.headers:
        raise PlaidRefusal("INVALID_HEADERS")
    content_type = request.headers["content-type"].partition(";")[0].strip().lower()
    try:
        body = loads(request.body)
    except ValueError as error:
        raise PlaidRefusal("INVALID_BODY") from error
    if content_type != CONTENT_TYPE or not isinstance(body, dict):
        raise PlaidRefusal("INVALID_BODY")
    return body
