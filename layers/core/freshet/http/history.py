"""Operations under /v1/accounts about what was: versions, changes, and the ends of days."""

from copy import replace

from aws_lambda_powertools.event_handler import Response

from freshet.domain.days import DayRange
from freshet.domain.errors import InvalidField, NotFound
from freshet.domain.spans import span_of
from freshet.http.answers import json_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.holdings import checked_account_id
from freshet.http.moments import day_from_text
from freshet.http.operation import Answer, Operation
from freshet.http.paging import (
    FROM,
    PAGED,
    TO,
    cursor_for,
    cursor_mark,
    dated_mark,
    day_range_of,
    limit_of,
)
from freshet.http.shapes.holdings import (
    ChangeShape,
    DayShape,
    VersionShape,
    change_shape,
    day_shape,
    version_shape,
)
from freshet.http.shapes.pages import Page, page
from freshet.services.show_history import account_changes, account_days, account_versions

_PLACE = "DAY#"
LIST_SNAPSHOTS = Operation(
    id="listSnapshots",
    verb="GET",
    path="/v1/accounts/{account_id}/snapshots",
    scope=Scope.READ,
    summary="List the versions of an account's holdings",
    query=(FROM, TO, *PAGED),
    answers={200: Answer(Page[VersionShape])},
    problems=(NotFound,),
)
LIST_CHANGES = Operation(
    id="listChanges",
    verb="GET",
    path="/v1/accounts/{account_id}/changes",
    scope=Scope.READ,
    summary="List what each version made different, line by line",
    query=(FROM, TO, *PAGED),
    answers={200: Answer(Page[ChangeShape])},
    problems=(NotFound,),
)
LIST_DAYS = Operation(
    id="listDays",
    verb="GET",
    path="/v1/accounts/{account_id}/history",
    scope=Scope.READ,
    summary="List what an account was worth at the end of each day",
    query=(FROM, TO, *PAGED),
    answers={200: Answer(Page[DayShape])},
    problems=(NotFound,),
)
OPERATIONS = (LIST_SNAPSHOTS, LIST_CHANGES, LIST_DAYS)


def add_history_routes(api: Api) -> None:
    """Register the functions."""
    deps = api.deps

    @api.serves(LIST_SNAPSHOTS)
    def list_snapshots(account_id: str) -> Response[str]:
        found, mark = account_versions(
            api.caller.user_id,
            checked_account_id(account_id),
            span_of(day_range_of(api), deps.showing.zone),
            limit=limit_of(api),
            after=dated_mark(api, prefix="VERSION#"),
            deps=deps.showing,
        )
        return json_response(200, page([version_shape(each) for each in found], cursor_for(mark)))

    @api.serves(LIST_CHANGES)
    def list_changes(account_id: str) -> Response[str]:
        found, mark = account_changes(
            api.caller.user_id,
            checked_account_id(account_id),
            span_of(day_range_of(api), deps.showing.zone),
            limit=limit_of(api),
            after=dated_mark(api, prefix="CHANGE#"),
            deps=deps.showing,
        )
        return json_response(200, page([change_shape(each) for each in found], cursor_for(mark)))

    @api.serves(LIST_DAYS)
    def list_days(account_id: str) -> Response[str]:
        days, following = account_days(
            api.caller.user_id,
            checked_account_id(account_id),
            _days_wanted(api),
            limit=limit_of(api),
            deps=deps.showing,
            now=deps.now(),
        )
        mark = None if following is None else _PLACE + following.isoformat()
        return json_response(200, page([day_shape(each) for each in days], cursor_for(mark)))


def _days_wanted(api: Api) -> DayRange:
    days, mark = day_range_of(api), cursor_mark(api, prefix=_PLACE)
    if mark is None:
        return days
    try:
        return replace(days, before=day_from_text(mark.removeprefix(_PLACE)))
    except ValueError:
        raise InvalidField("cursor", "is not one of ours") from None
