"""The operation /v1/holdings: everything a user holds, in one of several shapes."""

from collections.abc import Iterable, Mapping
from typing import Any

from aws_lambda_powertools.event_handler import Response

from freshet.domain.call_errors import CallFailed, RateLimited
from freshet.domain.errors import (
    AnswerTooLarge,
    InvalidField,
    NotFound,
    ProviderNotConfigured,
    TooManyLines,
)
from freshet.domain.identifiers import CONNECTION_PATTERN
from freshet.domain.provider import Provider
from freshet.domain.provider_offer import DocumentedShape, Offers
from freshet.http.answers import json_response, json_text_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.connections import checked_connection_id
from freshet.http.holdings import first_page
from freshet.http.operation import Answer, Operation, Parameter
from freshet.http.paging import CURSOR, cursor_for, cursor_mark, limit_of, limit_parameter
from freshet.http.shapes.documented import documented_list
from freshet.http.shapes.holdings import HoldingsShape
from freshet.http.shapes.pages import Page, page
from freshet.services.show_documented_holdings import documented_holdings
from freshet.services.show_portfolio import page_of_holdings

# Lambda hands on 6 MB, in which the body is a string: what that escapes counts twice.
MOST_BYTES = 6 * 1024 * 1024 - 64 * 1024  # the rest is for the headers around it
_MOST_ACCOUNTS = 20
_ACCOUNT = "acc_"
_NARROWER = "This is over 6 MB: name a connection_id."
_NARROWEST = "This is over 6 MB: read each account at /v1/accounts/{id}/holdings."

CONNECTION_ID = Parameter(
    name="connection_id",
    description="One connection's accounts alone",
    schema={"type": "string", "pattern": CONNECTION_PATTERN},
)


def operations(offers: Offers) -> tuple[Operation]:
    """Give the operation, which also answers in the shapes that providers document."""
    documented = {
        str(provider): offer.documented
        for provider, offer in offers.items()
        if offer.documented is not None
    }
    shapes: Any = Page[HoldingsShape]
    for shape in documented.values():
        shapes |= documented_list(shape)
    listing = Operation(
        id="listHoldings",
        verb="GET",
        path="/v1/holdings",
        scope=Scope.READ,
        summary="Show what all of the user's accounts hold",
        query=(
            *([_shape_parameter(documented)] if documented else []),
            CONNECTION_ID,
            limit_parameter(usual=_MOST_ACCOUNTS, most=_MOST_ACCOUNTS),
            CURSOR,
        ),
        answers={200: Answer(shapes)},
        problems=(NotFound, AnswerTooLarge, RateLimited, CallFailed, ProviderNotConfigured),
    )
    return (listing,)


def _shape_parameter(documented: Mapping[str, DocumentedShape]) -> Parameter:
    described = "; ".join(f"`{name}` for {shape.summary}" for name, shape in documented.items())
    schema = {"type": "string", "enum": list(documented)}
    return Parameter(name="shape", description=described, schema=schema)


def add_all_holdings_routes(api: Api) -> None:
    """Register the function."""
    (listing,) = operations(api.deps.offers)

    @api.serves(listing)
    def list_holdings() -> Response[str]:
        name = api.query("shape")
        if name is None:
            return _in_our_shape(api)
        return _in_documented_shape(*_documented_at(name, api.deps.offers), api)


def _documented_at(name: str, offers: Offers) -> tuple[Provider, DocumentedShape]:
    known = {
        str(each): (each, offer.documented)
        for each, offer in offers.items()
        if offer.documented is not None
    }
    if name not in known:
        raise InvalidField("shape", f"must be one of {', '.join(sorted(known))}")
    return known[name]


def _in_our_shape(api: Api) -> Response[str]:
    shown, following = page_of_holdings(
        api.caller.user_id,
        _connection_id(api),
        start=cursor_mark(api, prefix=_ACCOUNT),
        limit=limit_of(api, usual=_MOST_ACCOUNTS, most=_MOST_ACCOUNTS),
        deps=api.deps.showing,
        now=api.deps.now(),
    )
    items = [first_page(account_id, each) for account_id, each in shown]
    return json_response(200, page(items, cursor_for(following)))


def _in_documented_shape(
    provider: Provider, documented: DocumentedShape, api: Api
) -> Response[str]:
    for name in ("limit", "cursor"):
        if api.query(name) is not None:
            raise InvalidField(name, "means nothing in this shape, which is not paged")
    connection_id = _connection_id(api)
    what_to_do = _NARROWER if connection_id is None else _NARROWEST
    try:
        texts = documented_holdings(
            api.caller.user_id,
            connection_id,
            provider=provider,
            most_lines=MOST_BYTES // documented.least_bytes_of_a_line,
            deps=api.deps.portfolio,
        )
    except TooManyLines as error:
        raise AnswerTooLarge(what_to_do) from error
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
