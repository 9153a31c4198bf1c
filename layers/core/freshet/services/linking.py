"""What every step of linking needs from outside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from freshet.domain.errors import ProviderNotConfigured
from freshet.domain.provider import Provider
from freshet.ports import Clock, Connections, LinkFlow, LinkSessions, ReadQueue


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkDependencies:
    """The stores, and the ways of linking at the providers that are configured."""

    sessions: LinkSessions
    connections: Connections
    reads: ReadQueue
    flows: Mapping[Provider, LinkFlow]
    redirect_uris: frozenset[str]
    random_bytes: Callable[[int], bytes]
    clock: Clock

    def flow_at(self, provider: Provider) -> LinkFlow:
        """Give a provider's way of linking; raises ProviderNotConfigured."""
        flow = self.flows.get(provider)
        if flow is None:
            raise ProviderNotConfigured(provider)
        return flow
