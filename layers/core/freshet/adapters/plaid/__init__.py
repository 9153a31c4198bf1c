"""Plaid, as one value; each part is loaded by the function that builds it."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from freshet.adapters.integration import (
    AwsClients,
    Environ,
    Integration,
    Opener,
    Webhooks,
)
from freshet.domain.provider import Provider
from freshet.domain.provider_limits import ProviderLimits
from freshet.domain.provider_traits import ProviderTraits

if TYPE_CHECKING:
    from freshet.adapters.integration_dependencies import IntegrationDependencies
    from freshet.adapters.plaid.http_client import PlaidHttpClient
    from freshet.adapters.plaid.settings import PlaidSettings
    from freshet.adapters.rate_guard import RateGuard
    from freshet.domain.call_errors import ProviderError
    from freshet.domain.credential import Credential
    from freshet.domain.prices import PriceList
    from freshet.domain.provider_offer import ProviderOffer
    from freshet.domain.quota import CallLimits
    from freshet.domain.webhooks import EventRule, VerifiedDelivery, WebhookEvent
    from freshet.ports import (
        CredentialForm,
        Discovery,
        LinkFlow,
        LinkFlowDependencies,
        ProviderBuyer,
        ProviderSession,
        WebhookVerifier,
    )

_PURCHASES = "plaid-refresh"
"""The key of Plaid's limit on purchases, which is apart from the one on reads."""

_PROVIDER_LIMITS = ProviderLimits(
    background_reads_per_user_and_day=None,
    shortest_read_cadence=timedelta(hours=1),
    shortest_refresh_cadence=timedelta(hours=1),
    gap_between_live_reads=timedelta(minutes=10),
    gap_between_transaction_reads=None,
    gap_between_purchases=timedelta(minutes=1),  # Plaid's own limit for an Item
)
_TRAITS = ProviderTraits(
    buys_in_place=False,
    call_limit=timedelta(seconds=93),  # synchronous with the institution: at times 30 s or more
    finishes_after_answer=False,
    may_sync_silently=True,
    transactions_need_opt_in=True,
    has_credential_per_connection=True,
    removes_at_once=True,
    calls_per_read_run=2,
    calls_per_account=0,
    limits=_PROVIDER_LIMITS,
)


def _settings() -> "type[PlaidSettings]":
    from freshet.adapters.plaid.settings import PlaidSettings

    return PlaidSettings


def _limits(environ: Environ) -> "CallLimits":
    from freshet.domain.quota import CallLimits

    settings = _settings().from_env(environ)
    return CallLimits(
        calls_per_minute=settings.plaid_requests_per_minute,
        purchases_per_minute=settings.plaid_refreshes_per_minute,
    )


def _price(environ: Environ) -> "PriceList":
    return _settings().from_env(environ).plaid_refresh_price_usd


def _reads_transactions(environ: Environ) -> bool:
    return _settings().from_env(environ).plaid_transactions


def _error_table() -> "Mapping[str, type[ProviderError]]":
    from freshet.adapters.plaid.errors import BY_CODE

    return {code: meaning.kind for code, meaning in BY_CODE.items()}


def _verifier(environ: Environ, aws: AwsClients) -> "WebhookVerifier":
    from random import random

    from freshet.adapters.plaid.http_client import PlaidHttpClient
    from freshet.adapters.plaid.key_look_up import KeyLookUp
    from freshet.adapters.plaid.key_memory import KeyMemory
    from freshet.adapters.plaid.key_store import SsmKeyStore
    from freshet.adapters.plaid.keys import PlaidKeys
    from freshet.adapters.plaid.verification import PlaidVerifier
    from freshet.adapters.provider_keys import secret_keys
    from freshet.adapters.transport import Transport

    settings = _settings().from_env(environ)
    keys = secret_keys(aws, settings.plaid_secret_arn, PlaidKeys.from_document)
    store = SsmKeyStore(aws("ssm"), settings.plaid_jwks_parameter)
    look_up = KeyLookUp(PlaidHttpClient(settings.base_url, keys, Transport()))
    return PlaidVerifier(KeyMemory(look_up, random=random, store=store), settings.environment)


def _to_event() -> "Callable[[VerifiedDelivery], WebhookEvent]":
    from freshet.adapters.plaid.webhooks import to_event

    return to_event


def _rules() -> "Mapping[str, EventRule]":
    from freshet.adapters.plaid.webhooks import RULES

    return RULES


def _reader(deps: "IntegrationDependencies") -> "Opener[ProviderSession]":
    from freshet.adapters.plaid.session import opener

    settings = _settings().from_env(deps.environ)
    rate_guard = deps.rate_guard(Provider.PLAID, settings.plaid_requests_per_minute)
    return opener(deps, settings, _http_client(deps, rate_guard), rate_guard)


def _buyer(deps: "IntegrationDependencies") -> "Opener[ProviderBuyer]":
    from freshet.adapters.plaid.buyer import PlaidBuyer

    settings = _settings().from_env(deps.environ)
    http_client = _http_client(
        deps, deps.rate_guard(_PURCHASES, settings.plaid_refreshes_per_minute)
    )
    return lambda _, item: PlaidBuyer(http_client, item)


def _offer() -> "ProviderOffer":
    from freshet.adapters.plaid.offer import OFFER

    return OFFER


def _link_flow(deps: "IntegrationDependencies", linking: "LinkFlowDependencies") -> "LinkFlow":
    from freshet.adapters.plaid.item_links import PlaidItemLinks
    from freshet.adapters.plaid.link_flow import PlaidLinkFlow
    from freshet.adapters.plaid.linking import PlaidLinking

    settings = _settings().from_env(deps.environ)
    items = PlaidItemLinks(
        linking=PlaidLinking(_reading(deps)),
        client_name=settings.plaid_client_name,
        language=settings.plaid_language,
        country_codes=settings.country_codes,
    )
    return PlaidLinkFlow(items, settings.webhook_url, linking)


def _discovery(deps: "IntegrationDependencies") -> "Discovery":
    from freshet.adapters.plaid.client import PlaidClient
    from freshet.adapters.plaid.discovery import PlaidDiscovery

    return PlaidDiscovery(PlaidClient(http_client=_reading(deps), clock=deps.clock))


def _credential_form() -> "type[CredentialForm]":
    from freshet.adapters.plaid.credential_form import PlaidItem

    return PlaidItem


def _rotation(deps: "IntegrationDependencies") -> "Callable[[Credential], Credential]":
    from freshet.adapters.plaid.linking import PlaidLinking

    return PlaidLinking(_reading(deps)).rotate


def _try_keys(deps: "IntegrationDependencies") -> "Callable[[], None]":
    from freshet.adapters.plaid.endpoints import VERIFICATION_KEY
    from freshet.adapters.plaid.key_look_up import UNKNOWN
    from freshet.adapters.provider_standing import FILL_IN
    from freshet.domain.call_errors import ProviderError
    from freshet.domain.errors import KeysNotFilledIn

    http_client = _reading(deps)

    def try_keys() -> None:
        if http_client.keys.current().client_id == FILL_IN:
            raise KeysNotFilledIn(Provider.PLAID)
        try:
            # Asked with keys that fit, Plaid does not know this id.
            http_client.read(VERIFICATION_KEY, {"key_id": "00000000-0000-0000-0000-000000000000"})
        except ProviderError as error:
            if error.answer.code != UNKNOWN:
                raise

    return try_keys


def _reading(deps: "IntegrationDependencies") -> "PlaidHttpClient":
    settings = _settings().from_env(deps.environ)
    return _http_client(deps, deps.rate_guard(Provider.PLAID, settings.plaid_requests_per_minute))


def _http_client(deps: "IntegrationDependencies", rate_guard: "RateGuard") -> "PlaidHttpClient":
    from freshet.adapters.plaid.http_client import PlaidHttpClient
    from freshet.adapters.plaid.keys import PlaidKeys
    from freshet.adapters.provider_keys import secret_keys

    settings = _settings().from_env(deps.environ)
    keys = secret_keys(deps.aws, settings.plaid_secret_arn, PlaidKeys.from_document)
    return PlaidHttpClient(settings.base_url, keys, deps.transport, rate_guard)


INTEGRATION = Integration(
    provider=Provider.PLAID,
    traits=_TRAITS,
    settings=_settings,
    limits=_limits,
    price=_price,
    reads_transactions=_reads_transactions,
    error_table=_error_table,
    webhooks=Webhooks(verifier=_verifier, to_event=_to_event, rules=_rules),
    reader=_reader,
    buyer=_buyer,
    offer=_offer,
    link_flow=_link_flow,
    documents=None,
    discovery=_discovery,
    credential_form=_credential_form,
    rotation=_rotation,
    try_keys=_try_keys,
    users=None,  # an Item is all that Plaid keeps of a user
)
