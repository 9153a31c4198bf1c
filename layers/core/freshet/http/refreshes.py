"""Operations on refreshes: of one connection, of all, and how far one is."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import (
    FreshetError,
    IdempotencyMismatch,
    NotFound,
    TransactionsNotEnabled,
)
from freshet.domain.instants import to_text
from freshet.domain.pacing import Pace
from freshet.domain.refresh import Refresh
from freshet.http.answers import json_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.connections import checked_connection_id
from freshet.http.operation import Answer, Operation
from freshet.http.paging import PAGED, page_of
from freshet.http.problems import AT_THE_PROVIDER, BEFORE_MONEY, problem_body, problem_for
from freshet.http.shapes.pages import Page, page
from freshet.http.shapes.problems import ProblemShape
from freshet.http.shapes.refreshes import (
    AskedConnectionShape,
    AskedShape,
    RefreshShape,
    refresh_shape,
)
from freshet.http.shapes.usage import PreviewedConnectionShape, PreviewedShape, PreviewShape
from freshet.http.wishes import (
    IDEMPOTENCY_KEY,
    EmptyBody,
    RefreshBody,
    failure_of,
    idempotency_key,
    is_dry_run,
    shown_preview,
)
from freshet.services.billable_call import Purchase
from freshet.services.preview_refresh import Preview, preview_refresh
from freshet.services.refresh_all import Answered, RefreshAllRequest, preview_all, refresh_all
from freshet.services.request_refresh import RefreshRequest, request_refresh
from freshet.services.request_sync import request_transactions_sync

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
REFRESH_CONNECTION = Operation(
    id="refreshConnection",
    verb="POST",
    path="/v1/connections/{connection_id}/refresh",
    scope=Scope.REFRESH,
    summary="Ask the provider for newer holdings, which costs money",
    description=(
        "Buys at most once, however often it is sent with the same `Idempotency-Key`. A refresh "
        "that is under way is joined. With `dry_run` nothing is asked for: the answer says what "
        "would happen. Follow `Location` until `is_terminal`."
    ),
    headers=(IDEMPOTENCY_KEY,),
    bodies=(RefreshBody,),
    answers={
        200: Answer(PreviewShape),
        202: Answer(RefreshShape, headers=("Location", "Retry-After")),
    },
    problems=(NotFound, *BEFORE_MONEY, *AT_THE_PROVIDER),
    pace=Pace.REFRESHING,
)
SYNC_TRANSACTIONS = Operation(
    id="syncTransactions",
    verb="POST",
    path="/v1/connections/{connection_id}/transactions/sync",
    scope=Scope.REFRESH,
    summary="Ask the provider for transactions up to yesterday, for free",
    headers=(IDEMPOTENCY_KEY,),
    bodies=(EmptyBody,),
    answers={202: Answer(RefreshShape, headers=("Location", "Retry-After"))},
    problems=(NotFound, *BEFORE_MONEY, *AT_THE_PROVIDER, TransactionsNotEnabled),
    pace=Pace.REFRESHING,
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
    pace=Pace.REFRESHING,
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
    REFRESH_CONNECTION,
    SYNC_TRANSACTIONS,
    REFRESH_EVERYTHING,
    GET_REFRESH,
)


def add_refresh_routes(api: Api) -> None:
    """Register the functions."""
    parts = api.parts

    @api.serves(LIST_REFRESHES)
    def list_refreshes(connection_id: str) -> Response[str]:
        connection = parts.showing.connections.get(
            api.caller.user_id, checked_connection_id(connection_id)
        )
        refreshes = parts.requesting.purchasing.refreshes
        found = refreshes.of_connection(api.caller.user_id, connection.id)
        shown, cursor = page_of(api, found, name="refreshes/", place=_place_of)
        return json_response(200, page([refresh_shape(each) for each in shown], cursor))

    @api.serves(REFRESH_CONNECTION)
    def refresh(connection_id: str) -> Response[str]:
        dry_run, request = is_dry_run(api), _request(api, connection_id)
        api.keep_pace()
        if not dry_run:
            return _answer(api, request_refresh(request, parts=parts.requesting))
        preview = preview_refresh(request, parts=parts.requesting)
        return json_response(200, shown_preview(preview, api))

    @api.serves(SYNC_TRANSACTIONS)
    def sync_transactions(connection_id: str) -> Response[str]:
        api.body()
        request = _request(api, connection_id)
        api.keep_pace()
        return _answer(api, request_transactions_sync(request, parts=parts.requesting))

    @api.serves(REFRESH_EVERYTHING)
    def refresh_everything() -> Response[str]:
        dry_run = is_dry_run(api)
        request = RefreshAllRequest(
            user_id=api.caller.user_id, actor=api.caller.actor, idempotency_key=idempotency_key(api)
        )
        api.keep_pace()
        if dry_run:
            previews = preview_all(request, parts=parts.requesting)
            previewed: PreviewedShape = {"items": [_preview_item(each, api) for each in previews]}
            return json_response(200, previewed)
        answers = refresh_all(request, parts=parts.requesting)
        asked: AskedShape = {"items": [_item(each, api) for each in answers]}
        return json_response(202, asked, {"Retry-After": "2"})

    @api.serves(GET_REFRESH)
    def get_refresh(refresh_id: str) -> Response[str]:
        refresh = parts.requesting.purchasing.refreshes.get(api.caller.user_id, refresh_id)
        headers = {} if refresh.is_terminal else {"Retry-After": "2"}
        return json_response(200, refresh_shape(refresh), headers)


def _place_of(each: Refresh) -> str:
    return f"{to_text(each.created_at)}#{each.id}"


def _request(api: Api, connection_id: str) -> RefreshRequest:
    return RefreshRequest(
        user_id=api.caller.user_id,
        connection_id=checked_connection_id(connection_id),
        actor=api.caller.actor,
        idempotency_key=idempotency_key(api),
    )


def _answer(api: Api, purchase: Purchase) -> Response[str]:
    refresh, failure = purchase.refresh, failure_of(purchase)
    if failure is not None:
        return problem_for(failure, now=api.parts.now(), connection_id=refresh.connection_id)
    headers = {"Location": f"/v1/refreshes/{refresh.id}", "Retry-After": "2"}
    return json_response(202, refresh_shape(refresh, joined=purchase.joined), headers)


def _item(answer: Answered[Purchase], api: Api) -> AskedConnectionShape:
    purchase, refusal = answer.result, answer.refusal
    if purchase is not None and (failure := failure_of(purchase)) is not None:
        purchase, refusal = None, failure
    return {
        "connection_id": answer.connection_id,
        "refresh": refresh_shape(purchase.refresh, joined=purchase.joined) if purchase else None,
        "problem": _problem(answer.connection_id, refusal, api),
    }


def _preview_item(answer: Answered[Preview], api: Api) -> PreviewedConnectionShape:
    preview = answer.result
    return {
        "connection_id": answer.connection_id,
        "preview": shown_preview(preview, api) if preview is not None else None,
        "problem": _problem(answer.connection_id, answer.refusal, api),
    }


def _problem(connection_id: str, refusal: FreshetError | None, api: Api) -> ProblemShape | None:
    if refusal is None:
        return None
    return problem_body(refusal, now=api.parts.now(), connection_id=connection_id)
