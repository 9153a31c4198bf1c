"""What a provider offers: one value of one type, and what its parts are built from.

Every function of ours starts by loading these values. So what is heavy is built by functions that
import inside: the receiver of webhooks loads no reader, a reader no link flow.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from freshet.domain.provider import Provider
from freshet.domain.provider_traits import ProviderTraits

if TYPE_CHECKING:
    from freshet.adapters.dynamodb.table import Table
    from freshet.adapters.gate import Gate
    from freshet.adapters.provider_keys import SecretKeys
    from freshet.adapters.transport import Transport
    from freshet.config import Settings
    from freshet.domain.call_errors import ProviderAnswer, ProviderError
    from freshet.domain.connection import Connection
    from freshet.domain.credential import Credential
    from freshet.domain.prices import PriceList
    from freshet.domain.provider_offer import ProviderOffer
    from freshet.domain.webhooks import EventRule, VerifiedDelivery, WebhookEvent
    from freshet.ports import (
        CredentialForm,
        Discovery,
        DocumentedHoldings,
        LinkFlow,
        LinkFlowDependencies,
        ProviderBuyer,
        ProviderSession,
        Quota,
        UserDirectory,
        WebhookVerifier,
    )

type Environ = Mapping[str, str]
type AwsClients = Callable[[str], Any]
type Opener[Visitor] = Callable[["Connection", "Credential"], Visitor]


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationDependencies:
    """What an integration reaches the outside with; calls wait for their slots patiently."""

    environ: Environ
    aws: AwsClients
    connections_table: "Table"
    transport: "Transport"
    patience: timedelta
    wait: Callable[[timedelta], None]
    clock: Callable[[], datetime]

    def waiting(self, patience: timedelta) -> Self:
        """Give the same dependencies with another patience."""
        return replace(self, patience=patience)

    def quota(self, key: str, requests_per_minute: int) -> "Quota":
        """Build the limiter of one of the provider's limits."""
        from freshet.adapters.dynamodb.quota import DynamoQuota
        from freshet.domain.quota import QuotaRate

        return DynamoQuota(
            self.connections_table,
            key,
            QuotaRate.for_limit(requests_per_minute),
            clock=self.clock,
            wait=self.wait,
            patience=self.patience,
        )

    def gate(self, key: str, requests_per_minute: int) -> "Gate":
        """Build the limiter that also learns from answers."""
        from freshet.adapters.gate import Circuit, Gate

        return Gate(self.quota(key, requests_per_minute), Circuit(), self.clock)


@dataclass(frozen=True, slots=True, kw_only=True)
class CallLimits:
    """How many calls a minute the provider allows this deployment, and how many purchases."""

    calls_per_minute: int
    purchases_per_minute: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhooks:
    """How a provider's webhooks are verified, reduced to events and what each kind asks for."""

    verifier: Callable[[Environ, AwsClients], "WebhookVerifier"]
    event: Callable[["VerifiedDelivery"], "WebhookEvent"]
    rules: Callable[[], Mapping[str, "EventRule"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderUserAccess:
    """What can be done with the users that a provider keeps beside their connections."""

    directory: Callable[[IntegrationDependencies], "UserDirectory"]
    delete: Callable[[IntegrationDependencies], Callable[[str], "ProviderAnswer"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Integration:
    """All that is different about one provider."""

    provider: Provider
    traits: ProviderTraits
    settings: Callable[[], type["Settings"]]
    """The provider's environment variables, named with the provider's name in front."""
    limits: Callable[[Environ], CallLimits]
    price: Callable[[Environ], "PriceList"]
    """What a refresh costs."""
    reads_transactions: Callable[[Environ], bool]
    error_table: Callable[[], Mapping[str, type["ProviderError"]]]
    """What the provider's documented errors mean, by how its adapter spells them."""
    webhooks: Webhooks | None
    """None for a provider that sends none: its refreshes end by reads."""
    reader: Callable[[IntegrationDependencies], Opener["ProviderSession"]]
    buyer: Callable[[IntegrationDependencies], Opener["ProviderBuyer"]]
    """What buys, asks for transactions and removes."""
    offer: Callable[[], "ProviderOffer"]
    link_flow: Callable[[IntegrationDependencies, "LinkFlowDependencies"], "LinkFlow"]
    documents: Callable[[IntegrationDependencies], "DocumentedHoldings"] | None
    """Renders holdings in the provider's own shape, where it documents one that we offer."""
    discovery: Callable[[IntegrationDependencies], "Discovery"]
    credential_form: Callable[[], type["CredentialForm"]]
    """How an operator writes a credential, in registrations and imports."""
    rotation: Callable[[IntegrationDependencies], Callable[["Credential"], "Credential"]]
    """Replaces a credential; raises AccessRevoked where it was void before."""
    users: ProviderUserAccess | None
    """None for a provider with a credential for each connection."""


def secret_keys[Keys](
    aws: AwsClients, secret_arn: str, parse: Callable[[Mapping[str, Any]], Keys]
) -> "SecretKeys[Keys]":
    """Build the reader of our own keys at a provider."""
    import time

    from freshet.adapters.provider_keys import SecretKeys

    return SecretKeys(aws("secretsmanager"), secret_arn, parse=parse, monotonic=time.monotonic)
