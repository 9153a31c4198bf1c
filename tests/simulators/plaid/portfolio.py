"""What an account holds when it is linked."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.simulators.common.exact_json import Document


class UnknownPortfolio(ValueError):
    """No sample portfolio has this name."""


@dataclass(frozen=True, slots=True)
class Portfolio:
    """What an account holds when it is linked; `current` is given where nothing else tells it."""

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
