"""Operations under /v1/link-sessions, and POST /v1/connections: linking and repairing links."""

import re
from typing import Any

from aws_lambda_powertools.event_handler import Response

from freshet.domain.call_errors import (
    CallFailed,
    LinkInvalid,
    LoginRequired,
    ProviderRejectedUs,
    RateLimited,
)
from freshet.domain.credential import Secret
from freshet.domain.errors import (
    AlreadyOwned,
    InvalidField,
    LinkGone,
    LinkUnfinished,
    NotFound,
    ProviderNotConfigured,
    SecretUnavailable,
    UserLeaving,
)
from freshet.domain.identifiers import is_link_session_id
from freshet.domain.link_session import LinkStatus
from freshet.domain.linking import FinishLink, StartLink
from freshet.domain.provider import Provider
from freshet.domain.provider_offer import Offers, ProviderOffer
from freshet.domain.user_rate_limits import UserRateLimit
from freshet.http.answers import json_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.connections import checked_connection_id, shape_of
from freshet.http.operation import Answer, Operation
from freshet.http.shapes.connections import ConnectionShape
from freshet.http.shapes.link_bodies import (
    LONGEST_TEXT,
    STATE_PATTERN,
    NewLinkBody,
    RepairBody,
    return_body,
)
from freshet.http.shapes.link_sessions import (
    LinkSessionShape,
    StartedLinkShape,
    link_session_shape,
    started_link_shape,
)
from freshet.services.finish_link import finish_link
from freshet.services.show_link import link_outcome
from freshet.services.start_link import start_link

_TROUBLE = (
    RateLimited,
    ProviderRejectedUs,
    CallFailed,
    ProviderNotConfigured,
    SecretUnavailable,
    UserLeaving,
)
GET_LINK_SESSION = Operation(
    id="getLinkSession",
    verb="GET",
    path="/v1/link-sessions/{link_session_id}",
    scope=Scope.LINK,
    summary="Show what came of an attempt to link",
    answers={200: Answer(LinkSessionShape, headers=("Retry-After",))},
    problems=(NotFound,),
)
_SECRETS_INSIDE = {"Cache-Control": "no-store"}


def operations(offers: Offers) -> tuple[Operation, Operation, Operation]:
    """Give the operations, whose bodies are those of the providers that there are."""
    return (_start_link(offers), GET_LINK_SESSION, _finish_link(offers))


def _start_link(offers: Offers) -> Operation:
    pages = " or ".join(each.link_page for each in offers.values())
    return Operation(
        id="startLink",
        verb="POST",
        path="/v1/link-sessions",
        scope=Scope.LINK,
        summary=f"Open {pages} for the user",
        bodies=(NewLinkBody, RepairBody),
        answers={201: Answer(StartedLinkShape, headers=("Location",))},
        problems=(NotFound, LinkGone, *_TROUBLE),
        rate_limit=UserRateLimit.LINKING,
    )


def _finish_link(offers: Offers) -> Operation:
    bodies = tuple(
        return_body(provider, form) for provider, offer in offers.items() for form in offer.returns
    )
    return Operation(
        id="finishLink",
        verb="POST",
        path="/v1/connections",
        scope=Scope.LINK,
        summary="Take in what the user has linked; sending it again does no harm",
        bodies=bodies,
        answers={
            200: Answer(ConnectionShape, headers=("Location",)),
            201: Answer(ConnectionShape, headers=("Location",)),
        },
        problems=(NotFound, LinkInvalid, LinkUnfinished, AlreadyOwned, LoginRequired, *_TROUBLE),
        rate_limit=UserRateLimit.LINKING,
    )


def add_link_session_routes(api: Api) -> None:
    """Register the functions."""
    deps = api.deps
    start, get, finish = operations(deps.offers)

    @api.serves(start)
    def post_link_session() -> Response[str]:
        wanted = _wanted(api, api.body())
        started = start_link(wanted, deps=deps.linking)
        headers = {"Location": f"/v1/link-sessions/{started.session.id}", **_SECRETS_INSIDE}
        return json_response(201, started_link_shape(started), headers)

    @api.serves(get)
    def get_link_session(link_session_id: str) -> Response[str]:
        session_id = _checked_session_id(link_session_id)
        session = deps.linking.sessions.get(api.caller.user_id, session_id)
        outcome = link_outcome(session, deps=deps.linking)
        headers = {"Retry-After": "2"} if outcome.status is LinkStatus.PENDING else {}
        return json_response(200, link_session_shape(session, outcome), headers)

    @api.serves(finish)
    def post_connection() -> Response[str]:
        returned = _returned(api.body(), api.caller.user_id, deps.offers)
        enrolled = finish_link(returned, deps=deps.linking)
        connection = enrolled.connection
        headers = {"Location": f"/v1/connections/{connection.id}"}
        shape = shape_of(connection, api)
        return json_response(201 if enrolled.is_new else 200, shape, headers)


def _wanted(api: Api, body: dict[str, Any]) -> StartLink:
    connection_id = _text(body, "connection_id")
    state = _text(body, "state")
    if state is not None and not re.fullmatch(STATE_PATTERN, state):
        raise InvalidField("state", "must have 16 to 128 letters, digits, - or _")
    return StartLink(
        user_id=api.caller.user_id,
        provider=_provider(body) if "provider" in body else None,
        webhooks_at=api.webhooks_at,
        redirect_uri=_text(body, "redirect_uri"),
        connection_id=None if connection_id is None else checked_connection_id(connection_id),
        institution=_text(body, "institution"),
        state=state,
    )


def _returned(body: dict[str, Any], user_id: str, offers: Offers) -> FinishLink:
    provider = _provider(body)
    _demand_form(body, provider, offers[provider])
    public_token, session_id = _text(body, "public_token"), _text(body, "link_session_id")
    named = _text(body, "provider_connection_id")
    return FinishLink(
        user_id=user_id,
        provider=provider,
        public_token=None if public_token is None else Secret(public_token),
        provider_connection_id=named,
        link_session_id=None if session_id is None else _checked_session_id(session_id),
        state=_text(body, "state"),
    )


def _demand_form(body: dict[str, Any], provider: Provider, offer: ProviderOffer) -> None:
    for name in body.keys() - offer.return_fields - {"provider"}:
        raise InvalidField(name, f"means nothing at {provider}")
    given = {name for name, value in body.items() if value is not None}
    if not any(given.issuperset(form.required) for form in offer.returns):
        *others, last = [form.required[0] for form in offer.returns]
        reason = "".join(f", and so is {name}" for name in others)
        raise InvalidField(last, f"is missing{reason}")


def _provider(body: dict[str, Any]) -> Provider:
    try:
        return Provider(str(body.get("provider")))
    except ValueError:
        raise InvalidField("provider", f"must be {' or '.join(Provider)}") from None


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if name in body and not (isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT):
        raise InvalidField(name, f"must be a text of 1 to {LONGEST_TEXT} characters")
    return value


def _checked_session_id(session_id: str) -> str:
    if not is_link_session_id(session_id):
        raise NotFound(session_id)
    return session_id
