"""One Settings value for each function: its environment variables, read once, refused by name."""

import re
from collections.abc import Callable, Mapping
from datetime import timedelta, tzinfo
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Self

from msgspec import Struct
from msgspec.structs import fields

from freshet.domain.errors import ConfigurationError
from freshet.domain.money import exact_decimal
from freshet.domain.prices import PriceList
from freshet.domain.provider import Provider

if TYPE_CHECKING:
    from freshet.domain.purchase import PurchasePolicy


class CredentialStore(StrEnum):
    """Where users' credentials are kept."""

    SECRETS_MANAGER = "secretsmanager"
    KMS = "kms"


class RedirectUris(frozenset[str]):
    """Where users may be sent back after linking."""


class UserScopes(frozenset[str]):
    """What users may do by themselves."""


class Settings(Struct, frozen=True, kw_only=True, eq=False):
    """A function's variables: each field is one, named like it in capitals.

    No code compares or prints them: what that takes would be made at every start.
    """

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read every variable; raises ConfigurationError naming the first that is not right."""
        values = {each.name: _read(environ, each.name, each.type) for each in fields(cls)}
        return cls(**values)


class ReceiveWebhookSettings(Settings, frozen=True, kw_only=True, eq=False):
    """Variables of `receive_webhook`."""

    providers: frozenset[Provider]
    webhook_queue_url: str


class ProcessWebhookSettings(Settings, frozen=True, kw_only=True, eq=False):
    """Variables of `process_webhook`."""

    connections_table: str
    snapshot_queue_url: str
    webhook_debounce_seconds: int
    webhook_retention_days: int


class PlanRefreshesSettings(Settings, frozen=True, kw_only=True, eq=False):
    """Variables of `plan_refreshes`."""

    providers: frozenset[Provider]
    connections_table: str
    refresh_queue_url: str
    snapshot_queue_url: str
    deployment_monthly_budget_usd: Decimal


class ProviderSettings(Settings, frozen=True, kw_only=True, eq=False):
    """Variables of every function that calls providers, beside the providers' own."""

    providers: frozenset[Provider]
    connections_table: str
    user_secret_prefix: str
    credential_store: CredentialStore
    credential_kms_arn: str
    event_bus_name: str


class PurchaseSettings(ProviderSettings, frozen=True, kw_only=True, eq=False):
    """Variables of every function that buys."""

    snapshot_queue_url: str
    deployment_monthly_budget_usd: Decimal
    user_daily_refreshes: int
    connection_daily_refreshes: int
    refresh_cooldown_seconds: int

    def policy(self, prices: Mapping[Provider, PriceList]) -> "PurchasePolicy":
        """Give the rules of purchase; raises ConfigurationError for a rule that cannot be."""
        # Only who buys loads what buying means: it would slow the receiver's cold start.
        from freshet.domain.purchase import PurchasePolicy

        try:
            return PurchasePolicy(
                prices=prices,
                monthly_budget=self.deployment_monthly_budget_usd,
                user_daily_refreshes=self.user_daily_refreshes,
                connection_daily_refreshes=self.connection_daily_refreshes,
                cooldown=timedelta(seconds=self.refresh_cooldown_seconds),
            )
        except ValueError as error:
            text = str(error)
            for rule, variable in _VARIABLES_OF_RULES.items():
                text = text.replace(rule, variable)
            raise ConfigurationError(f"environment variable {text}") from error


class RefreshConnectionSettings(PurchaseSettings, frozen=True, kw_only=True, eq=False):
    """Variables of `refresh_connection`."""

    snapshots_table: str


class TakeSnapshotsSettings(ProviderSettings, frozen=True, kw_only=True, eq=False):
    """Variables of `take_snapshots`."""

    snapshots_table: str
    snapshot_retention_days: int
    reporting_time_zone: tzinfo


class ApiSettings(PurchaseSettings, frozen=True, kw_only=True, eq=False):
    """Variables of `api`."""

    snapshots_table: str
    refresh_queue_url: str
    user_id_claim: str
    default_user_scopes: UserScopes
    ageing_after_hours: int
    stale_after_hours: int
    prices_old_after_days: int
    reporting_time_zone: tzinfo
    link_redirect_uris: RedirectUris
    docs: bool


class OperateSettings(ProviderSettings, frozen=True, kw_only=True, eq=False):
    """Variables of `operate`."""

    snapshots_table: str
    webhook_queue_url: str
    refresh_queue_url: str
    snapshot_queue_url: str
    webhook_dead_letter_queue_url: str
    refresh_dead_letter_queue_url: str
    snapshot_dead_letter_queue_url: str
    plan_refreshes_dead_letter_queue_url: str
    audit_dead_letter_queue_url: str
    deployment_monthly_budget_usd: Decimal
    stack_name: str


# The scopes that act for others or for the whole deployment are in a token or nowhere.
_USER_SCOPES = ("freshet/read", "freshet/refresh", "freshet/link")

# An app's own scheme will do, too; what is added is a segment of the path.
_REDIRECT_URI = re.compile(r"[a-z][a-z0-9+.-]*://[^\s?#,]+")

_VARIABLES_OF_RULES = {
    "monthly_budget": "DEPLOYMENT_MONTHLY_BUDGET_USD",
    "user_daily_refreshes": "USER_DAILY_REFRESHES",
    "connection_daily_refreshes": "CONNECTION_DAILY_REFRESHES",
}


def _read(environ: Mapping[str, str], name: str, kind: Any) -> Any:
    variable = name.upper()
    text = environ.get(variable, "").strip()
    if not text:
        raise ConfigurationError(f"environment variable {variable} is missing")
    try:
        return _PARSERS[kind](text)
    except ValueError as error:
        raise ConfigurationError(f"environment variable {variable}: {error}") from None


def _natural(text: str) -> int:
    if not text.isdecimal():
        raise ValueError("must be a whole number, zero or more")
    return int(text)


def _yes_or_no(text: str) -> bool:
    if text not in ("yes", "no"):
        raise ValueError("must be yes or no")
    return text == "yes"


def _credential_store(text: str) -> CredentialStore:
    try:
        return CredentialStore(text)
    except ValueError:
        raise ValueError(f"must be {' or '.join(CredentialStore)}") from None


def _time_zone(text: str) -> tzinfo:
    # Only who knows days loads time zones: they would slow the receiver's cold start.
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(text)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError("must name a time zone, like America/New_York") from error


def _redirect_uris(text: str) -> RedirectUris:
    named = [] if text == "-" else [each.strip() for each in text.split(",")]
    if not all(_REDIRECT_URI.fullmatch(each) for each in named):
        raise ValueError("must be addresses without query and fragment")
    return RedirectUris(named)


def _user_scopes(text: str) -> UserScopes:
    named = [] if text == "-" else text.split()
    if not set(named) <= set(_USER_SCOPES):
        raise ValueError(f"must be scopes out of {', '.join(_USER_SCOPES)}")
    return UserScopes(named)


def _providers(text: str) -> frozenset[Provider]:
    known = {str(provider) for provider in Provider}
    named = {name.strip() for name in text.split(",")}
    if not named <= known:
        raise ValueError(f"must name providers out of {', '.join(sorted(known))}")
    return frozenset(Provider(name) for name in named)


_PARSERS: dict[Any, Callable[[str], Any]] = {
    str: str,
    int: _natural,
    bool: _yes_or_no,
    Decimal: exact_decimal,
    PriceList: PriceList.parse,
    CredentialStore: _credential_store,
    tzinfo: _time_zone,
    frozenset[Provider]: _providers,
    RedirectUris: _redirect_uris,
    UserScopes: _user_scopes,
}
