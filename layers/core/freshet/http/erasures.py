"""Leaving: one connection or everything, and the receipt that stays."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.erasure import Erasure, Upstream
from freshet.domain.errors import NotFound
from freshet.domain.identifiers import is_erasure_id
from freshet.domain.instants import optional_to_text, to_text
from freshet.domain.provider import TRAITS
from freshet.http.application import Api, json_response
from freshet.http.caller import Scope
from freshet.http.connections import checked_connection_id
from freshet.http.shapes import Shape
from freshet.services.begin_removal import remove_connection, remove_user


def add_erasure_routes(api: Api) -> None:
    """Register the routes."""
    parts = api.parts.removing

    @api.resolver.delete("/v1/connections/<connection_id>")
    def delete_connection(connection_id: str) -> Response[str]:
        caller = api.caller(Scope.LINK)
        checked = checked_connection_id(connection_id)
        return _begun(remove_connection(caller.user_id, checked, actor=caller.actor, parts=parts))

    @api.resolver.delete("/v1/users/me")
    def delete_user() -> Response[str]:
        caller = api.caller(Scope.LINK)
        return _begun(remove_user(caller.user_id, actor=caller.actor, parts=parts))

    @api.resolver.get("/v1/erasures/<erasure_id>")
    def get_erasure(erasure_id: str) -> Response[str]:
        caller = api.caller(Scope.READ)
        if not is_erasure_id(erasure_id):
            raise NotFound(erasure_id)
        return json_response(200, erasure_shape(parts.erasures.get(caller.user_id, erasure_id)))


def erasure_shape(erasure: Erasure) -> Shape:
    """Show an erasure: how far it is, what the provider said, what was erased."""
    is_users = erasure.connection_id is None
    has_users = erasure.provider is not None and TRAITS[erasure.provider].has_users
    is_last = has_users and erasure.provider_user.attempts > 0
    return {
        "id": erasure.id,
        "kind": "user" if is_users else "connection",
        "status": erasure.status,
        "reason": erasure.reason,
        "connection_id": erasure.connection_id,
        "connections": list(erasure.connections) if is_users else [erasure.connection_id],
        "superseded_by": erasure.superseded_by,
        "provider": erasure.provider,
        "upstream": None if is_users else _upstream_shape(erasure.upstream),
        "provider_user": _upstream_shape(erasure.provider_user) if is_last else None,
        "erased": {"accounts": erasure.accounts_erased, "rows": erasure.rows_erased},
        "requested_at": to_text(erasure.requested_at),
        "erased_at": optional_to_text(erasure.erased_at),
    }


def _begun(erasure: Erasure) -> Response[str]:
    headers = {"Location": f"/v1/erasures/{erasure.id}", "Retry-After": "30"}
    # What is over already stays over: the same answer, and nothing to wait for.
    status = 200 if erasure.is_done else 202
    return json_response(status, erasure_shape(erasure), headers)


def _upstream_shape(upstream: Upstream) -> Shape:
    return {
        "status": upstream.status,
        "reason": upstream.reason,
        "asked_at": optional_to_text(upstream.asked_at),
        "removed_at": optional_to_text(upstream.removed_at),
    }
