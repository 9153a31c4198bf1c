"""Sample portfolios as control bodies name them."""

from tests.simulators.plaid.plain_values import ValueRefused, Values
from tests.simulators.plaid.portfolio import Portfolio, UnknownPortfolio
from tests.simulators.plaid.portfolios import portfolios_named


def portfolios_in(body: Values) -> list[Portfolio]:
    """Return the accounts of one or several named portfolios; raises ValueRefused."""
    try:
        names = body.names("portfolio", "starter")
        return [portfolio for name in names for portfolio in portfolios_named(name)]
    except UnknownPortfolio as error:
        raise ValueRefused("portfolio", f"has no sample named {error}") from error
