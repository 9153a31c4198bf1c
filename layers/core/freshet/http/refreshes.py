"""Operations on refreshes: those of a connection, how far one is, and all connections at once."""

from datetime import datetime

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import (
    FreshetError,
    IdempotencyMismatch,
    NotFound,
)
from freshet.domain.instants import to_text
from freshet.domain.refresh import Refresh
from freshet.domain.user_rate_limits import UserRateLimit
from freshet.http.answers import json_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.connections import checked_connection_id
from freshet.http.operation import Answer, Operation
from freshet.http.paging import PAGED, page_of
from freshet.http.problems import problem_body
from freshet.http.refresh_requests import (
    IDEMPOTENCY_KEY,
    RefreshBody,
    failure_of,
    idempotency_key,
    is_dry_run,
    shown_preview,
)
from freshet.http.shapes.pages import Page, page
from freshet.http.shapes.problems import ProblemShape
from freshet.http.shapes.refreshes import (
    AskedConnectionShape,
    AskedShape,
    RefreshShape,
    refresh_shape,
)
from freshet.http.shapes.usage import PreviewedConnectionShape, PreviewedShape
from freshet.services.preview_refresh import Preview
from freshet.services.refresh_all import Answered, RefreshAllRequest, preview_all, refresh_all
from freshet.services.refresh_records import Purchase

LIST_REFRESHES = Operation(
    id="listRefreshes",
    verb="GET",
    path="/v1/connections/{connection_id}/refreshes",
    scope=Scope.READ,
    summary="List a connection's refreshes",
    query=PAGED,
    answers={200: Answer(Page[RefreshShape])},
    problems=(NotFound,),
)
REFRESH_EVERYTHING = Operation(
    id="refreshEverything",
    verb="POST",
    path="/v1/refreshes",
    scope=Scope.REFRESH,
    summary="Ask for newer holdings of all the user's connections",
    description="Each connection answers for itself: with a refresh, or with a problem.",
    headers=(IDEMPOTENCY_KEY,),
    bodies=(RefreshBody,),
    answers={200: Answer(PreviewedShape), 202: Answer(AskedShape, headers=("Retry-After",))},
    problems=(IdempotencyMismatch,),
    rate_limit=UserRateLimit.REFRESHING,
)
GET_REFRESH = Operation(
    id="getRefresh",
    verb="GET",
    path="/v1/refreshes/{refresh_id}",
    scope=Scope.READ,
    summary="Show how far a refresh is",
    answers={200: Answer(RefreshShape, headers=("Retry-After",))},
    problems=(NotFound,),
)
OPERATIONS = (
    LIST_REFRESHES,
    REFRESH_EVERYTHING,
    GET_REFRESH,
)


def add_refresh_routes(api: Api) -> None:
    """Register the functions."""
    deps = api.deps

    @api.serves(LIST_REFRESHES)
    def list_refreshes(connection_id: str) -> Response[str]:
        connection = deps.showing.connections.get(
            api.caller.user_id, checked_connection_id(connection_id)
        )
        refreshes = deps.requesting.purchasing.refreshes
        found = refreshes.of_connection(api.caller.user_id, connection.id)
        shown, cursor = page_of(api, found, name="refreshes/", place=_place_of)
        return json_response(200, page([refresh_shape(each) for each in shown], cursor))

    @api.serves(REFRESH_EVERYTHING)
    def refresh_everything() -> Response[str]:
        dry_run = is_dry_run(api)
        request = RefreshAllRequest(
            user_id=api.caller.user_id, actor=api.caller.actor, idempotency_key=idempotency_key(api)
        )
        api.limit_user_rate()
        if dry_run:
            previews = preview_all(request, deps=deps.requesting)
            previewed: PreviewedShape = {"items": [_preview_item(each, api) for each in previews]}
            return json_response(200, previewed)
        answers = refresh_all(request, deps=deps.requesting)
        asked: AskedShape = {"items": [_item(each, api) for each in answers]}
        return json_response(202, asked, {"Retry-After": "2"})

    @api.serves(GET_REFRESH)
    def get_refresh(refresh_id: str) -> Response[str]:
        refresh = deps.requesting.purchasing.refreshes.get(api.caller.user_id, refresh_id)
        headers = {} if refresh.is_terminal else {"Retry-After": "2"}
        return json_response(200, refresh_shape(refresh), headers)


def _place_of(each: Refresh) -> str:
    return f"{to_text(each.created_at)}#{each.id}"


def _item(answer: Answered[Purchase], api: Api) -> AskedConnectionShape:
    purchase, refusal, not_before = answer.result, answer.refusal, None
    if purchase is not None and (failure := failure_of(purchase)) is not None:
        refusal, not_before = failure, purchase.not_before
        purchase = None
    return {
        "connection_id": answer.connection_id,
        "refresh": refresh_shape(purchase.refresh, joined=purchase.joined) if purchase else None,
        "problem": _problem(answer.connection_id, refusal, api, not_before=not_before),
    }


def _preview_item(answer: Answered[Preview], api: Api) -> PreviewedConnectionShape:
    preview = answer.result
    return {
        "connection_id": answer.connection_id,
        "preview": shown_preview(preview, api) if preview is not None else None,
        "problem": _problem(answer.connection_id, answer.refusal, api),
    }


def _problem(
    connection_id: str,
    refusal: FreshetError | None,
    api: Api,
    *,
    not_before: datetime | None = None,
) -> ProblemShape | None:
    if refusal is None:
        return None
    now = api.deps.now()
    return problem_body(refusal, now=now, connection_id=connection_id, not_before=not_before)
