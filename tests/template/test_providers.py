"""Deployments with both providers, and with one only."""

import re
from collections.abc import Iterator

import pytest
from msgspec.structs import fields

from freshet.domain.provider import Provider
from freshet.registry import INTEGRATIONS
from tests.local_stack.conditions import Conditions
from tests.template.reading import Node, Template

OF_PROVIDER = {
    "snaptrade": {"SnapTradeSecret", "SnapTradeSecretArn", "WebhookUrl"},
    "plaid": {"PlaidSecret", "PlaidSecretArn", "PlaidWebhookUrl", "PlaidWebhookKeys"},
}
SECRETS = {
    "SNAPTRADE_SECRET_ARN": "SnapTradeSecret",
    "PLAID_SECRET_ARN": "PlaidSecret",
    "PLAID_JWKS_PARAMETER": "PlaidWebhookKeys",
}

each_choice = pytest.mark.parametrize("providers", ["snaptrade,plaid", "snaptrade", "plaid"])


def test_both_providers_are_the_default_and_none_is_not_a_choice(template: Template) -> None:
    parameter = template.parameters["Providers"]
    assert parameter["Default"] == "snaptrade,plaid"
    assert {"snaptrade,plaid", "snaptrade", "plaid"} <= set(parameter["AllowedValues"])


@pytest.mark.parametrize("provider", Provider)
def test_every_function_is_told_what_a_provider_needs_in_one_block(
    template: Template, provider: Provider
) -> None:
    variables = list(template.globals["Function"]["Environment"]["Variables"])
    block = [each for each in variables if each.startswith(f"{provider.upper()}_")]
    assert set(block) == {each.name.upper() for each in fields(INTEGRATIONS[provider].settings())}
    first = variables.index(block[0])
    assert variables[first : first + len(block)] == block


def test_every_provider_can_be_chosen_alone(template: Template) -> None:
    assert set(Provider) <= set(template.parameters["Providers"]["AllowedValues"])


def test_provider_is_used_only_where_it_is_named(template: Template) -> None:
    conditions = {each for each in template.conditions if each.startswith("Use")}
    assert {each.removeprefix("Use").lower() for each in conditions} <= set(Provider)
    for chosen in (*template.parameters["Providers"]["AllowedValues"], "another", "another,more"):
        decided = Conditions(template.conditions, {"Providers": chosen})
        used = {each for each in conditions if decided.holds(each)}
        named = {f"use{each}" for each in chosen.split(",")}
        assert {each for each in conditions if each.lower() in named} == used, chosen


@each_choice
def test_only_the_chosen_providers_have_a_secret_and_outputs(
    template: Template, providers: str
) -> None:
    deployment = template.given(Providers=providers)
    there = set(deployment.resources) | set(deployment.outputs)
    for provider, names in OF_PROVIDER.items():
        assert there & names == (names if provider in providers.split(",") else set()), provider


def test_variables_have_the_same_names_and_are_never_empty_whoever_is_chosen(
    template: Template, deployment: Template
) -> None:
    """Settings refuse an empty variable; "-" stands for a provider that is not configured."""
    for name in template.functions:
        variables = deployment.environment(name)
        assert set(variables) == set(template.environment(name)), name
        for variable, value in variables.items():
            assert value not in ("", None), (name, variable)
        for variable in set(SECRETS) & set(variables):
            secret = SECRETS[variable]
            known = ({"Fn::GetAtt": [secret, "Id"]}, {"Ref": secret})
            wanted = known if secret in deployment.resources else ("-",)
            assert variables[variable] in wanted, (name, variable)


def test_address_of_a_webhook_names_its_provider(template: Template) -> None:
    for output, provider in {"WebhookUrl": "snaptrade", "PlaidWebhookUrl": "plaid"}.items():
        address = template.outputs[output]["Value"]["Fn::Sub"]
        assert address.startswith("https://${HttpApi}.")
        assert address.endswith(f"/webhooks/{provider}")


def test_defaults_of_plaid_are_those_of_its_documentation(template: Template) -> None:
    default = {name: each.get("Default") for name, each in template.parameters.items()}
    assert default["PlaidBaseUrl"] == "https://production.plaid.com"
    assert default["PlaidRequestsPerMinute"] == 2000
    assert default["PlaidRefreshesPerMinute"] == 100


def test_second_subscription_is_never_started_unasked(template: Template) -> None:
    parameter = template.parameters["TransactionsOnPlaid"]
    assert parameter["Default"] == "no"
    assert parameter["AllowedValues"] == ["no", "yes"]


def test_price_is_text_so_that_no_digit_is_lost(template: Template) -> None:
    for name in ("SnapTradeRefreshPriceUsd", "PlaidRefreshPriceUsd"):
        parameter = template.parameters[name]
        assert parameter["Type"] == "String"
        assert re.fullmatch(parameter["AllowedPattern"], parameter["Default"])
        assert not re.fullmatch(parameter["AllowedPattern"], "-1")


@each_choice
@pytest.mark.parametrize("issuer", ["", "https://login.example.com/"])
def test_nothing_refers_to_what_is_not_deployed(
    template: Template, providers: str, issuer: str
) -> None:
    deployment = template.given(Providers=providers, JwtIssuer=issuer)
    known = set(deployment.resources) | set(template.parameters)
    named = set(names_in([deployment.globals, deployment.resources, deployment.outputs]))
    assert {name for name in named if not name.startswith("AWS::")} <= known


def names_in(node: Node) -> Iterator[str]:
    """Every parameter and resource that a node refers to."""
    match node:
        case {"Ref": name}:
            yield name
        case {"Fn::GetAtt": [name, *_]}:
            yield name
        case {"Fn::Sub": [text, given]}:
            yield from (name for name in _names_in_text(text) if name not in given)
            yield from names_in(given)
        case {"Fn::Sub": text}:
            yield from _names_in_text(text)
        case dict():
            for value in node.values():
                yield from names_in(value)
        case list():
            for value in node:
                yield from names_in(value)


def _names_in_text(text: str) -> list[str]:
    return [name.split(".")[0] for name in re.findall(r"\$\{([^}]+)\}", text)]
