"""The operation under /v1/accounts about what an account holds, or held at a moment."""

from datetime import datetime

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import HoldingsMoved, InvalidField, NotFound
from freshet.domain.identifiers import is_account_id
from freshet.domain.snapshot import HoldingsSnapshot
from freshet.http.answers import json_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.etags import IF_NONE_MATCH, etag_of, is_known
from freshet.http.moments import BOUNDS, moment_from_text
from freshet.http.operation import Answer, Operation, Parameter
from freshet.http.paging import (
    CURSOR,
    cursor_for,
    cursor_mark,
    limit_of,
    limit_parameter,
)
from freshet.http.shapes.holdings import (
    HoldingsShape,
    holdings_shape,
)
from freshet.services.show_holdings import ShownHoldings, account_holdings, holdings_as_of

_POSITIONS = 1_000  # about 0.4 MB of JSON
_PLACE = "AT#"
_ONE_MOMENT = f"must be a day or an instant such as 2026-11-20T15:00:00Z, {BOUNDS}"
AS_OF = Parameter(
    name="as_of",
    description=(
        "A day (its end, in the reporting time zone) or an instant of the past, "
        f"with its offset; {BOUNDS}"
    ),
    schema={"type": "string", "anyOf": [{"format": "date"}, {"format": "date-time"}]},
)
GET_HOLDINGS = Operation(
    id="getHoldings",
    verb="GET",
    path="/v1/accounts/{account_id}/holdings",
    scope=Scope.READ,
    summary="Show what an account holds, and how old that is",
    query=(AS_OF, limit_parameter(usual=_POSITIONS, most=_POSITIONS), CURSOR),
    headers=(IF_NONE_MATCH,),
    answers={
        200: Answer(HoldingsShape, headers=("ETag",)),
        304: Answer(None, headers=("ETag",)),
    },
    problems=(NotFound, HoldingsMoved),
)
OPERATIONS = (GET_HOLDINGS,)


def add_holdings_routes(api: Api) -> None:
    """Register the function."""

    @api.serves(GET_HOLDINGS)
    def get_holdings(account_id: str) -> Response[str]:
        shown = _shown(api, checked_account_id(account_id))
        limit = limit_of(api, usual=_POSITIONS, most=_POSITIONS)
        start = _start(api, shown.snapshot)
        etag = etag_of(shown.snapshot, shown.freshness, start, limit)
        if is_known(etag, api.header("if-none-match")):
            return json_response(304, None, {"ETag": etag})
        positions = slice(start, start + limit)
        return json_response(200, _page(account_id, shown, positions), {"ETag": etag})


def checked_account_id(account_id: str) -> str:
    """Give back an id that can be one of ours; raises NotFound."""
    if not is_account_id(account_id):
        raise NotFound(account_id)
    return account_id


def first_page(account_id: str, shown: ShownHoldings) -> HoldingsShape:
    """Show what an account holds, up to a thousand positions, and where the others begin."""
    return _page(account_id, shown, slice(0, _POSITIONS))


def _page(account_id: str, shown: ShownHoldings, positions: slice) -> HoldingsShape:
    following = _cursor(shown.snapshot, positions.stop)
    return holdings_shape(
        account_id, shown.snapshot, shown.freshness, page=positions, next_cursor=following
    )


def _shown(api: Api, account_id: str) -> ShownHoldings:
    user_id, deps, now = api.caller.user_id, api.deps.showing, api.deps.now()
    text = api.query("as_of")
    if text is None:
        return account_holdings(user_id, account_id, deps=deps, now=now)
    try:
        moment = moment_from_text(text)
    except ValueError:
        raise InvalidField("as_of", _ONE_MOMENT) from None
    today = now.astimezone(deps.zone).date()
    if moment > now if isinstance(moment, datetime) else moment > today:
        raise InvalidField("as_of", "lies in the future")
    return holdings_as_of(user_id, account_id, moment, deps=deps, now=now)


def _start(api: Api, snapshot: HoldingsSnapshot | None) -> int:
    """Say at which position the page begins; raises HoldingsMoved where they are others by now."""
    mark = cursor_mark(api, prefix=_PLACE)
    if mark is None:
        return 0
    revision, _, place = mark.removeprefix(_PLACE).rpartition("@")
    if not (place.isascii() and place.isdecimal()):
        raise InvalidField("cursor", "is not one of ours")
    if snapshot is None or revision != snapshot.revision:
        raise HoldingsMoved
    return int(place)


def _cursor(snapshot: HoldingsSnapshot | None, stop: int) -> str | None:
    if snapshot is None or stop >= len(snapshot.holdings.positions):
        return None
    return cursor_for(f"{_PLACE}{snapshot.revision}@{stop}")
