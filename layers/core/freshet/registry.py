"""Which providers there are: the only list of them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from freshet.adapters import plaid, snaptrade
from freshet.adapters.integration import Integration
from freshet.domain.provider import Provider
from freshet.domain.provider_traits import TraitsByProvider

if TYPE_CHECKING:
    from freshet.domain.provider_offer import Offers
    from freshet.ports import CredentialForm


def _integration_of(provider: Provider) -> Integration:
    # A match without a default: the type checker names the provider that has no case.
    match provider:
        case Provider.SNAPTRADE:
            return snaptrade.INTEGRATION
        case Provider.PLAID:
            return plaid.INTEGRATION


INTEGRATIONS: Mapping[Provider, Integration] = {each: _integration_of(each) for each in Provider}
TRAITS: TraitsByProvider = {each: offered.traits for each, offered in INTEGRATIONS.items()}


def offers() -> "Offers":
    """Say what the API offers of each provider, configured or not."""
    return {each: offered.offer() for each, offered in INTEGRATIONS.items()}


def credential_form_of(provider: Provider) -> "type[CredentialForm]":
    """Say how an operator writes a credential."""
    return INTEGRATIONS[provider].credential_form()
