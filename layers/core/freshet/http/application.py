"""The API as one Powertools resolver: operations by resource, one error table."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError
from aws_lambda_powertools.event_handler.middlewares import NextMiddleware
from aws_lambda_powertools.utilities.typing import LambdaContext
from msgspec import Struct

from freshet.domain.call_errors import CallFailed
from freshet.domain.errors import InvalidField, InvalidJson, NotFound
from freshet.domain.money import Money
from freshet.domain.provider import Provider
from freshet.domain.provider_offer import Offers
from freshet.domain.provider_traits import TraitsByProvider
from freshet.domain.trouble import log_keys_of
from freshet.http.addressing import MethodNotAllowed, as_routed, is_head, verbs_at
from freshet.http.bodies import demand_known, json_object
from freshet.http.caller import USER_HEADER, Caller, TokenPolicy, caller_from_claims
from freshet.http.operation import Operation
from freshet.http.problems import TABLE, problem_for
from freshet.observability import logger
from freshet.services.begin_removal import BeginRemovalDependencies
from freshet.services.limit_user_rate import UserRateLimitDependencies, limit_user_rate
from freshet.services.linking import LinkDependencies
from freshet.services.refresh_records import RequestRefreshDependencies
from freshet.services.show_documented_holdings import ShowDocumentedDependencies
from freshet.services.show_holdings import ShowHoldingsDependencies

type Handler = Callable[..., Response[str]]


class ApiDependencies(Struct, frozen=True, kw_only=True):
    """What the routes need."""

    showing: ShowHoldingsDependencies
    portfolio: ShowDocumentedDependencies
    removing: BeginRemovalDependencies
    requesting: RequestRefreshDependencies
    linking: LinkDependencies
    pacing: UserRateLimitDependencies
    tokens: TokenPolicy
    providers: frozenset[Provider]
    offers: Offers

    @property
    def traits(self) -> TraitsByProvider:
        """Say what is different about each provider."""
        return self.requesting.purchasing.traits

    @property
    def prices(self) -> Mapping[Provider, Money]:
        """Say what a refresh costs today."""
        policy, now = self.requesting.purchasing.policy, self.now()
        return {provider: policy.price(provider, now=now) for provider in policy.prices}

    def now(self) -> datetime:
        """Tell the time."""
        return self.requesting.purchasing.clock()


class Api:
    """The resolver with what every route asks of a request."""

    def __init__(self, deps: ApiDependencies) -> None:
        """Make an application without operations, but with every error answered."""
        self.deps = deps
        self.operations: list[Operation] = []
        self.resolver = APIGatewayHttpResolver()
        self.resolver.exception_handler(list(TABLE))(self._known_error)
        self.resolver.not_found(self._no_route)

    def serves(self, operation: Operation) -> Callable[[Handler], Handler]:
        """Register the function that follows, which is called once a request may pass."""

        def hold(app: APIGatewayHttpResolver, resume_refresh: NextMiddleware) -> Response[str]:
            self._hold(operation)
            return resume_refresh(app)

        self.operations.append(operation)
        rule = operation.path.replace("{", "<").replace("}", ">")
        return self.resolver.route(rule, operation.verb, middlewares=[hold])

    def answer(self, event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
        """Answer a request of the gateway's."""
        answer = self.resolver.resolve(as_routed(event), context)
        answer["headers"]["X-Content-Type-Options"] = "nosniff"
        return answer | {"body": "", "isBase64Encoded": False} if is_head(event) else answer

    @property
    def caller(self) -> Caller:
        """Say who is calling; the operation's scope is there."""
        caller: Caller = self.resolver.context["caller"]
        return caller

    def header(self, name: str) -> str | None:
        """Give a request header, by its lower-case name."""
        value: str | None = self.resolver.current_event.headers.get(name)
        return value

    def query(self, name: str) -> str | None:
        """Give a query parameter."""
        parameters = self.resolver.current_event.query_string_parameters or {}
        value: str | None = parameters.get(name)
        return value

    @property
    def webhooks_at(self) -> str:
        """Say below which address providers' webhooks reach us."""
        # The gateway's own word, and no header of the caller's: it knows which name it serves.
        domain = self.resolver.current_event.raw_event["requestContext"]["domainName"]
        return f"https://{domain}/webhooks"

    def body(self) -> dict[str, Any]:
        """Give the JSON object of the body, {} for none.

        Raises PayloadTooLarge, InvalidJson, InvalidField.
        """
        operation: Operation = self.resolver.context["operation"]
        try:
            text = self.resolver.current_event.decoded_body
        except ValueError as error:
            raise InvalidJson from error
        document = json_object(text)
        demand_known(document, operation.body_fields)
        return document

    def limit_user_rate(self) -> None:
        """Count a request that is about to cost something; raises TooManyRequests."""
        operation: Operation = self.resolver.context["operation"]
        if operation.rate_limit is not None:
            limit_user_rate(self.caller.user_id, operation.rate_limit, deps=self.deps.pacing)

    def _hold(self, operation: Operation) -> None:
        event = self.resolver.current_event
        claims = event.raw_event["requestContext"]["authorizer"]["jwt"]["claims"]
        caller = caller_from_claims(claims, self.deps.tokens, named_user=self.header(USER_HEADER))
        logger.append_keys(actor=caller.actor, user_id=caller.user_id)
        caller.demand(operation.scope)
        for name in event.query_string_parameters or {}:
            if name not in operation.query_names:
                raise InvalidField(name[:64], "is not a known parameter")
        self.resolver.context.update(caller=caller, operation=operation)

    def _known_error(self, error: Exception) -> Response[str]:
        if isinstance(error, CallFailed):
            logger.warning("Request failed at the provider", **log_keys_of(error))
        arguments = self.resolver.context.get("_route_args", {})
        return problem_for(error, now=self.deps.now(), connection_id=arguments.get("connection_id"))

    def _no_route(self, _: NotFoundError) -> Response[str]:
        event = self.resolver.current_event
        verbs = verbs_at(event.path, self.operations)
        # A verb that is there, with an id that no route takes: there is no such thing.
        is_wrong_verb = bool(verbs) and event.http_method not in verbs
        error = MethodNotAllowed(verbs) if is_wrong_verb else NotFound(event.path)
        return problem_for(error, now=self.deps.now())
