"""The route /v1/portfolio: everything a user owns at one glance."""

from aws_lambda_powertools.event_handler import Response

from freshet.domain.errors import InvalidField
from freshet.http.application import Api, json_response
from freshet.http.caller import Scope
from freshet.http.holdings_shapes import freshness_shape, position_shapes, total_shapes
from freshet.http.shapes import Shape, account_shape
from freshet.services.show_holdings import ShownAccount
from freshet.services.show_portfolio import Portfolio, user_portfolio


def add_portfolio_routes(api: Api) -> None:
    """Register the route."""
    parts = api.parts

    @api.resolver.get("/v1/portfolio")
    def get_portfolio() -> Response[str]:
        caller = api.caller(Scope.READ)
        portfolio = user_portfolio(
            caller.user_id,
            with_positions=_includes_positions(api),
            parts=parts.showing,
            now=parts.now(),
        )
        return json_response(200, _portfolio_shape(portfolio))


def _includes_positions(api: Api) -> bool:
    included = api.query("include")
    if included not in (None, "positions"):
        raise InvalidField("include", "can only be positions")
    return included is not None


def _portfolio_shape(portfolio: Portfolio) -> Shape:
    worst = portfolio.freshness
    return {
        "accounts": [_account_shape(each, portfolio) for each in portfolio.accounts],
        "totals": total_shapes(portfolio.totals),
        "freshness": None if worst is None else freshness_shape(worst),
    }


def _account_shape(shown: ShownAccount, portfolio: Portfolio) -> Shape:
    shape = account_shape(shown.account, shown.freshness) | {
        "is_counted": shown.account.id in portfolio.counted,
        "totals": total_shapes(shown.summary.totals) if shown.summary else None,
    }
    if portfolio.positions is None:
        return shape
    positions = portfolio.positions.get(shown.account.id)
    return shape | {"positions": None if positions is None else position_shapes(positions)}
