"""The providers that are configured: a new one is a function and a row here."""

import time
from collections.abc import Callable

from freshet.adapters.dynamodb.quota import DynamoQuota, QuotaRate
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
from freshet.domain.provider import Provider
from freshet.wiring import client, table, utc_now


def providers_for(
    settings: ProviderSettings,
    *,
    plaid_transactions: bool = False,
    snaptrade_retired_holdings: bool = False,
) -> ConfiguredProviders:
    """Build a way to every provider that the deployment names."""
    transport = Transport()
    builders: dict[Provider, Callable[[], Opener]] = {
        Provider.SNAPTRADE: lambda: _snaptrade(
            settings, transport, reads_retired_holdings=snaptrade_retired_holdings
        ),
        Provider.PLAID: lambda: _plaid(settings, transport, reads_transactions=plaid_transactions),
    }
    return ConfiguredProviders(
        vault=SecretsManagerVault(client("secretsmanager"), settings.user_secret_prefix),
        openers={provider: builders[provider]() for provider in settings.providers},
    )


def _snaptrade(
    settings: ProviderSettings, transport: Transport, *, reads_retired_holdings: bool
) -> Opener:
    wire = SnapTradeWire(
        base_url=settings.snaptrade_base_url.rstrip("/"),
        keys=SecretKeys(
            client("secretsmanager"),
            settings.snaptrade_secret_arn,
            parse=SnapTradeKeys.from_document,
            monotonic=time.monotonic,
        ),
        transport=transport,
        quota=_quota(settings, Provider.SNAPTRADE, settings.snaptrade_requests_per_minute),
        clock=utc_now,
    )
    snaptrade = SnapTradeClient(wire)
    read_holdings: ReadHoldings = read_current
    if reads_retired_holdings:
        # Loaded only where it is used: its models cost a cold start.
        from freshet.adapters.snaptrade.legacy import read_legacy

        read_holdings = read_legacy
    return lambda connection, user: SnapTradeSession(
        snaptrade, user, connection.provider_connection_id, read_holdings
    )


def _plaid(settings: ProviderSettings, transport: Transport, *, reads_transactions: bool) -> Opener:
    keys = SecretKeys(
        client("secretsmanager"),
        settings.plaid_secret_arn,
        parse=PlaidKeys.from_document,
        monotonic=time.monotonic,
    )
    plaid = PlaidClient(
        wire=PlaidWire(settings.plaid_base_url.rstrip("/"), keys, transport),
        reads=_quota(settings, Provider.PLAID, settings.plaid_requests_per_minute),
        refreshes=_quota(settings, "plaid-refresh", settings.plaid_refreshes_per_minute),
        clock=utc_now,
    )
    return lambda _, item: PlaidSession(plaid, item, reads_transactions)


def _quota(settings: ProviderSettings, key: str, requests_per_minute: int) -> DynamoQuota:
    return DynamoQuota(
        table(settings.connections_table),
        key,
        QuotaRate.for_limit(requests_per_minute),
        clock=utc_now,
    )
