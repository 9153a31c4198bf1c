"""Operations that ask a connection's provider for something new: holdings, or transactions."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import NotFound, TransactionsNotEnabled
from freshet.domain.refresh_request import RefreshRequest
from freshet.domain.user_rate_limits import UserRateLimit
from freshet.http.answers import json_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.connections import checked_connection_id
from freshet.http.operation import Answer, Operation
from freshet.http.problems import AT_THE_PROVIDER, BEFORE_MONEY, problem_for
from freshet.http.refresh_requests import (
    IDEMPOTENCY_KEY,
    EmptyBody,
    RefreshBody,
    failure_of,
    idempotency_key,
    is_dry_run,
    shown_preview,
)
from freshet.http.shapes.refreshes import RefreshShape, refresh_shape
from freshet.http.shapes.usage import PreviewShape
from freshet.services.preview_refresh import preview_refresh
from freshet.services.refresh_records import Purchase
from freshet.services.request_refresh import request_refresh, request_transactions_sync

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
    rate_limit=UserRateLimit.REFRESHING,
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
    rate_limit=UserRateLimit.REFRESHING,
)
OPERATIONS = (REFRESH_CONNECTION, SYNC_TRANSACTIONS)


def add_refreshing_routes(api: Api) -> None:
    """Register the functions."""
    deps = api.deps

    @api.serves(REFRESH_CONNECTION)
    def refresh(connection_id: str) -> Response[str]:
        dry_run, request = is_dry_run(api), _request(api, connection_id)
        api.limit_user_rate()
        if not dry_run:
            return _answer(api, request_refresh(request, deps=deps.requesting))
        preview = preview_refresh(request, deps=deps.requesting)
        return json_response(200, shown_preview(preview, api))

    @api.serves(SYNC_TRANSACTIONS)
    def sync_transactions(connection_id: str) -> Response[str]:
        api.body()
        request = _request(api, connection_id)
        api.limit_user_rate()
        return _answer(api, request_transactions_sync(request, deps=deps.requesting))


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
        return problem_for(
            failure,
            now=api.deps.now(),
            connection_id=refresh.connection_id,
            not_before=purchase.not_before,
        )
    headers = {"Location": f"/v1/refreshes/{refresh.id}", "Retry-After": "2"}
    return json_response(202, refresh_shape(refresh, joined=purchase.joined), headers)
