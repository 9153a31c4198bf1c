"""The wires to the providers, each behind the gate of its limit."""

import time
from dataclasses import dataclass, replace
from datetime import timedelta

from freshet.adapters.dynamodb.quota import DynamoQuota
from freshet.adapters.gate import Circuit, Gate
from freshet.adapters.plaid.keys import PlaidKeys
from freshet.adapters.plaid.wire import PlaidWire
from freshet.adapters.provider_keys import SecretKeys
from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.snaptrade.wire import SnapTradeWire
from freshet.adapters.transport import Transport
from freshet.config import ProviderSettings
from freshet.domain.provider import Provider
from freshet.domain.quota import QuotaRate
from freshet.wiring import client, table, utc_now

_PLAID_PURCHASES = "plaid-refresh"


@dataclass(frozen=True, slots=True)
class Wires:
    """Builds ways to the providers; calls wait for their slots patiently."""

    settings: ProviderSettings
    patience: timedelta
    transport: Transport

    def patiently(self, patience: timedelta) -> "Wires":
        """Give the same ways with another patience."""
        return replace(self, patience=patience)

    def snaptrade(self) -> SnapTradeWire:
        """Build the way to SnapTrade."""
        settings = self.settings
        return SnapTradeWire(
            base_url=settings.snaptrade_base_url.rstrip("/"),
            keys=SecretKeys(
                client("secretsmanager"),
                settings.snaptrade_secret_arn,
                parse=SnapTradeKeys.from_document,
                monotonic=time.monotonic,
            ),
            transport=self.transport,
            gate=_gate(self.snaptrade_quota()),
            clock=utc_now,
        )

    def snaptrade_quota(self) -> DynamoQuota:
        """Build the limiter of SnapTrade's calls."""
        return self._quota(Provider.SNAPTRADE, self.settings.snaptrade_requests_per_minute)

    def plaid_quota(self) -> DynamoQuota:
        """Build the limiter of Plaid's reads."""
        return self._quota(Provider.PLAID, self.settings.plaid_requests_per_minute)

    def plaid_reading(self) -> tuple[PlaidWire, Gate]:
        """Build the way to Plaid's reads, and the gate on it."""
        gate = _gate(self.plaid_quota())
        return self._plaid(gate), gate

    def plaid_buying(self) -> PlaidWire:
        """Build the way to Plaid's purchases, which have a limit of their own."""
        purchases = self.settings.plaid_refreshes_per_minute
        return self._plaid(_gate(self._quota(_PLAID_PURCHASES, purchases)))

    def _plaid(self, gate: Gate) -> PlaidWire:
        keys = SecretKeys(
            client("secretsmanager"),
            self.settings.plaid_secret_arn,
            parse=PlaidKeys.from_document,
            monotonic=time.monotonic,
        )
        return PlaidWire(self.settings.plaid_base_url.rstrip("/"), keys, self.transport, gate)

    def _quota(self, key: str, requests_per_minute: int) -> DynamoQuota:
        return DynamoQuota(
            table(self.settings.connections_table),
            key,
            QuotaRate.for_limit(requests_per_minute),
            clock=utc_now,
            wait=lambda time_to_slot: time.sleep(time_to_slot.total_seconds()),
            patience=self.patience,
        )


def _gate(quota: DynamoQuota) -> Gate:
    return Gate(quota, Circuit(), utc_now)
