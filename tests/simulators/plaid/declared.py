"""Items that are declared by number and exist only once somebody touches them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from tests.simulators.plaid.portfolios import portfolios_named
from tests.simulators.plaid.seeded_ids import SeededTexts, SeededUuids

MAX_ACCOUNTS = 64


class DeclarationRefused(ValueError):
    """A declaration of Items makes no sense."""


@dataclass(frozen=True, slots=True)
class Declared:
    """How many Items there are, and what they take turns in."""

    items: int = 0
    portfolios: Sequence[str] = ("starter",)
    institutions: Sequence[str] = ("ins_acme",)
    products: Sequence[str] = ("investments",)

    def __post_init__(self) -> None:
        if self.items < 0:
            raise DeclarationRefused("items must not be negative")
        for name in ("portfolios", "institutions", "products"):
            if not getattr(self, name):
                raise DeclarationRefused(f"{name} must not be empty")
        for name in self.portfolios:
            if account_count(name) > MAX_ACCOUNTS:
                raise DeclarationRefused(f"{name} has more than {MAX_ACCOUNTS} accounts")

    def portfolio(self, index: int) -> str:
        """Return the name of the portfolio of an Item."""
        return self.portfolios[index % len(self.portfolios)]

    def institution(self, index: int) -> str:
        """Return the id of the institution of an Item."""
        return self.institutions[index % len(self.institutions)]


class DeclaredIds:
    """The ids of declared Items, from their index and back to it."""

    def __init__(self, declared: Declared, *, seed: int, environment: str) -> None:
        self._declared = declared
        self._prefix = f"access-{environment}-"
        # The environment is part of it: tokens never cross environments.
        self._items = SeededTexts(seed, f"{environment}/item")
        self._accounts = SeededTexts(seed, f"{environment}/account")
        self._tokens = SeededUuids(seed, f"{environment}/token")

    def item_id(self, index: int) -> str:
        """Return the id of an Item."""
        return self._items.text(index)

    def access_token(self, index: int) -> str:
        """Return the first access token of an Item."""
        return self._prefix + self._tokens.text(index)

    def account_ids(self, index: int) -> list[str]:
        """Return the first ids of the accounts of an Item."""
        count = account_count(self._declared.portfolio(index))
        return [self._accounts.text(index * MAX_ACCOUNTS + place) for place in range(count)]

    def index_of_item(self, item_id: str) -> int | None:
        """Return which declared Item this id belongs to."""
        return self._known(self._items.index(item_id))

    def index_of_token(self, access_token: str) -> int | None:
        """Return which declared Item a well-formed token belonged to at first."""
        return self._known(self._tokens.index(access_token.removeprefix(self._prefix)))

    def index_of_account(self, account_id: str) -> int | None:
        """Return which declared Item this account belonged to at first."""
        place = self._accounts.index(account_id)
        return None if place is None else self._known(place // MAX_ACCOUNTS)

    def _known(self, index: int | None) -> int | None:
        return index if index is not None and index < self._declared.items else None


@cache
def account_count(portfolio: str) -> int:
    """Return how many accounts a named portfolio has."""
    return len(portfolios_named(portfolio))
