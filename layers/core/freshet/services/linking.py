"""What every step of linking needs from outside."""

from collections.abc import Callable
from dataclasses import dataclass

from freshet.domain.errors import ProviderNotConfigured
from freshet.domain.provider import Provider
from freshet.ports import (
    Clock,
    Connections,
    CredentialVault,
    Inbox,
    ItemLinks,
    LinkSessions,
    Owners,
    Portal,
    ProviderUsers,
    ReadQueue,
    UserLease,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linking:
    """The stores, and the pages of the providers that are configured."""

    sessions: LinkSessions
    users: ProviderUsers
    lease: UserLease
    owners: Owners
    inbox: Inbox
    connections: Connections
    vault: CredentialVault
    reads: ReadQueue
    snaptrade: Portal | None
    plaid: ItemLinks | None
    redirect_uris: frozenset[str]
    random_bytes: Callable[[int], bytes]
    clock: Clock

    @property
    def portal(self) -> Portal:
        """Give SnapTrade's pages; raises ProviderNotConfigured."""
        if self.snaptrade is None:
            raise ProviderNotConfigured(Provider.SNAPTRADE)
        return self.snaptrade

    @property
    def items(self) -> ItemLinks:
        """Give Plaid's pages; raises ProviderNotConfigured."""
        if self.plaid is None:
            raise ProviderNotConfigured(Provider.PLAID)
        return self.plaid
