"""The way of a provider request: path, body, credentials, fields, token, limit, fault, work."""

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from tests.sandbox.plaid.calls import Call, Endpoint
from tests.sandbox.plaid.errors import PlaidRefusal, api_error
from tests.sandbox.plaid.fields import check_fields
from tests.sandbox.plaid.models import Item
from tests.sandbox.plaid.quotas import REFRESH, give_back, take_allowance
from tests.sandbox.plaid.refreshing import Later
from tests.sandbox.plaid.sandbox_only import PREFIX as SANDBOX_PREFIX
from tests.sandbox.plaid.world import World
from tests.sandbox.simulation.exact_json import Document, loads
from tests.sandbox.simulation.faults import Fault, faulty_reply
from tests.sandbox.simulation.state import DROPPED
from tests.sandbox.simulation.wire import Reply, Request, json_reply

API_VERSION = "2020-09-14"
UNKNOWN_OPERATION = "unknown"


class Gateway:
    """Answers provider requests; every JSON answer carries a request id."""

    def __init__(
        self, *, world: World, endpoints: Iterable[Endpoint], pause: Callable[[float], object]
    ) -> None:
        self._world = world
        self._endpoints = {endpoint.path: endpoint for endpoint in endpoints}
        self._pause = pause

    def answer(self, request: Request) -> Reply:
        """Serve one request and count it."""
        world, operation = self._world, UNKNOWN_OPERATION
        request_id = world.new_request_id()
        try:
            endpoint = self._endpoint(request)
            operation = endpoint.operation
            reply = self._serve(endpoint, request, request_id)
        except PlaidRefusal as refusal:
            world.count_refusal(operation, str(refusal.code))
            reply = json_reply(api_error(refusal, request_id=request_id), refusal.status)
        world.count(operation, DROPPED if reply.is_dropped else str(int(reply.status)))
        return reply

    def _endpoint(self, request: Request) -> Endpoint:
        endpoint = self._endpoints.get(request.path)
        if endpoint is None or request.method != "POST":
            raise PlaidRefusal("NOT_FOUND")
        return endpoint

    def _serve(self, endpoint: Endpoint, request: Request, request_id: str) -> Reply:
        world, body = self._world, _parsed(request)
        self._check_credentials(request, body)
        is_sandbox = world.settings.environment == "sandbox"
        if endpoint.path.startswith(SANDBOX_PREFIX) and not is_sandbox:
            raise PlaidRefusal("SANDBOX_ONLY")
        check_fields(body, endpoint.shape)
        with world.changing():
            item = self._admitted(endpoint, body)
            call = Call(body, request_id, item)
            item_id = item.id if item else None
            fault = world.faults.take(endpoint.operation, item_id=item_id)
            if fault is not None and not fault.is_performed:
                return self._spoilt(fault, {}, request_id)
            try:
                result = endpoint.handler(call)
            except PlaidRefusal:
                self._forgive(endpoint, item)
                raise
            if not isinstance(result, Later):
                return self._rendered(result, fault, request_id)
        return self._finished(result, fault, endpoint, call)

    def _finished(self, later: Later, fault: Fault | None, endpoint: Endpoint, call: Call) -> Reply:
        # Outside the lock: an institution that takes its time holds up nobody else.
        self._pause(later.seconds)
        with self._world.changing():
            try:
                document = later.finish()
            except PlaidRefusal:
                self._forgive(endpoint, call.known_item)
                raise
            reply = self._rendered(document, fault, call.request_id)
        reply.delay_seconds += later.answer_delay_seconds
        return reply

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

    def _admitted(self, endpoint: Endpoint, body: dict[str, Any]) -> Item | None:
        if "access_token" not in body:
            return None
        item = self._world.item_with_token(body["access_token"])
        take_allowance(self._world, endpoint.operation, item)
        return item

    def _forgive(self, endpoint: Endpoint, item: Item | None) -> None:
        if item is None or endpoint.operation != REFRESH:
            return
        if not self._world.knobs.refresh_failures_count:
            give_back(self._world, endpoint.operation, item)

    def _rendered(self, document: Document, fault: Fault | None, request_id: str) -> Reply:
        if fault is not None:
            return self._spoilt(fault, document, request_id)
        return json_reply(document | {"request_id": request_id})

    def _spoilt(self, fault: Fault, document: Document, request_id: str) -> Reply:
        usual = "PLANNED_MAINTENANCE" if fault.status == HTTPStatus.SERVICE_UNAVAILABLE else ""
        refusal = PlaidRefusal(fault.code or usual or "INTERNAL_SERVER_ERROR")
        error = api_error(refusal, request_id=request_id)
        return faulty_reply(fault, answer=document | {"request_id": request_id}, error=error)


def _parsed(request: Request) -> dict[str, Any]:
    content_type = request.headers.get("content-type", "").partition(";")[0].strip()
    try:
        body = loads(request.body)
    except ValueError as error:
        raise PlaidRefusal("INVALID_BODY") from error
    if content_type != "application/json" or not isinstance(body, dict):
        raise PlaidRefusal("INVALID_BODY")
    return body
