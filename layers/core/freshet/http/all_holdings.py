"""Routes under /v1/holdings: everything a user holds, in one of several shapes."""

from collections.abc import Callable, Iterable

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import AnswerTooLarge, InvalidField, NotFound
from freshet.domain.identifiers import is_connection_id
from freshet.http.application import Api, json_response, json_text_response
from freshet.http.caller import Caller, Scope
from freshet.http.holdings import first_page
from freshet.http.paging import cursor_for, limit_of, mark_of
from freshet.services.show_documented_holdings import snaptrade_holdings
from freshet.services.show_portfolio import page_of_holdings

# Lambda hands on 6 MB, in which the body is a string: what that escapes counts twice.
MOST_BYTES = 6 * 1024 * 1024 - 64 * 1024  # the rest is for the headers around it
_MOST_ACCOUNTS = 20
_ACCOUNT = "acc_"
_NARROWER = "This is over 6 MB: name a connection_id."
_NARROWEST = "This is over 6 MB: read each account at /v1/accounts/{id}/holdings."


def add_all_holdings_routes(api: Api) -> None:
    """Register the routes."""

    @api.resolver.get("/v1/holdings")
    def list_holdings() -> Response[str]:
        caller = api.caller(Scope.READ)
        return _shape_named(api.query("shape"))(api, caller)


def _shape_named(name: str | None) -> Callable[[Api, Caller], Response[str]]:
    if name is None:
        return _in_our_shape
    if name not in _SHAPES:
        raise InvalidField("shape", f"must be one of {', '.join(sorted(_SHAPES))}")
    return _SHAPES[name]


def _in_our_shape(api: Api, caller: Caller) -> Response[str]:
    shown, following = page_of_holdings(
        caller.user_id,
        _connection_id(api),
        start=mark_of(api, prefix=_ACCOUNT),
        limit=limit_of(api, usual=_MOST_ACCOUNTS, most=_MOST_ACCOUNTS),
        parts=api.parts.showing,
        now=api.parts.now(),
    )
    items = [first_page(account_id, each) for account_id, each in shown]
    return json_response(200, {"items": items, "next_cursor": cursor_for(following)})


def _in_snaptrades_shape(api: Api, caller: Caller) -> Response[str]:
    connection_id = _connection_id(api)
    texts = snaptrade_holdings(caller.user_id, connection_id, parts=api.parts.portfolio)
    what_to_do = _NARROWER if connection_id is None else _NARROWEST
    return json_text_response(200, _array_of(texts, what_to_do=what_to_do))


def _connection_id(api: Api) -> str | None:
    connection_id = api.query("connection_id")
    if connection_id is not None and not is_connection_id(connection_id):
        raise NotFound(connection_id)
    return connection_id


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
