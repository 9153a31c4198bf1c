"""What every step of linking needs from outside."""

from collections.abc import Callable, Mapping

from msgspec import Struct

from freshet.domain.errors import ProviderNotConfigured
from freshet.domain.provider import Provider
from freshet.domain.user_rate_limits import UserRateLimit
from freshet.ports import Clock, Connections, LinkFlow, LinkSessions, ReadQueue, UserRequests


class LinkDependencies(Struct, frozen=True, kw_only=True):
    """The stores, and the ways of linking at the providers that are configured."""

    sessions: LinkSessions
    connections: Connections
    reads: ReadQueue
    users: UserRequests
    flows: Mapping[Provider, LinkFlow]
    redirect_uris: frozenset[str]
    random_bytes: Callable[[int], bytes]
    clock: Clock

    def limit(self, user_id: str, rate: UserRateLimit) -> None:
        """Count what is about to ask a provider for something; raises TooManyRequests."""
        self.users.take(user_id, rate, now=self.clock())

    def flow_at(self, provider: Provider) -> LinkFlow:
        """Give a provider's way of linking; raises ProviderNotConfigured."""
        flow = self.flows.get(provider)
        if flow is None:
            raise ProviderNotConfigured(provider)
        return flow
