"""The API as one Powertools resolver: routes by resource, one error table."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aws_lambda_powertools.event_handler import APIGatewayHttpResolver, Response
from aws_lambda_powertools.event_handler.exceptions import NotFoundError

from freshet.domain.errors import InvalidField, InvalidJson, NotFound
from freshet.domain.money import Money
from freshet.domain.provider import Provider
from freshet.http.caller import (
    USER_HEADER,
    Caller,
    Scope,
    TokenPolicy,
    caller_from_claims,
)
from freshet.http.problems import TABLE, problem_for
from freshet.observability import logger
from freshet.services.begin_removal import Removing
from freshet.services.linking import Linking
from freshet.services.request_refresh import Requesting
from freshet.services.show_documented_holdings import ShowingDocumented
from freshet.services.show_holdings import Showing

_WORTH_COMPRESSING = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiParts:
    """What the routes need."""

    showing: Showing
    portfolio: ShowingDocumented
    removing: Removing
    requesting: Requesting
    linking: Linking
    tokens: TokenPolicy
    providers: frozenset[Provider]
    webhook_urls: Mapping[Provider, str]
    """Where a provider's webhooks are to go, where it is not this API's own address."""

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

    def __init__(self, parts: ApiParts) -> None:
        """Make an application without routes, but with every error answered."""
        self.parts = parts
        self.resolver = APIGatewayHttpResolver()
        self.resolver.exception_handler(list(TABLE))(self._known_error)
        self.resolver.not_found(self._no_route)

    def caller(self, scope: Scope) -> Caller:
        """Say who is calling; raises NotACaller, MissingScope."""
        event = self.resolver.current_event.raw_event
        authorizer = event["requestContext"].get("authorizer", {})
        claims = authorizer["jwt"]["claims"]
        caller = caller_from_claims(claims, self.parts.tokens, named_user=self.header(USER_HEADER))
        logger.append_keys(actor=caller.actor, user_id=caller.user_id)
        caller.demand(scope)
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

    def webhook_url(self, provider: Provider) -> str:
        """Say where a provider's webhooks reach us."""
        # The gateway's own word, and no header of the caller's: it knows which name it serves.
        domain = self.resolver.current_event.raw_event["requestContext"]["domainName"]
        return self.parts.webhook_urls.get(provider, f"https://{domain}/webhooks/{provider}")

    def body(self, *, fields: frozenset[str]) -> dict[str, Any]:
        """Give the JSON object of the body, {} for none; raises InvalidJson, InvalidField."""
        try:
            text = self.resolver.current_event.decoded_body
            if not text:
                return {}
            document = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise InvalidJson from error
        if not isinstance(document, dict):
            raise InvalidField("body", "must be a JSON object")
        demand_known(document, fields)
        return document

    def _known_error(self, error: Exception) -> Response[str]:
        arguments = self.resolver.context.get("_route_args", {})
        return problem_for(
            error, now=self.parts.now(), connection_id=arguments.get("connection_id")
        )

    def _no_route(self, _: NotFoundError) -> Response[str]:
        return problem_for(NotFound(), now=self.parts.now())


def demand_known(document: Mapping[str, Any], fields: frozenset[str], *, within: str = "") -> None:
    """Raise InvalidField for a field that nobody would read."""
    for name in document:
        if name not in fields:
            raise InvalidField(f"{within}{name[:64]}", "is not a known field")


def json_response(status: int, body: Any, headers: dict[str, str] | None = None) -> Response[str]:
    """Answer JSON that belongs to one user and is checked before it is used again.

    No body where it is None; a long one is compressed for who accepts that.
    """
    text = json.dumps(body, separators=(",", ":"), ensure_ascii=False) if body is not None else ""
    return json_text_response(status, text, headers)


def json_text_response(
    status: int, text: str, headers: dict[str, str] | None = None
) -> Response[str]:
    """Answer JSON that is text already."""
    return Response(
        status_code=status,
        content_type="application/json",
        body=text,
        compress=len(text) > _WORTH_COMPRESSING,
        headers={
            "Cache-Control": "private, no-cache",
            "Vary": "Authorization, Accept-Encoding",
            **(headers or {}),
        },
    )
