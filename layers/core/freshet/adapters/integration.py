"""What a provider offers: one value of one type.

Every function of ours starts by loading these values. So what is heavy is built by functions that
import inside: the receiver of webhooks loads no reader, a reader no link flow. The values have
no comparison and no representation, because these would be made at every start.
"""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from freshet.domain.provider import Provider
from freshet.domain.provider_traits import ProviderTraits

if TYPE_CHECKING:
    from freshet.adapters.integration_dependencies import IntegrationDependencies
    from freshet.config import Settings
    from freshet.domain.call_errors import ProviderAnswer, ProviderError
    from freshet.domain.connection import Connection
    from freshet.domain.credential import Credential
    from freshet.domain.prices import PriceList
    from freshet.domain.provider_offer import ProviderOffer
    from freshet.domain.quota import CallLimits
    from freshet.domain.webhooks import EventRule, VerifiedDelivery, WebhookEvent
    from freshet.ports import (
        CredentialForm,
        Discovery,
        DocumentedHoldings,
        LinkFlow,
        LinkFlowDependencies,
        ProviderBuyer,
        ProviderSession,
        UserDirectory,
        WebhookVerifier,
    )

type Environ = Mapping[str, str]
type AwsClients = Callable[[str], Any]
type Opener[Visitor] = Callable[["Connection", "Credential"], Visitor]


class Webhooks(Struct, frozen=True, kw_only=True, eq=False):
    """How a provider's webhooks are verified, reduced to events and what each kind asks for."""

    verifier: Callable[[Environ, AwsClients], "WebhookVerifier"]
    to_event: Callable[[], Callable[["VerifiedDelivery"], "WebhookEvent"]]
    rules: Callable[[], Mapping[str, "EventRule"]]


class ProviderUserAccess(Struct, frozen=True, kw_only=True, eq=False):
    """What can be done with the users that a provider keeps beside their connections."""

    directory: Callable[["IntegrationDependencies"], "UserDirectory"]
    delete: Callable[["IntegrationDependencies"], Callable[[str], "ProviderAnswer"]]


class Integration(Struct, frozen=True, kw_only=True, eq=False):
    """All that is different about one provider."""

    provider: Provider
    traits: ProviderTraits
    settings: Callable[[], type["Settings"]]
    """The provider's environment variables, named with the provider's name in front."""
    limits: Callable[[Environ], "CallLimits"]
    price: Callable[[Environ], "PriceList"]
    """What a refresh costs."""
    reads_transactions: Callable[[Environ], bool]
    error_table: Callable[[], Mapping[str, type["ProviderError"]]]
    """What the provider's documented errors mean, by how its adapter spells them."""
    webhooks: Webhooks | None
    """None for a provider that sends none: its refreshes end by reads."""
    reader: Callable[["IntegrationDependencies"], Opener["ProviderSession"]]
    buyer: Callable[["IntegrationDependencies"], Opener["ProviderBuyer"]]
    """What buys, asks for transactions and removes."""
    offer: Callable[[], "ProviderOffer"]
    link_flow: Callable[["IntegrationDependencies", "LinkFlowDependencies"], "LinkFlow"]
    documents: Callable[["IntegrationDependencies"], "DocumentedHoldings"] | None
    """Renders holdings in the provider's own shape, where it documents one that we offer."""
    discovery: Callable[["IntegrationDependencies"], "Discovery"]
    credential_form: Callable[[], type["CredentialForm"]]
    """How an operator writes a credential, in registrations and imports."""
    rotation: Callable[["IntegrationDependencies"], Callable[["Credential"], "Credential"]]
    """Replaces a credential; raises AccessRevoked where it was void before."""
    try_keys: Callable[["IntegrationDependencies"], Callable[[], None]]
    """Makes one call that costs nothing; raises KeysNotFilledIn, SecretUnavailable, CallFailed."""
    users: ProviderUserAccess | None
    """None for a provider with a credential for each connection."""
