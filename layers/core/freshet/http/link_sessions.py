"""Routes under /v1/link-sessions, and POST /v1/connections: linking and repairing links."""

import re
from typing import Any

from aws_lambda_powertools.event_handler import Response

from freshet.domain.credential import Secret
from freshet.domain.errors import InvalidField, NotFound
from freshet.domain.identifiers import is_link_session_id
from freshet.domain.instants import to_text
from freshet.domain.link_session import LinkOutcome, LinkSession, LinkStatus
from freshet.domain.provider import Provider
from freshet.http.application import Api, json_response
from freshet.http.caller import Scope
from freshet.http.connections import checked_connection_id
from freshet.http.shapes import Shape, connection_shape
from freshet.services.finish_link import Arrival, finish_link
from freshet.services.show_link import link_outcome
from freshet.services.start_link import LinkWish, start_link

_WISH = frozenset({"provider", "redirect_uri", "connection_id", "institution", "state"})
_BROUGHT = {
    Provider.SNAPTRADE: frozenset({"provider_connection_id", "link_session_id", "state"}),
    Provider.PLAID: frozenset({"public_token", "link_session_id", "state"}),
}
_ANY_BROUGHT = frozenset({"provider"}).union(*_BROUGHT.values())
_LONGEST = 2048
_STATE = re.compile(r"[A-Za-z0-9_-]{16,128}")
_SECRETS_INSIDE = {"Cache-Control": "no-store"}


def add_link_session_routes(api: Api) -> None:
    """Register the routes."""
    parts = api.parts

    @api.resolver.post("/v1/link-sessions")
    def post_link_session() -> Response[str]:
        caller = api.caller(Scope.LINK)
        body = api.body(fields=_WISH)
        started = start_link(_wish(api, body, caller.user_id), parts=parts.linking)
        session, offer = started.session, started.offer
        shape = _shape(session, LinkOutcome(LinkStatus.PENDING)) | {
            "url": _revealed(offer.url),
            "link_token": _revealed(offer.link_token),
            "state": started.state,
        }
        headers = {"Location": f"/v1/link-sessions/{session.id}", **_SECRETS_INSIDE}
        return json_response(201, shape, headers)

    @api.resolver.get("/v1/link-sessions/<link_session_id>")
    def get_link_session(link_session_id: str) -> Response[str]:
        caller = api.caller(Scope.LINK)
        session_id = _checked_session_id(link_session_id)
        session = parts.linking.sessions.get(caller.user_id, session_id)
        outcome = link_outcome(session, parts=parts.linking)
        headers = {"Retry-After": "2"} if outcome.status is LinkStatus.PENDING else {}
        return json_response(200, _shape(session, outcome), headers)

    @api.resolver.post("/v1/connections")
    def post_connection() -> Response[str]:
        caller = api.caller(Scope.LINK)
        body = api.body(fields=_ANY_BROUGHT)
        taken_in = finish_link(_arrival(body, caller.user_id), parts=parts.linking)
        connection = taken_in.connection
        headers = {"Location": f"/v1/connections/{connection.id}"}
        shape = connection_shape(connection, prices=parts.prices)
        return json_response(201 if taken_in.is_new else 200, shape, headers)


def _wish(api: Api, body: dict[str, Any], user_id: str) -> LinkWish:
    connection_id = _text(body, "connection_id")
    state = _text(body, "state")
    if state is not None and not _STATE.fullmatch(state):
        raise InvalidField("state", "must have 16 to 128 letters, digits, - or _")
    return LinkWish(
        user_id=user_id,
        provider=_provider(body) if "provider" in body else None,
        webhook=api.webhook_url(Provider.PLAID),
        redirect_uri=_text(body, "redirect_uri"),
        connection_id=None if connection_id is None else checked_connection_id(connection_id),
        institution=_text(body, "institution"),
        state=state,
    )


def _arrival(body: dict[str, Any], user_id: str) -> Arrival:
    provider = _provider(body)
    for name in body.keys() - _BROUGHT[provider] - {"provider"}:
        raise InvalidField(name, f"means nothing at {provider}")
    public_token, session_id = _text(body, "public_token"), _text(body, "link_session_id")
    named = _text(body, "provider_connection_id")
    if provider is Provider.SNAPTRADE and named is None and session_id is None:
        raise InvalidField("provider_connection_id", "is missing, and so is link_session_id")
    return Arrival(
        user_id=user_id,
        provider=provider,
        public_token=None if public_token is None else Secret(public_token),
        provider_connection_id=named,
        link_session_id=None if session_id is None else _checked_session_id(session_id),
        state=_text(body, "state"),
    )


def _provider(body: dict[str, Any]) -> Provider:
    try:
        return Provider(str(body.get("provider")))
    except ValueError:
        raise InvalidField("provider", "must be snaptrade or plaid") from None


def _text(body: dict[str, Any], name: str) -> str | None:
    value = body.get(name)
    if value is not None and not (isinstance(value, str) and 0 < len(value) <= _LONGEST):
        raise InvalidField(name, f"must be a text of 1 to {_LONGEST} characters")
    return value


def _checked_session_id(session_id: str) -> str:
    if not is_link_session_id(session_id):
        raise NotFound(session_id)
    return session_id


def _revealed(secret: Secret | None) -> str | None:
    return None if secret is None else secret.reveal()


def _shape(session: LinkSession, outcome: LinkOutcome) -> Shape:
    # What opens the provider's pages is told once, by whoever opens the session.
    return {
        "id": session.id,
        "status": outcome.status,
        "provider": session.provider,
        "url": None,
        "link_token": None,
        "connection_id": outcome.connection_id or session.repairs,
        "created_at": to_text(session.created_at),
        "expires_at": to_text(session.expires_at),
    }
