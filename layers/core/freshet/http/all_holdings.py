"""The operation /v1/holdings: everything a user holds, in one of several shapes."""

from collections.abc import Callable, Iterable

from aws_lambda_powertools.event_handler import Response

from freshet.domain.call_errors import CallFailed, RateLimited
from freshet.domain.errors import AnswerTooLarge, InvalidField, NotFound, ProviderNotConfigured
from freshet.domain.identifiers import CONNECTION_PATTERN
from freshet.http.answers import json_response, json_text_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.connections import checked_connection_id
from freshet.http.holdings import first_page
from freshet.http.operation import Answer, Operation, Parameter
from freshet.http.paging import CURSOR, cursor_for, limit_of, limit_parameter, mark_of
from freshet.http.shapes.holdings import HoldingsShape
from freshet.http.shapes.pages import Page, page
from freshet.http.shapes.snaptrade import SnapTradeHoldings
from freshet.services.show_documented_holdings import snaptrade_holdings
from freshet.services.show_portfolio import page_of_holdings

# Lambda hands on 6 MB, in which the body is a string: what that escapes counts twice.
MOST_BYTES = 6 * 1024 * 1024 - 64 * 1024  # the rest is for the headers around it
_MOST_ACCOUNTS = 20
_ACCOUNT = "acc_"
_NARROWER = "This is over 6 MB: name a connection_id."
_NARROWEST = "This is over 6 MB: read each account at /v1/accounts/{id}/holdings."


SHAPE = Parameter(
    name="shape",
    description="`snaptrade` for SnapTrade's own AccountHoldings, which are not paged",
    schema={"type": "string", "enum": ["snaptrade"]},
)
CONNECTION_ID = Parameter(
    name="connection_id",
    description="One connection's accounts alone",
    schema={"type": "string", "pattern": CONNECTION_PATTERN},
)
LIST_HOLDINGS = Operation(
    id="listHoldings",
    verb="GET",
    path="/v1/holdings",
    scope=Scope.READ,
    summary="Show what all of the user's accounts hold",
    query=(
        SHAPE,
        CONNECTION_ID,
        limit_parameter(usual=_MOST_ACCOUNTS, most=_MOST_ACCOUNTS),
        CURSOR,
    ),
    answers={200: Answer(Page[HoldingsShape] | list[SnapTradeHoldings])},
    problems=(NotFound, AnswerTooLarge, RateLimited, CallFailed, ProviderNotConfigured),
)
OPERATIONS = (LIST_HOLDINGS,)


def add_all_holdings_routes(api: Api) -> None:
    """Register the function."""

    @api.serves(LIST_HOLDINGS)
    def list_holdings() -> Response[str]:
        return _shape_named(api.query("shape"))(api)


def _shape_named(name: str | None) -> Callable[[Api], Response[str]]:
    if name is None:
        return _in_our_shape
    if name not in _SHAPES:
        raise InvalidField("shape", f"must be one of {', '.join(sorted(_SHAPES))}")
    return _SHAPES[name]


def _in_our_shape(api: Api) -> Response[str]:
    shown, following = page_of_holdings(
        api.caller.user_id,
        _connection_id(api),
        start=mark_of(api, prefix=_ACCOUNT),
        limit=limit_of(api, usual=_MOST_ACCOUNTS, most=_MOST_ACCOUNTS),
        parts=api.parts.showing,
        now=api.parts.now(),
    )
    items = [first_page(account_id, each) for account_id, each in shown]
    return json_response(200, page(items, cursor_for(following)))


def _in_snaptrades_shape(api: Api) -> Response[str]:
    for name in ("limit", "cursor"):
        if api.query(name) is not None:
            raise InvalidField(name, "means nothing in this shape, which is not paged")
    connection_id = _connection_id(api)
    texts = snaptrade_holdings(api.caller.user_id, connection_id, parts=api.parts.portfolio)
    what_to_do = _NARROWER if connection_id is None else _NARROWEST
    return json_text_response(200, _array_of(texts, what_to_do=what_to_do))


def _connection_id(api: Api) -> str | None:
    connection_id = api.query("connection_id")
    return None if connection_id is None else checked_connection_id(connection_id)


def _array_of(texts: Iterable[str], *, what_to_do: str) -> str:
    """Join JSON texts, which are ASCII; raises AnswerTooLarge as soon as they are too many."""
    size, items = 0, []
    for text in texts:
        size += len(text) + text.count('"') + text.count("\\") + 1
        if size > MOST_BYTES:
            raise AnswerTooLarge(what_to_do)
        items.append(text)
    return f"[{','.join(items)}]"


_SHAPES = {"snaptrade": _in_snaptrades_shape}
