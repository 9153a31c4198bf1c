"""What the parts of an integration are built from, where they call their provider."""

from collections.abc import Callable
from copy import replace
from datetime import timedelta

from msgspec import Struct

from freshet.adapters.dynamodb.quota import DynamoQuota
from freshet.adapters.dynamodb.table import Table
from freshet.adapters.integration import AwsClients, Environ
from freshet.adapters.rate_guard import Circuit, RateGuard
from freshet.adapters.transport import Transport
from freshet.domain.quota import QuotaRate
from freshet.ports import Clock


class IntegrationDependencies(Struct, frozen=True, kw_only=True):
    """What an integration reaches the outside with; calls wait for their slots patiently."""

    environ: Environ
    aws: AwsClients
    connections_table: Table
    transport: Transport
    patience: timedelta
    wait: Callable[[timedelta], None]
    clock: Clock

    def waiting(self, patience: timedelta) -> "IntegrationDependencies":
        """Give the same dependencies with another patience."""
        return replace(self, patience=patience)

    def quota(self, key: str, requests_per_minute: int) -> DynamoQuota:
        """Build the limiter of one of the provider's limits."""
        return DynamoQuota(
            self.connections_table,
            key,
            QuotaRate.for_limit(requests_per_minute),
            clock=self.clock,
            wait=self.wait,
            patience=self.patience,
        )

    def rate_guard(self, key: str, requests_per_minute: int) -> RateGuard:
        """Build the limiter that also learns from answers."""
        return RateGuard(self.quota(key, requests_per_minute), Circuit(), self.clock)
