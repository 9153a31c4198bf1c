"""Routes under /v1/refreshes: one of them, and all connections at once."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import FreshetError
from freshet.http.application import Api, json_response
from freshet.http.caller import Caller, Scope
from freshet.http.problems import problem_body
from freshet.http.shapes import Shape, refresh_shape
from freshet.http.wishes import failure_of, idempotency_key, is_dry_run, shown_preview
from freshet.services.billable_call import Purchase
from freshet.services.preview_refresh import Preview
from freshet.services.refresh_all import Answered, RefreshAllRequest, preview_all, refresh_all


def add_refresh_routes(api: Api) -> None:
    """Register the routes."""
    parts = api.parts

    @api.resolver.get("/v1/refreshes/<refresh_id>")
    def get_refresh(refresh_id: str) -> Response[str]:
        caller = api.caller(Scope.READ)
        refresh = parts.requesting.purchasing.refreshes.get(caller.user_id, refresh_id)
        headers = {} if refresh.is_terminal else {"Retry-After": "2"}
        return json_response(200, refresh_shape(refresh), headers)

    @api.resolver.post("/v1/refreshes")
    def post_refreshes() -> Response[str]:
        caller = api.caller(Scope.REFRESH)
        dry_run = is_dry_run(api)
        request = RefreshAllRequest(
            user_id=caller.user_id, actor=caller.actor, idempotency_key=idempotency_key(api)
        )
        if dry_run:
            previews = preview_all(request, parts=parts.requesting)
            return json_response(
                200, {"items": [_preview_item(each, api, caller) for each in previews]}
            )
        answers = refresh_all(request, parts=parts.requesting)
        items = [_item(each, api) for each in answers]
        return json_response(202, {"items": items}, {"Retry-After": "2"})


def _item(answer: Answered[Purchase], api: Api) -> Shape:
    purchase, refusal = answer.result, answer.refusal
    if purchase is not None and (failure := failure_of(purchase)) is not None:
        purchase, refusal = None, failure
    return {
        "connection_id": answer.connection_id,
        "refresh": refresh_shape(purchase.refresh, joined=purchase.joined) if purchase else None,
        "problem": _problem(answer.connection_id, refusal, api),
    }


def _preview_item(answer: Answered[Preview], api: Api, caller: Caller) -> Shape:
    preview = answer.result
    return {
        "connection_id": answer.connection_id,
        "preview": shown_preview(preview, api, caller) if preview is not None else None,
        "problem": _problem(answer.connection_id, answer.refusal, api),
    }


def _problem(connection_id: str, refusal: FreshetError | None, api: Api) -> Shape | None:
    if refusal is None:
        return None
    return problem_body(refusal, now=api.parts.now(), connection_id=connection_id)
