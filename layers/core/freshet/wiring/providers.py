"""The providers that a deployment names: each part of their integrations, by provider."""

import os
from collections.abc import Callable, Mapping
from datetime import timedelta

from freshet.adapters.integration import Integration
from freshet.adapters.integration_dependencies import IntegrationDependencies
from freshet.adapters.provider_standing import ConfiguredStanding
from freshet.adapters.providers import ConfiguredProviders, ConfiguredProviderUsers
from freshet.adapters.rotation import ConfiguredRotation
from freshet.adapters.transport import Transport
from freshet.config import ProviderSettings
from freshet.domain.errors import ProviderNotConfigured
from freshet.domain.prices import PriceList
from freshet.domain.provider import Provider
from freshet.domain.quota import ASIDE, IMPATIENT, IN_A_ROW, PATIENT
from freshet.ports import (
    CredentialVault,
    Discovery,
    DocumentedHoldings,
    LinkFlow,
    LinkFlowDependencies,
    ProviderBuyer,
    ProviderSession,
    UserDirectory,
)
from freshet.registry import INTEGRATIONS
from freshet.wiring import INVOCATION, client, table, utc_now, wait


def dependencies_for(settings: ProviderSettings, patience: timedelta) -> IntegrationDependencies:
    """Build what integrations reach the outside with; one HTTP session for all of them."""
    return IntegrationDependencies(
        environ=os.environ,
        aws=client,
        connections_table=table(settings.connections_table),
        transport=Transport(time_left=INVOCATION.seconds_left),
        patience=patience,
        wait=wait,
        clock=utc_now,
    )


def readers_for(
    settings: ProviderSettings, vault: CredentialVault
) -> ConfiguredProviders[ProviderSession]:
    """Build a reader for every provider that the deployment names."""
    deps = dependencies_for(settings, IMPATIENT)
    return ConfiguredProviders(
        vault=vault, openers=_of_each(settings, lambda each: each.reader(deps))
    )


def buyers_for(
    settings: ProviderSettings, vault: CredentialVault
) -> ConfiguredProviders[ProviderBuyer]:
    """Build a buyer for every provider that the deployment names."""
    deps = dependencies_for(settings, PATIENT)
    return ConfiguredProviders(
        vault=vault, openers=_of_each(settings, lambda each: each.buyer(deps))
    )


def users_for(settings: ProviderSettings) -> ConfiguredProviderUsers:
    """Build what deletes users at the providers that keep them."""
    deps = dependencies_for(settings, PATIENT)
    return ConfiguredProviderUsers(
        {
            each: access.delete(deps)
            for each in settings.providers
            if (access := INTEGRATIONS[each].users) is not None
        }
    )


def discoveries_for(settings: ProviderSettings) -> Mapping[Provider, Discovery]:
    """Build what finds existing connections at every provider that the deployment names."""
    deps = dependencies_for(settings, PATIENT)
    return _of_each(settings, lambda each: each.discovery(deps))


def directory_for(
    settings: ProviderSettings, provider: Provider
) -> tuple[UserDirectory, Discovery]:
    """Build what lists a provider's users and their connections; raises ProviderNotConfigured."""
    access = INTEGRATIONS[provider].users
    if access is None:
        raise ProviderNotConfigured(provider)
    deps = dependencies_for(settings, PATIENT)
    return access.directory(deps), INTEGRATIONS[provider].discovery(deps)


def link_flows_for(
    settings: ProviderSettings, linking: LinkFlowDependencies
) -> Mapping[Provider, LinkFlow]:
    """Build the way of linking at every provider that the deployment names."""
    deps = dependencies_for(settings, IN_A_ROW)
    return _of_each(settings, lambda each: each.link_flow(deps, linking))


def documents_for(settings: ProviderSettings) -> Mapping[Provider, DocumentedHoldings]:
    """Build what renders stored holdings in the shapes that providers document."""
    deps = dependencies_for(settings, ASIDE)
    return {
        each: offered.documents(deps)
        for each, offered in INTEGRATIONS.items()
        if offered.documents is not None
    }


def rotation_for(settings: ProviderSettings) -> ConfiguredRotation:
    """Build what replaces credentials at every provider that the deployment names."""
    deps = dependencies_for(settings, IMPATIENT)
    return ConfiguredRotation(_of_each(settings, lambda each: each.rotation(deps)))


def standings_for(settings: ProviderSettings) -> Mapping[Provider, ConfiguredStanding]:
    """Build what tells how every provider stands that the deployment names."""
    deps = dependencies_for(settings, IMPATIENT)

    def standing(offered: Integration) -> ConfiguredStanding:
        most = offered.limits(os.environ).calls_per_minute
        return ConfiguredStanding(most, deps.quota(offered.provider, most), offered.try_keys(deps))

    return _of_each(settings, standing)


def prices() -> Mapping[Provider, PriceList]:
    """Say what a refresh costs at each provider, also at those that are not configured."""
    return {each: offered.price(os.environ) for each, offered in INTEGRATIONS.items()}


def transactions_at() -> frozenset[Provider]:
    """Name the providers at which this deployment reads transactions, where it works with them."""
    return frozenset(
        each for each, offered in INTEGRATIONS.items() if offered.reads_transactions(os.environ)
    )


def _of_each[Part](
    settings: ProviderSettings, build: Callable[[Integration], Part]
) -> dict[Provider, Part]:
    return {each: build(INTEGRATIONS[each]) for each in settings.providers}
