"""A large population that exists by its seed: each connection is made when first touched."""

from dataclasses import dataclass
from datetime import datetime

from tests.simulators.common.seeded_ids import SeededIds, SeededKey
from tests.simulators.snaptrade.accounts import complete_first_sync, opened_account
from tests.simulators.snaptrade.brokerages import institution_named
from tests.simulators.snaptrade.market import move_market
from tests.simulators.snaptrade.models import Account, Connection, Mode, User
from tests.simulators.snaptrade.portfolios import portfolios_named

USER_PREFIX = "seeded-user-"
_USER, _CONNECTION, _ACCOUNT = 1, 2, 3
# In turn by index; a further difference is how often the market has moved.
_PORTFOLIOS = ("starter", "trader", "crypto", "northern", "everyday")
_INSTITUTIONS = ("ACME", "NORTHWIND", "HARBOR")
_MARKET_MOVES = 7


@dataclass(frozen=True, slots=True)
class SeededIdentity:
    """What a client needs to know of one connection of the population."""

    user_id: str
    user_secret: str
    connection_id: str
    account_ids: list[str]


@dataclass(frozen=True, slots=True)
class SeededUser:
    """A user with all that is theirs, made from the seed alone."""

    user: User
    connection: Connection
    accounts: list[Account]


class SeededPopulation:
    """Users by index from zero, each with one connection; keeps nothing in memory."""

    def __init__(self, *, size: int, seed: int, started_at: datetime) -> None:
        self.size = size
        self._ids = SeededIds(seed)
        self._started_at = started_at

    def index_of_user(self, user_id: str) -> int | None:
        """Return the index of a user, or None for a user of another kind."""
        digits = user_id.removeprefix(USER_PREFIX)
        if digits == user_id or not digits.isdecimal() or user_id != f"{USER_PREFIX}{int(digits)}":
            return None
        return self._existing(int(digits))

    def index_of(self, identifier: str) -> int | None:
        """Return the index of a connection or an account, or None."""
        key = self._ids.decode(identifier) if self.size else None
        return None if key is None else self._existing(key.index)

    def identity(self, index: int) -> SeededIdentity:
        """Return the ids that belong to an index; makes nothing."""
        if self._existing(index) is None:
            raise ValueError(f"index: {index}")
        count = len(portfolios_named(_portfolio_name(index)))
        return SeededIdentity(
            user_id=f"{USER_PREFIX}{index}",
            user_secret=self._ids.secret(SeededKey(_USER, index)),
            connection_id=self._ids.encode(SeededKey(_CONNECTION, index)),
            account_ids=[
                self._ids.encode(SeededKey(_ACCOUNT, index, ordinal)) for ordinal in range(count)
            ],
        )

    def made(self, index: int) -> SeededUser:
        """Make what belongs to an index, the same at every call."""
        identity = self.identity(index)
        connection = Connection(
            id=identity.connection_id,
            user_id=identity.user_id,
            institution=institution_named(_INSTITUTIONS[index % len(_INSTITUTIONS)]),
            mode=Mode.DELAYED,
            is_shared=False,
            created_at=self._started_at,
            account_ids=identity.account_ids,
        )
        samples = portfolios_named(_portfolio_name(index))
        pairs = zip(identity.account_ids, samples, strict=True)
        accounts = [opened_account(each, connection, sample) for each, sample in pairs]
        for account in accounts:
            complete_first_sync(account, now=self._started_at)
            for _ in range(index % _MARKET_MOVES):
                move_market(account)
        user = User(identity.user_id, identity.user_secret, [connection.id])
        return SeededUser(user, connection, accounts)

    def _existing(self, index: int) -> int | None:
        return index if 0 <= index < self.size else None


def _portfolio_name(index: int) -> str:
    return _PORTFOLIOS[index % len(_PORTFOLIOS)]
