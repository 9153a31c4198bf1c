"""The way of a provider request: signature, limit, user, fault, endpoint."""

from tests.simulators.common.faults import Fault, faulty_reply
from tests.simulators.common.limits import Allowance, RollingLimit
from tests.simulators.common.state import DROPPED
from tests.simulators.common.wire import Refusal, Reply, Request, find_route, json_reply
from tests.simulators.snaptrade.calls import Call
from tests.simulators.snaptrade.refusals import (
    AccountRateLimited,
    ClientUnknown,
    CredentialsMissing,
    NotVerified,
    RateLimited,
    TimestampRefused,
    UserUnknown,
    refusal_document,
)
from tests.simulators.snaptrade.routes import CUSTOMER_ONLY, UNSIGNED, ProviderRoute
from tests.simulators.snaptrade.signature import request_signature, signatures_match
from tests.simulators.snaptrade.world import World

LEGACY_PREFIX = "/api/v1"
LEGACY_HEADER = "@1781222400"
UNKNOWN_OPERATION = "unknown"
CUSTOMER_HEADERS = "X-RateLimit-"
ACCOUNT_HEADERS = "X-RateLimit-Account-"


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
            with world.changing():
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
        query = request.parameters()
        user_id = self._admitted_user(route, request, query, headers)
        account_id = parameters.get("account_id")
        if account_id is not None:
            headers |= self._take_account_allowance(account_id, user_id=user_id)
        call = Call(
            path=parameters,
            query=query,
            body=request.body,
            user_id=user_id,
            request_id=headers["X-Request-ID"],
            origin=f"http://{request.headers.get('host', '')}",
            raw_query=request.query,
        )
        fault = self._fault(route, call)
        if fault is None:
            return _reply(route.handler(call))
        answer = route.handler(call) if fault.is_performed else None
        if isinstance(answer, Reply):
            answer = None
        error = {"detail": "Injected fault.", "status_code": fault.status}
        error |= {"code": fault.code} if fault.code else {}
        return faulty_reply(fault, answer=answer, error=error)

    def _admitted_user(
        self,
        route: ProviderRoute,
        request: Request,
        query: dict[str, str],
        headers: dict[str, str],
    ) -> str:
        if route.operation in UNSIGNED:
            return ""
        self._verify(request, query)
        headers |= self._take_allowance()
        if route.operation in CUSTOMER_ONLY:
            return ""
        if self._world.knobs.customer_kind == "personal":
            return self._only_user()
        return self._world.user(query.get("userId", ""), query.get("userSecret", "")).id

    def _only_user(self) -> str:
        # A personal key has one end user and names none.
        for user_id in self._world.users:
            return user_id
        raise UserUnknown

    def _verify(self, request: Request, query: dict[str, str]) -> None:
        world, given = self._world, request.headers.get("signature")
        if given is None or not {"clientId", "timestamp"} <= query.keys():
            raise CredentialsMissing
        if query["clientId"] != world.settings.client_id:
            raise ClientUnknown
        if not any(_is_signed(request, given, key) for key in world.keys.accepted(world.now())):
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
        return self._limit_headers(allowance, CUSTOMER_HEADERS)

    def _take_account_allowance(self, account_id: str, *, user_id: str) -> dict[str, str]:
        world = self._world
        limit = world.knobs.effective_account_limit
        if limit == 0:
            return {}
        world.account(account_id, user_id=user_id)
        rolling = world.account_limits.setdefault(account_id, RollingLimit())
        allowance = rolling.take(now=world.now().timestamp(), limit=limit)
        if not allowance.is_allowed:
            raise AccountRateLimited(allowance)
        return self._limit_headers(allowance, ACCOUNT_HEADERS)

    def _fault(self, route: ProviderRoute, call: Call) -> Fault | None:
        world = self._world
        account_id, connection_id = call.path.get("account_id"), call.path.get("connection_id")
        account = None if account_id is None else world.find_account(account_id)
        if account is not None:
            connection_id = account.connection_id
        return world.faults.take(
            route.operation, now=world.now(), connection_id=connection_id, account_id=account_id
        )

    def _refused(self, refusal: Refusal) -> Reply:
        knobs = self._world.knobs
        reply = json_reply(refusal_document(refusal, shape=knobs.error_shape), refusal.status)
        if isinstance(refusal, RateLimited):
            is_of_account = isinstance(refusal, AccountRateLimited)
            names = ACCOUNT_HEADERS if is_of_account else CUSTOMER_HEADERS
            reply.headers |= self._limit_headers(refusal.allowance, names)
            if knobs.retry_after_header:
                reply.headers["Retry-After"] = str(refusal.allowance.reset_seconds)
        return reply

    def _limit_headers(self, allowance: Allowance, prefix: str) -> dict[str, str]:
        if not self._world.knobs.rate_limit_headers:
            return {}
        return {
            f"{prefix}Limit": str(allowance.limit),
            f"{prefix}Remaining": str(allowance.remaining),
            f"{prefix}Reset": str(allowance.reset_seconds),
        }


def _is_signed(request: Request, given: str, consumer_key: str) -> bool:
    try:
        expected = request_signature(
            consumer_key, path=request.path, query=request.query, body=request.body
        )
    except ValueError:
        return False
    return signatures_match(given, expected)


def _reply(answer: object) -> Reply:
    return answer if isinstance(answer, Reply) else json_reply(answer)
