"""What an account holds when it is linked."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.simulators.common.exact_json import Document


class UnknownPortfolio(ValueError):
    """No sample portfolio has this name."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What an account holds when it is linked; `current` is given where nothing else tells it.

    `unlisted_cash` counts without being a line. `price_times` says how the institution tells the
    time of a price: not at all, `exact` or `midnight`.
    """

    name: str
    subtype: str | None
    securities: Sequence[Document] = ()
    holdings: Sequence[Document] = ()
    type: str = "investment"
    official_name: str | None = None
    currency: str = "USD"
    available: str | None = None
    current: str | None = None
    margin_loan: str | None = None
    unlisted_cash: str | None = None
    is_before_debt: bool = False
    price_times: str | None = None
