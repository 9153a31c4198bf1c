"""Who buys at the providers that are configured: a new one is a function and a row here."""

from collections.abc import Callable

from freshet.adapters.plaid.buyer import PlaidBuyer
from freshet.adapters.providers import ConfiguredProviders, ConfiguredProviderUsers
from freshet.adapters.snaptrade.buyer import SnapTradeBuyer, SnapTradeUsers
from freshet.adapters.transport import Transport
from freshet.config import ProviderSettings
from freshet.domain.connection import Connection
from freshet.domain.credential import Credential
from freshet.domain.provider import Provider
from freshet.domain.quota import PATIENT
from freshet.ports import ProviderBuyer
from freshet.wiring.vaults import vault_for
from freshet.wiring.wires import Wires

Opener = Callable[[Connection, Credential], ProviderBuyer]


def buyers_for(settings: ProviderSettings) -> ConfiguredProviders[ProviderBuyer]:
    """Build a buyer for every provider that the deployment names."""
    wires = Wires(settings, PATIENT, Transport())
    builders: dict[Provider, Callable[[Wires], Opener]] = {
        Provider.SNAPTRADE: _snaptrade,
        Provider.PLAID: _plaid,
    }
    return ConfiguredProviders(
        vault=vault_for(settings),
        openers={provider: builders[provider](wires) for provider in settings.providers},
    )


def users_for(settings: ProviderSettings) -> ConfiguredProviderUsers:
    """Build what deletes users at the providers that have them."""
    wires = Wires(settings, PATIENT, Transport())
    found = {Provider.SNAPTRADE: lambda: SnapTradeUsers(wires.snaptrade()).delete}
    return ConfiguredProviderUsers(
        {each: found[each]() for each in found if each in settings.providers}
    )


def _snaptrade(wires: Wires) -> Opener:
    wire = wires.snaptrade()
    return lambda connection, user: SnapTradeBuyer(wire, user, connection.provider_connection_id)


def _plaid(wires: Wires) -> Opener:
    wire = wires.plaid_buying()
    return lambda _, item: PlaidBuyer(wire, item)
