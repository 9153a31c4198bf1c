"""The providers that are configured: a new one is a function and a row here."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from freshet.adapters.dynamodb.quota import DynamoQuota
from freshet.adapters.gate import Circuit, Gate, Purse
from freshet.adapters.plaid.client import PlaidClient
from freshet.adapters.plaid.keys import PlaidKeys
from freshet.adapters.plaid.session import PlaidSession
from freshet.adapters.plaid.wire import PlaidWire
from freshet.adapters.provider_keys import SecretKeys
from freshet.adapters.providers import ConfiguredProviders, Opener
from freshet.adapters.snaptrade.client import SnapTradeClient
from freshet.adapters.snaptrade.keys import SnapTradeKeys
from freshet.adapters.snaptrade.session import ReadHoldings, SnapTradeSession, read_current
from freshet.adapters.snaptrade.wire import SnapTradeWire
from freshet.adapters.transport import Transport
from freshet.adapters.vaults import SecretsManagerVault
from freshet.config import ProviderSettings
from freshet.domain.connection import Connection
from freshet.domain.credential import Credential
from freshet.domain.provider import Provider
from freshet.domain.quota import QuotaRate
from freshet.wiring import client, table, utc_now


def providers_for(
    settings: ProviderSettings,
    *,
    patience: timedelta,
    plaid_transactions: bool = False,
    snaptrade_retired_holdings: bool = False,
) -> ConfiguredProviders:
    """Build a way to every provider that the deployment names; calls wait for slots patiently."""
    transport = Transport()
    builders: dict[Provider, Callable[[], Opener]] = {
        Provider.SNAPTRADE: lambda: _snaptrade(
            settings, transport, patience, reads_retired_holdings=snaptrade_retired_holdings
        ),
        Provider.PLAID: lambda: _plaid(
            settings, transport, patience, reads_transactions=plaid_transactions
        ),
    }
    return ConfiguredProviders(
        vault=SecretsManagerVault(client("secretsmanager"), settings.user_secret_prefix),
        openers={provider: builders[provider]() for provider in settings.providers},
    )


def _snaptrade(
    settings: ProviderSettings,
    transport: Transport,
    patience: timedelta,
    *,
    reads_retired_holdings: bool,
) -> Opener:
    per_minute = settings.snaptrade_requests_per_minute
    gate = _gate(settings, Provider.SNAPTRADE, per_minute, patience, Circuit())
    wire = SnapTradeWire(
        base_url=settings.snaptrade_base_url.rstrip("/"),
        keys=SecretKeys(
            client("secretsmanager"),
            settings.snaptrade_secret_arn,
            parse=SnapTradeKeys.from_document,
            monotonic=time.monotonic,
        ),
        transport=transport,
        gate=gate,
        clock=utc_now,
    )
    read_holdings: ReadHoldings = read_current
    if reads_retired_holdings:
        # Loaded only where it is used: its models cost a cold start.
        from freshet.adapters.snaptrade.legacy import read_legacy

        read_holdings = read_legacy

    def opener(connection: Connection, user: Credential) -> SnapTradeSession:
        purse = Purse(gate.quota)
        visit = SnapTradeClient(replace(wire, gate=replace(gate, quota=purse)))
        return SnapTradeSession(
            visit, user, connection.provider_connection_id, purse, read_holdings
        )

    return opener


def _plaid(
    settings: ProviderSettings,
    transport: Transport,
    patience: timedelta,
    *,
    reads_transactions: bool,
) -> Opener:
    keys = SecretKeys(
        client("secretsmanager"),
        settings.plaid_secret_arn,
        parse=PlaidKeys.from_document,
        monotonic=time.monotonic,
    )
    circuit = Circuit()
    reads = _gate(settings, Provider.PLAID, settings.plaid_requests_per_minute, patience, circuit)
    buys_per_minute = settings.plaid_refreshes_per_minute
    buys = _gate(settings, "plaid-refresh", buys_per_minute, patience, circuit)
    wire = PlaidWire(settings.plaid_base_url.rstrip("/"), keys, transport)

    def opener(_: Connection, item: Credential) -> PlaidSession:
        purse = Purse(reads.quota)
        visit = PlaidClient(
            reading=replace(wire, gate=replace(reads, quota=purse)),
            buying=replace(wire, gate=buys),
            clock=utc_now,
        )
        return PlaidSession(visit, item, reads_transactions, purse)

    return opener


def _gate(
    settings: ProviderSettings,
    key: str,
    requests_per_minute: int,
    patience: timedelta,
    circuit: Circuit,
) -> Gate:
    quota = DynamoQuota(
        table(settings.connections_table),
        key,
        QuotaRate.for_limit(requests_per_minute),
        clock=utc_now,
        wait=lambda time_to_slot: time.sleep(time_to_slot.total_seconds()),
        patience=patience,
    )
    return Gate(quota, circuit, utc_now)
