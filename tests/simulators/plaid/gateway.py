"""The way of a provider request: path, admission, fault, work, answer."""

from collections.abc import Callable, Iterable
from http import HTTPStatus

from tests.simulators.common.exact_json import Document
from tests.simulators.common.faults import Fault, faulty_reply
from tests.simulators.common.state import DROPPED
from tests.simulators.common.wire import Reply, Request, json_reply
from tests.simulators.plaid.admission import Admission
from tests.simulators.plaid.calls import Call, Endpoint
from tests.simulators.plaid.errors import PlaidRefusal, api_error
from tests.simulators.plaid.later import Latency, Later
from tests.simulators.plaid.models import Item
from tests.simulators.plaid.quotas import REFRESH, give_back
from tests.simulators.plaid.world import World

UNKNOWN_OPERATION = "unknown"


class Gateway:
    """Answers provider requests; every JSON answer carries a request id."""

    def __init__(
        self,
        *,
        world: World,
        admission: Admission,
        endpoints: Iterable[Endpoint],
        pause: Callable[[float], object],
    ) -> None:
        self._world = world
        self._admission = admission
        self._endpoints = {endpoint.path: endpoint for endpoint in endpoints}
        self._pause = pause
        self._latency = Latency(world.settings.seed)

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
            reply = json_reply(self._error(refusal, request_id), refusal.status)
        world.count(operation, DROPPED if reply.is_dropped else str(int(reply.status)))
        return reply

    def _endpoint(self, request: Request) -> Endpoint:
        endpoint = self._endpoints.get(request.path)
        if endpoint is None or request.method != "POST":
            raise PlaidRefusal("NOT_FOUND")
        return endpoint

    def _serve(self, endpoint: Endpoint, request: Request, request_id: str) -> Reply:
        body = self._admission.body_of(endpoint, request)
        with self._world.changing():
            item = self._admission.item_of(endpoint, body)
            call = Call(body, request_id, item)
            item_id = item.id if item else None
            fault = self._world.faults.take(
                endpoint.operation, now=self._world.now(), item_id=item_id
            )
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
            item = call.known_item
            try:
                self._check_existing(item)
                document = later.finish()
            except PlaidRefusal:
                self._forgive(endpoint, item)
                raise
            reply = self._rendered(document, fault, call.request_id)
        reply.delay_seconds += later.answer_delay_seconds
        return reply

    def _check_existing(self, item: Item | None) -> None:
        if item is not None and item.id not in self._world.items:
            raise PlaidRefusal("ITEM_CONCURRENTLY_DELETED")

    def _forgive(self, endpoint: Endpoint, item: Item | None) -> None:
        if item is None or endpoint.operation != REFRESH:
            return
        if not self._world.knobs.refresh_failures_count:
            give_back(self._world, endpoint.operation, item)

    def _rendered(self, document: Document, fault: Fault | None, request_id: str) -> Reply:
        knobs = self._world.knobs
        if fault is not None:
            reply = self._spoilt(fault, document, request_id)
        else:
            reply = json_reply(document | {"request_id": request_id})
        seconds = knobs.answer_latency_seconds
        reply.delay_seconds += self._latency.draw(seconds, knobs.answer_latency_style)
        return reply

    def _spoilt(self, fault: Fault, document: Document, request_id: str) -> Reply:
        usual = "PLANNED_MAINTENANCE" if fault.status == HTTPStatus.SERVICE_UNAVAILABLE else ""
        refusal = PlaidRefusal(fault.code or usual or "INTERNAL_SERVER_ERROR")
        answer = document | {"request_id": request_id}
        return faulty_reply(fault, answer=answer, error=self._error(refusal, request_id))

    def _error(self, refusal: PlaidRefusal, request_id: str) -> Document:
        style = self._world.knobs.answer_errors
        return api_error(refusal, request_id=request_id, style=style)
