"""The providers and what differs between them, as a table."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Provider(StrEnum):
    """A company that reads brokers on our behalf."""

    SNAPTRADE = "snaptrade"
    PLAID = "plaid"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderTraits:
    """What the rest of Freshet must know of a provider without asking which one it is."""

    buys_in_place: bool
    """The purchase answers within API Gateway's 30 s, so the API may wait for the verdict."""

    call_limit: timedelta
    """The longest a billable call may take, connect and read together."""

    is_done_when_accepted: bool
    """The answer comes after the broker's: a read may follow at once, no webhook need come."""

    transactions_need_opt_in: bool
    """Reading transactions starts a subscription of its own."""

    announces_every_sync: bool
    """A webhook follows every attempt to reach the broker, whether anything changed or not."""

    has_users: bool
    """It keeps a record of each user beside the connections, to be deleted by itself."""

    removes_at_once: bool
    """What it is asked to remove is gone when it answers; others queue the wish."""

    calls_per_account: int
    """What each account adds to a visit that already knows the connection; 0: one for all."""

    def calls_for_accounts(self, accounts: int) -> int:
        """Count the calls of a visit to some accounts: their list, then each of them."""
        return 1 + max(1, self.calls_per_account * accounts)

    def fence(self) -> timedelta:
        """How long after its start nobody else may judge a call whose caller went silent."""
        # Twice the limit: the caller needs time to write the outcome, too.
        return 2 * self.call_limit


TRAITS = {
    Provider.SNAPTRADE: ProviderTraits(
        buys_in_place=True,
        call_limit=timedelta(seconds=10),
        is_done_when_accepted=False,
        transactions_need_opt_in=False,
        announces_every_sync=True,
        has_users=True,
        removes_at_once=False,
        calls_per_account=2,
    ),
    # Synchronous with the institution: at times 30 s or more (plaid.md 2).
    Provider.PLAID: ProviderTraits(
        buys_in_place=False,
        call_limit=timedelta(seconds=93),
        is_done_when_accepted=True,
        transactions_need_opt_in=True,
        announces_every_sync=False,
        has_users=False,
        removes_at_once=True,
        calls_per_account=0,
    ),
}
