"""The operation /v1/portfolio: everything a user owns at one glance."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import InvalidField
from freshet.http.answers import json_response
from freshet.http.application import Api
from freshet.http.caller import Scope
from freshet.http.operation import Answer, Operation, Parameter
from freshet.http.shapes.portfolio import PortfolioShape, portfolio_shape
from freshet.services.show_portfolio import user_portfolio

INCLUDE = Parameter(
    name="include",
    description="`positions` for the lines of each account, too",
    schema={"type": "string", "enum": ["positions"]},
)
GET_PORTFOLIO = Operation(
    id="getPortfolio",
    verb="GET",
    path="/v1/portfolio",
    scope=Scope.READ,
    summary="Show everything the user owns: accounts, totals per currency, the worst freshness",
    query=(INCLUDE,),
    answers={200: Answer(PortfolioShape)},
)
OPERATIONS = (GET_PORTFOLIO,)


def add_portfolio_routes(api: Api) -> None:
    """Register the function."""
    deps = api.deps

    @api.serves(GET_PORTFOLIO)
    def get_portfolio() -> Response[str]:
        portfolio = user_portfolio(
            api.caller.user_id,
            with_positions=_includes_positions(api),
            deps=deps.showing,
            now=deps.now(),
        )
        return json_response(200, portfolio_shape(portfolio))


def _includes_positions(api: Api) -> bool:
    included = api.query("include")
    if included not in (None, "positions"):
        raise InvalidField("include", "can only be positions")
    return included is not None
