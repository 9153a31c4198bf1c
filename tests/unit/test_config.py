"""Settings name the variable that is wrong, and never show its value."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import fields

from freshet import config
from freshet.adapters.plaid.settings import PlaidSettings
from freshet.domain.errors import ConfigurationError
from freshet.domain.prices import PriceList
from freshet.domain.provider import Provider
from freshet.registry import INTEGRATIONS
from tests.function_variables import FUNCTION_VARIABLES

SETTINGS: list[type[config.Settings]] = [
    config.ReceiveWebhookSettings,
    config.ProcessWebhookSettings,
    config.PlanRefreshesSettings,
    config.RefreshConnectionSettings,
    config.TakeSnapshotsSettings,
    config.ApiSettings,
    *(each.settings() for each in INTEGRATIONS.values()),
]
PRICES = {each: PriceList(Decimal("0.05")) for each in Provider}
VARIABLES = [(kind, each.name.upper()) for kind in SETTINGS for each in fields(kind)]
NUMBERS = [
    (kind, each.name.upper()) for kind in SETTINGS for each in fields(kind) if each.type is not str
]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, PriceList):
        return str(value.first)
    if isinstance(value, frozenset):
        return ",".join(sorted(value, reverse=True))
    return str(value)


@pytest.mark.parametrize("kind", SETTINGS)
def test_settings_hold_every_value_when_the_environment_is_whole(
    kind: type[config.Settings],
) -> None:
    settings = kind.from_env(FUNCTION_VARIABLES)
    for each in fields(kind):
        assert _text(getattr(settings, each.name)) == FUNCTION_VARIABLES[each.name.upper()]


@pytest.mark.parametrize(
    ("text", "providers"),
    [
        ("snaptrade", {Provider.SNAPTRADE}),
        ("plaid", {Provider.PLAID}),
        (" plaid , snaptrade ", {Provider.SNAPTRADE, Provider.PLAID}),
    ],
)
def test_providers_are_the_named_ones_when_the_variable_lists_them(
    text: str, providers: set[Provider]
) -> None:
    settings = config.ReceiveWebhookSettings.from_env(FUNCTION_VARIABLES | {"PROVIDERS": text})
    assert settings.providers == providers


@pytest.mark.parametrize("text", [",", "snaptrade,", "snaptrade,acme", "SnapTrade"])
def test_providers_are_refused_when_one_is_unknown(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"\bPROVIDERS\b"):
        config.ReceiveWebhookSettings.from_env(FUNCTION_VARIABLES | {"PROVIDERS": text})


@pytest.mark.parametrize("text", ["KMS", "secrets manager", "vault"])
def test_credential_store_is_refused_when_it_is_none_of_the_two(text: str) -> None:
    with pytest.raises(ConfigurationError, match="CREDENTIAL_STORE: must be") as refused:
        config.TakeSnapshotsSettings.from_env(FUNCTION_VARIABLES | {"CREDENTIAL_STORE": text})
    assert text not in str(refused.value)


@pytest.mark.parametrize("text", ["true", "1", "Yes", "no thanks"])
def test_answer_is_refused_when_it_is_neither_yes_nor_no(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"\bPLAID_TRANSACTIONS\b"):
        PlaidSettings.from_env(FUNCTION_VARIABLES | {"PLAID_TRANSACTIONS": text})


@pytest.mark.parametrize(("kind", "variable"), VARIABLES)
@pytest.mark.parametrize("text", [None, "", "  "])
def test_variable_is_named_when_it_is_missing(
    kind: type[config.Settings], variable: str, text: str | None
) -> None:
    broken = {name: value for name, value in FUNCTION_VARIABLES.items() if name != variable}
    if text is not None:
        broken[variable] = text
    with pytest.raises(ConfigurationError, match=rf"\b{variable} is missing"):
        kind.from_env(broken)


@pytest.mark.parametrize(("kind", "variable"), NUMBERS)
@pytest.mark.parametrize("text", ["ten", "NaN", "1e999", "12 apples"])
def test_variable_is_named_without_its_value_when_it_is_malformed(
    kind: type[config.Settings], variable: str, text: str
) -> None:
    with pytest.raises(ConfigurationError, match=rf"\b{variable}\b") as refused:
        kind.from_env(FUNCTION_VARIABLES | {variable: text})
    assert text not in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "variable"),
    [(kind, each.name.upper()) for kind in SETTINGS for each in fields(kind) if each.type is int],
)
@pytest.mark.parametrize("text", ["-1", "+1", "1.0", "0x10", "1_000"])
def test_number_is_refused_by_name_when_it_is_negative_or_oddly_written(
    kind: type[config.Settings], variable: str, text: str
) -> None:
    with pytest.raises(ConfigurationError, match=rf"\b{variable}\b") as refused:
        kind.from_env(FUNCTION_VARIABLES | {variable: text})
    assert text not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "scopes"),
    [
        ("-", set()),
        ("freshet/read", {"freshet/read"}),
        ("freshet/read freshet/link", {"freshet/read", "freshet/link"}),
    ],
)
def test_default_scopes_are_what_a_user_may_do_alone(text: str, scopes: set[str]) -> None:
    environment = FUNCTION_VARIABLES | {"DEFAULT_USER_SCOPES": text}
    assert set(config.ApiSettings.from_env(environment).default_user_scopes) == scopes


@pytest.mark.parametrize("text", ["freshet/act-as", "freshet/read freshet/operate", "read", "*"])
def test_scope_that_acts_for_others_is_no_default(text: str) -> None:
    environment = FUNCTION_VARIABLES | {"DEFAULT_USER_SCOPES": text}
    with pytest.raises(ConfigurationError, match="DEFAULT_USER_SCOPES"):
        config.ApiSettings.from_env(environment)


def test_policy_says_what_the_variables_say_when_they_make_sense() -> None:
    policy = config.RefreshConnectionSettings.from_env(FUNCTION_VARIABLES).policy(PRICES)
    assert policy.prices == PRICES
    assert (policy.monthly_budget, policy.cooldown) == (Decimal(10), timedelta(minutes=15))
    assert (policy.user_daily_refreshes, policy.connection_daily_refreshes) == (20, 4)


@pytest.mark.parametrize(
    ("variable", "text"),
    [
        ("DEPLOYMENT_MONTHLY_BUDGET_USD", "0"),
        ("DEPLOYMENT_MONTHLY_BUDGET_USD", "-1"),
        ("USER_DAILY_REFRESHES", "0"),
        ("CONNECTION_DAILY_REFRESHES", "0"),
    ],
)
def test_deployment_does_not_start_when_its_rules_cannot_be(variable: str, text: str) -> None:
    settings = config.RefreshConnectionSettings.from_env(FUNCTION_VARIABLES | {variable: text})
    with pytest.raises(ConfigurationError):
        settings.policy(PRICES)


def test_price_is_what_the_providers_variable_says() -> None:
    prices = {each: offered.price(FUNCTION_VARIABLES) for each, offered in INTEGRATIONS.items()}
    assert prices[Provider.SNAPTRADE] == PriceList(Decimal("0.05"))
    assert prices[Provider.PLAID] == PriceList(Decimal("0.12"))


@pytest.mark.parametrize("provider", Provider)
@pytest.mark.parametrize(
    "text", ["-0.05", "0.05,2027-01-01=-1", "0.05,2027-02-30=0.06", "0.05,2028-03-01", "2027=0.1"]
)
def test_price_list_is_refused_by_name_when_it_makes_no_sense(
    provider: Provider, text: str
) -> None:
    variable = f"{provider.upper()}_REFRESH_PRICE_USD"
    with pytest.raises(ConfigurationError, match=rf"\b{variable}\b") as refused:
        INTEGRATIONS[provider].price(FUNCTION_VARIABLES | {variable: text})
    assert text not in str(refused.value)
