"""SnapTrade, as one value; each part is loaded by the function that builds it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from freshet.adapters.integration import (
    AwsClients,
    Environ,
    Integration,
    Opener,
    ProviderUserAccess,
    Webhooks,
)
from freshet.domain.provider import Provider
from freshet.domain.provider_limits import ProviderLimits
from freshet.domain.provider_traits import ProviderTraits

if TYPE_CHECKING:
    from freshet.adapters.integration_dependencies import IntegrationDependencies
    from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient
    from freshet.adapters.snaptrade.linking import SnapTradeLinking
    from freshet.adapters.snaptrade.settings import SnapTradeSettings
    from freshet.domain.call_errors import ProviderAnswer, ProviderError
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
        WebhookVerifier,
    )

# The launch checklist: holdings at most 4 times a day and user in the background, activities once
# a day and account, reads that a person asks for at least 10 minutes apart.
_PROVIDER_LIMITS = ProviderLimits(
    background_reads_per_user_and_day=4,
    shortest_read_cadence=timedelta(hours=6),
    shortest_refresh_cadence=timedelta(hours=1),
    gap_between_live_reads=timedelta(minutes=10),
    gap_between_transaction_reads=timedelta(hours=24),
    gap_between_purchases=timedelta(minutes=1),
)
_TRAITS = ProviderTraits(
    buys_in_place=True,
    call_limit=timedelta(seconds=10),
    finishes_after_answer=True,
    may_sync_silently=False,
    transactions_need_opt_in=False,
    has_credential_per_connection=False,
    removes_at_once=False,
    calls_per_read_run=6,  # detail, accounts, two for each of two accounts
    calls_per_account=2,
    limits=_PROVIDER_LIMITS,
)


def _settings() -> "type[SnapTradeSettings]":
    from freshet.adapters.snaptrade.settings import SnapTradeSettings

    return SnapTradeSettings


def _limits(environ: Environ) -> "CallLimits":
    from freshet.domain.quota import CallLimits

    # A purchase is a call like any other.
    most = _settings().from_env(environ).snaptrade_requests_per_minute
    return CallLimits(calls_per_minute=most, purchases_per_minute=most)


def _price(environ: Environ) -> "PriceList":
    return _settings().from_env(environ).snaptrade_refresh_price_usd


def _error_table() -> "Mapping[str, type[ProviderError]]":
    from freshet.adapters.snaptrade.errors import BY_CODE

    return {f"{status} {code}": kind for (status, code), kind in BY_CODE.items()}


def _verifier(environ: Environ, aws: AwsClients) -> "WebhookVerifier":
    from freshet.adapters.provider_keys import secret_keys
    from freshet.adapters.snaptrade.keys import SnapTradeKeys
    from freshet.adapters.snaptrade.webhooks import SnapTradeVerifier

    arn = _settings().from_env(environ).snaptrade_secret_arn
    return SnapTradeVerifier(secret_keys(aws, arn, SnapTradeKeys.from_document))


def _to_event() -> "Callable[[VerifiedDelivery], WebhookEvent]":
    from freshet.adapters.snaptrade.webhooks import to_event

    return to_event


def _rules() -> "Mapping[str, EventRule]":
    from freshet.adapters.snaptrade.webhooks import RULES

    return RULES


def _reader(deps: "IntegrationDependencies") -> "Opener[ProviderSession]":
    from freshet.adapters.snaptrade.session import opener

    return opener(deps, _settings().from_env(deps.environ), _http_client(deps))


def _buyer(deps: "IntegrationDependencies") -> "Opener[ProviderBuyer]":
    from freshet.adapters.snaptrade.buyer import SnapTradeBuyer

    http_client = _http_client(deps)
    return lambda connection, user: SnapTradeBuyer(
        http_client, user, connection.link.provider_connection_id
    )


def _offer() -> "ProviderOffer":
    from freshet.adapters.snaptrade.offer import OFFER

    return OFFER


def _link_flow(deps: "IntegrationDependencies", linking: "LinkFlowDependencies") -> "LinkFlow":
    from freshet.adapters.snaptrade.link_flow import SnapTradeLinkFlow

    return SnapTradeLinkFlow(_linking(deps), linking)


def _documents(deps: "IntegrationDependencies") -> "DocumentedHoldings":
    from freshet.adapters.dynamodb.reference_data import DynamoReferenceData
    from freshet.adapters.snaptrade.documented import SnapTradeDocuments
    from freshet.adapters.snaptrade.reference import SnapTradeReference

    return SnapTradeDocuments(
        source=SnapTradeReference(_http_client(deps)),
        kept=DynamoReferenceData(deps.connections_table),
        clock=deps.clock,
    )


def _discovery(deps: "IntegrationDependencies") -> "Discovery":
    from freshet.adapters.snaptrade.client import SnapTradeClient
    from freshet.adapters.snaptrade.discovery import SnapTradeDiscovery

    return SnapTradeDiscovery(SnapTradeClient(_http_client(deps)))


def _credential_form() -> "type[CredentialForm]":
    from freshet.adapters.snaptrade.credential_form import SnapTradeUser

    return SnapTradeUser


def _rotation(deps: "IntegrationDependencies") -> "Callable[[Credential], Credential]":
    return _linking(deps).reset_secret


def _try_keys(deps: "IntegrationDependencies") -> "Callable[[], None]":
    from freshet.adapters.provider_standing import FILL_IN
    from freshet.adapters.snaptrade.reference import SnapTradeReference
    from freshet.domain.errors import KeysNotFilledIn

    http_client = _http_client(deps)

    def try_keys() -> None:
        if http_client.keys.current().client_id == FILL_IN:
            raise KeysNotFilledIn(Provider.SNAPTRADE)
        SnapTradeReference(http_client).exchanges()

    return try_keys


def _delete_user(deps: "IntegrationDependencies") -> "Callable[[str], ProviderAnswer]":
    from freshet.adapters.snaptrade.buyer import SnapTradeUsers

    return SnapTradeUsers(_http_client(deps)).delete


def _linking(deps: "IntegrationDependencies") -> "SnapTradeLinking":
    from freshet.adapters.snaptrade.linking import SnapTradeLinking

    return SnapTradeLinking(_http_client(deps))


def _http_client(deps: "IntegrationDependencies") -> "SnapTradeHttpClient":
    from freshet.adapters.provider_keys import secret_keys
    from freshet.adapters.snaptrade.http_client import SnapTradeHttpClient
    from freshet.adapters.snaptrade.keys import SnapTradeKeys

    settings = _settings().from_env(deps.environ)
    return SnapTradeHttpClient(
        base_url=settings.base_url,
        keys=secret_keys(deps.aws, settings.snaptrade_secret_arn, SnapTradeKeys.from_document),
        transport=deps.transport,
        rate_guard=deps.rate_guard(Provider.SNAPTRADE, settings.snaptrade_requests_per_minute),
        clock=deps.clock,
    )


INTEGRATION = Integration(
    provider=Provider.SNAPTRADE,
    traits=_TRAITS,
    settings=_settings,
    limits=_limits,
    price=_price,
    reads_transactions=lambda _: True,  # reading activities costs nothing
    error_table=_error_table,
    webhooks=Webhooks(verifier=_verifier, to_event=_to_event, rules=_rules),
    reader=_reader,
    buyer=_buyer,
    offer=_offer,
    link_flow=_link_flow,
    documents=_documents,
    discovery=_discovery,
    credential_form=_credential_form,
    rotation=_rotation,
    try_keys=_try_keys,
    users=ProviderUserAccess(directory=_linking, delete=_delete_user),
)
