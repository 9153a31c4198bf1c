"""A user's request for a refresh, and the refreshes that requests and commands become."""

from collections.abc import Callable, Iterable
from copy import replace
from datetime import datetime

from msgspec import Struct

from freshet.domain.account import Account
from freshet.domain.commands import RefreshCommand
from freshet.domain.identifiers import new_refresh_id, refresh_id_for
from freshet.domain.money import Money
from freshet.domain.prices import FREE
from freshet.domain.provider import Provider
from freshet.domain.refresh import (
    CHECKS_AFTER,
    AccountProgress,
    Kind,
    Method,
    Refresh,
    RefreshStatus,
    Trigger,
)


class RefreshRequest(Struct, frozen=True, kw_only=True):
    """A request of a user; `actor` is the user, or a machine that acts on the user's behalf."""

    user_id: str
    connection_id: str
    actor: str
    idempotency_key: str | None = None
    is_one_of_all: bool = False
    """Part of a request for all the user's connections: too many for the time of one answer."""

    def refresh_id(self, kind: Kind, random_bytes: Callable[[int], bytes]) -> str:
        """Derive the refresh's id from the idempotency key, or draw one."""
        if self.idempotency_key is None:
            return new_refresh_id(self.connection_id, random_bytes)
        route = ("all", kind) if self.is_one_of_all else (kind,)
        return refresh_id_for(self.connection_id, *route, self.user_id, self.idempotency_key)

    def command(self, refresh_id: str) -> RefreshCommand:
        """Make the command that buys the refresh."""
        return RefreshCommand(
            user_id=self.user_id,
            connection_id=self.connection_id,
            refresh_id=refresh_id,
            trigger=Trigger.USER,
            actor=self.actor,
        )


def new_refresh(
    command: RefreshCommand,
    provider: Provider,
    *,
    kind: Kind = Kind.HOLDINGS,
    method: Method,
    price: Money = FREE,
    now: datetime,
) -> Refresh:
    """Make a refresh that is not on record yet; it keeps this price, also if it is called later."""
    return Refresh(
        id=command.refresh_id,
        user_id=command.user_id,
        connection_id=command.connection_id,
        provider=provider,
        kind=kind,
        method=method,
        trigger=command.trigger,
        actor=command.actor,
        status=RefreshStatus.QUEUED,
        reserved=price,
        cost=price,
        created_at=now,
    )


def start_read(refresh: Refresh, accounts: Iterable[Account], *, now: datetime) -> Refresh:
    """Accept a refresh that needs no call: a read of these accounts is its proof."""
    return replace(
        refresh,
        status=RefreshStatus.ACCEPTED,
        accounts={account.id: AccountProgress.WAITING for account in accounts},
        started_at=now,
        next_check_at=now + CHECKS_AFTER[0],
    )
