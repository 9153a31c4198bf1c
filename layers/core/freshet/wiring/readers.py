"""Who reads at the providers that are configured: a new one is a function and a row here."""

from collections.abc import Callable
from dataclasses import replace

from freshet.adapters.gate import Purse
from freshet.adapters.plaid.client import PlaidClient
from freshet.adapters.plaid.session import PlaidSession
from freshet.adapters.providers import ConfiguredProviders
from freshet.adapters.snaptrade.client import SnapTradeClient
from freshet.adapters.snaptrade.session import ReadHoldings, SnapTradeSession, read_current
from freshet.adapters.transport import Transport
from freshet.config import TakeSnapshotsSettings
from freshet.domain.connection import Connection
from freshet.domain.credential import Credential
from freshet.domain.provider import Provider
from freshet.domain.quota import EAGER, IMPATIENT
from freshet.ports import ProviderSession
from freshet.wiring import utc_now
from freshet.wiring.vaults import vault_for
from freshet.wiring.wires import Wires

Opener = Callable[[Connection, Credential], ProviderSession]


def readers_for(settings: TakeSnapshotsSettings) -> ConfiguredProviders[ProviderSession]:
    """Build a reader for every provider that the deployment names."""
    wires = Wires(settings, IMPATIENT, Transport())
    builders: dict[Provider, Callable[[TakeSnapshotsSettings, Wires], Opener]] = {
        Provider.SNAPTRADE: _snaptrade,
        Provider.PLAID: _plaid,
    }
    return ConfiguredProviders(
        vault=vault_for(settings),
        openers={provider: builders[provider](settings, wires) for provider in settings.providers},
    )


def _snaptrade(settings: TakeSnapshotsSettings, wires: Wires) -> Opener:
    wire = wires.snaptrade()
    gate, eager = wire.gate, wires.patiently(EAGER).snaptrade_quota()
    read_holdings: ReadHoldings = read_current
    if settings.snaptrade_retired_holdings:
        # Loaded only where it is used: its models cost a cold start.
        from freshet.adapters.snaptrade.legacy import read_legacy

        read_holdings = read_legacy

    def opener(connection: Connection, user: Credential) -> SnapTradeSession:
        purse = Purse(gate.quota, eager)
        visit = SnapTradeClient(replace(wire, gate=replace(gate, quota=purse)))
        return SnapTradeSession(
            visit, user, connection.provider_connection_id, purse, read_holdings
        )

    return opener


def _plaid(settings: TakeSnapshotsSettings, wires: Wires) -> Opener:
    wire, gate = wires.plaid_reading()
    eager = wires.patiently(EAGER).plaid_quota()

    def opener(_: Connection, item: Credential) -> PlaidSession:
        purse = Purse(gate.quota, eager)
        visit = PlaidClient(wire=replace(wire, gate=replace(gate, quota=purse)), clock=utc_now)
        return PlaidSession(visit, item, settings.plaid_transactions, purse)

    return opener
