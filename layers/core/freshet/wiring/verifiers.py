"""What the receiver verifies webhooks with; Plaid's half is loaded where Plaid is configured."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from freshet.adapters.provider_keys import SecretKeys
from freshet.config import ReceiveWebhookSettings
from freshet.domain.provider import Provider
from freshet.wiring import client

if TYPE_CHECKING:
    from freshet.services.accept_webhook import Verifier


def verifiers_for(settings: ReceiveWebhookSettings) -> "dict[Provider, Verifier]":
    """Build a verifier for every provider that the deployment names."""
    builders: dict[Provider, Callable[[ReceiveWebhookSettings], Verifier]] = {
        Provider.SNAPTRADE: _snaptrade,
        Provider.PLAID: _plaid,
    }
    return {provider: builders[provider](settings) for provider in settings.providers}


def _snaptrade(settings: ReceiveWebhookSettings) -> "Verifier":
    from freshet.adapters.snaptrade.keys import SnapTradeKeys
    from freshet.adapters.snaptrade.webhooks import SnapTradeVerifier

    keys = SecretKeys(
        client("secretsmanager"),
        settings.snaptrade_secret_arn,
        parse=SnapTradeKeys.from_document,
        monotonic=time.monotonic,
    )
    return SnapTradeVerifier(keys)


def _plaid(settings: ReceiveWebhookSettings) -> "Verifier":
    from freshet.adapters.plaid.keys import PlaidKeys
    from freshet.adapters.plaid.lazy import LazyPlaidVerifier

    keys = SecretKeys(
        client("secretsmanager"),
        settings.plaid_secret_arn,
        parse=PlaidKeys.from_document,
        monotonic=time.monotonic,
    )
    return LazyPlaidVerifier(settings.plaid_base_url.rstrip("/"), keys)
