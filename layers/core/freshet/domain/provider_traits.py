"""What the rest of Freshet must know of a provider, as data: it never asks which one it is."""

from collections.abc import Mapping
from datetime import timedelta

from msgspec import Struct

from freshet.domain.provider import Provider
from freshet.domain.provider_limits import ProviderLimits


class ProviderTraits(Struct, frozen=True, kw_only=True, eq=False):
    """A provider's capabilities; each is one that at least two integrations have."""

    buys_in_place: bool
    """The purchase answers within API Gateway's 30 s, so the API may wait for the verdict."""

    call_limit: timedelta
    """The longest a billable call may take, connect and read together."""

    finishes_after_answer: bool
    """An accepted refresh goes on after the answer: a webhook or a later read shows its end."""

    may_sync_silently: bool
    """Not every attempt to reach the broker is followed by a webhook."""

    transactions_need_opt_in: bool
    """Reading transactions starts a subscription of its own."""

    has_credential_per_connection: bool
    """Each connection has a credential of its own; the provider keeps no user beside them."""

    removes_at_once: bool
    """A removed thing is gone when the provider answers; others queue the removal."""

    calls_per_read_run: int
    """Calls of a usual read, before a connection's own number is known."""

    calls_per_account: int
    """Calls that each account adds to a read of a known connection; 0: one call for all."""

    limits: ProviderLimits

    def calls_for_accounts(self, accounts: int) -> int:
        """Count the calls of a read of some accounts: their list, then each of them."""
        return 1 + max(1, self.calls_per_account * accounts)

    def fence(self) -> timedelta:
        """How long after its start a call is left alone whose caller went silent."""
        # Twice the limit: the caller needs time to write the outcome, too.
        return 2 * self.call_limit


type TraitsByProvider = Mapping[Provider, ProviderTraits]
