"""The way of a provider request: signature, limit, user, fault, endpoint."""

from tests.sandbox.simulation.faults import Fault, faulty_reply
from tests.sandbox.simulation.limits import Allowance
from tests.sandbox.simulation.state import DROPPED
from tests.sandbox.simulation.wire import Refusal, Reply, Request, find_route, json_reply
from tests.sandbox.snaptrade.provider import Call
from tests.sandbox.snaptrade.refusals import (
    ClientUnknown,
    CredentialsMissing,
    NotVerified,
    RateLimited,
    TimestampRefused,
    refusal_document,
)
from tests.sandbox.snaptrade.routes import CUSTOMER_ONLY, UNSIGNED, ProviderRoute
from tests.sandbox.snaptrade.signature import request_signature, signatures_match
from tests.sandbox.snaptrade.world import World

LEGACY_PREFIX = "/api/v1"
LEGACY_HEADER = "@1781222400"
UNKNOWN_OPERATION = "unknown"


class Gateway:
    """Answers provider requests; every answer carries a request id."""

    def __init__(self, *, world: World, routes: list[ProviderRoute]) -> None:
        self._world = world
        self._routes = routes

    def answer(self, request: Request) -> Reply:
        """Serve one request and count it."""
        world, operation = self._world, UNKNOWN_OPERATION
        headers = {"X-Request-ID": world.ids.new_request_id()}
        path = request.path
        if path.startswith(f"{LEGACY_PREFIX}/"):
            path = path.removeprefix(LEGACY_PREFIX)
            headers["Deprecation"] = LEGACY_HEADER
        try:
            route, parameters = find_route(self._routes, method=request.method, path=path)
            operation = route.operation
            reply = self._serve(route, parameters, request, headers)
        except Refusal as refusal:
            reply = self._refused(refusal)
        reply.headers |= headers
        world.count(operation, DROPPED if reply.is_dropped else str(int(reply.status)))
        return reply

    def _serve(
        self,
        route: ProviderRoute,
        parameters: dict[str, str],
        request: Request,
        headers: dict[str, str],
    ) -> Reply:
        world, query = self._world, request.parameters()
        with world.changing():
            user_id = ""
            if route.operation not in UNSIGNED:
                self._verify(request, query)
                headers |= self._take_allowance()
            if route.operation not in UNSIGNED | CUSTOMER_ONLY:
                given = query.get("userId", ""), query.get("userSecret", "")
                user_id = world.user(*given).id
            call = Call(parameters, query, request.body, user_id, headers["X-Request-ID"])
            fault = self._fault(route, call)
            if fault is None:
                return json_reply(route.handler(call))
            answer = route.handler(call) if fault.is_performed else None
            error = {"detail": "Injected fault.", "status_code": fault.status}
            error |= {"code": fault.code} if fault.code else {}
            return faulty_reply(fault, answer=answer, error=error)

    def _verify(self, request: Request, query: dict[str, str]) -> None:
        settings, given = self._world.settings, request.headers.get("signature")
        if given is None or not {"clientId", "timestamp"} <= query.keys():
            raise CredentialsMissing
        if query["clientId"] != settings.client_id:
            raise ClientUnknown
        try:
            expected = request_signature(
                settings.consumer_key, path=request.path, query=request.query, body=request.body
            )
        except ValueError as error:
            raise NotVerified from error
        if not signatures_match(given, expected):
            raise NotVerified
        self._check_time(query["timestamp"])

    def _check_time(self, timestamp: str) -> None:
        if not timestamp.isdecimal():
            raise TimestampRefused
        skew_seconds = abs(self._world.now().timestamp() - int(timestamp))
        if skew_seconds > self._world.knobs.clock_skew_seconds:
            raise TimestampRefused

    def _take_allowance(self) -> dict[str, str]:
        world = self._world
        now = world.now().timestamp()
        allowance = world.limit.take(now=now, limit=world.knobs.customer_limit)
        if not allowance.is_allowed:
            raise RateLimited(allowance)
        return _limit_headers(allowance) if world.knobs.rate_limit_headers else {}

    def _fault(self, route: ProviderRoute, call: Call) -> Fault | None:
        account_id, connection_id = call.path.get("account_id"), call.path.get("connection_id")
        account = self._world.accounts.get(account_id or "")
        if account is not None:
            connection_id = account.connection_id
        return self._world.faults.take(
            route.operation, connection_id=connection_id, account_id=account_id
        )

    def _refused(self, refusal: Refusal) -> Reply:
        knobs = self._world.knobs
        reply = json_reply(refusal_document(refusal, shape=knobs.error_shape), refusal.status)
        if isinstance(refusal, RateLimited):
            reply.headers["Retry-After"] = str(refusal.allowance.reset_seconds)
            if knobs.rate_limit_headers:
                reply.headers |= _limit_headers(refusal.allowance)
        return reply


def _limit_headers(allowance: Allowance) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(allowance.limit),
        "X-RateLimit-Remaining": str(allowance.remaining),
        "X-RateLimit-Reset": str(allowance.reset_seconds),
    }
