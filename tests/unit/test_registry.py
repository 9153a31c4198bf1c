"""Each provider is one whole package, and its traits are capabilities, not names in disguise."""

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from msgspec.structs import fields

from freshet import adapters, registry
from freshet.adapters.integration import Integration
from freshet.domain.call_errors import ERRORS_BY_REASON, ProviderError
from freshet.domain.provider import Provider
from freshet.domain.provider_traits import ProviderTraits
from tests.fakes.integration import FAKE_TRAITS
from tests.function_variables import FUNCTION_VARIABLES

PACKAGES = {
    each.parent.name
    for each in Path(*adapters.__path__).glob("*/__init__.py")
    if "INTEGRATION = " in each.read_text()
}
CAPABILITIES = [each.name for each in fields(ProviderTraits) if each.type is bool]

_EMPTY = SimpleNamespace(get_parameter=lambda **_: {"Parameter": {"Value": "{}"}})
"""A client of AWS that finds nothing."""

each_provider = pytest.mark.parametrize("provider", Provider)


def _integration(provider: Provider) -> Integration:
    return registry.INTEGRATIONS[provider]


def test_every_package_is_registered_and_every_provider_has_one() -> None:
    assert set(registry.INTEGRATIONS) == set(Provider)
    assert {str(each) for each in registry.INTEGRATIONS} == PACKAGES


@each_provider
def test_integration_stands_in_the_package_of_its_name(provider: Provider) -> None:
    package = import_module(f"freshet.adapters.{provider}")
    assert package.INTEGRATION is _integration(provider)
    assert _integration(provider).provider is provider


@each_provider
def test_facts_that_the_code_relies_on_are_noted(provider: Provider) -> None:
    package = import_module(f"freshet.adapters.{provider}")
    assert Path(*package.__path__, "NOTES.md").read_text().startswith("# ")


@each_provider
def test_variables_begin_with_the_providers_name_and_can_be_read(provider: Provider) -> None:
    integration = _integration(provider)
    names = [each.name for each in fields(integration.settings())]
    assert names
    assert all(each.startswith(f"{provider}_") for each in names)
    limits = integration.limits(FUNCTION_VARIABLES)
    assert 1 < limits.purchases_per_minute <= limits.calls_per_minute
    assert integration.price(FUNCTION_VARIABLES).first > 0
    assert isinstance(integration.reads_transactions(FUNCTION_VARIABLES), bool)


@each_provider
def test_every_documented_error_has_a_meaning_that_can_be_put_on_record(
    provider: Provider,
) -> None:
    table = _integration(provider).error_table()
    assert table
    for code, kind in table.items():
        assert issubclass(kind, ProviderError), code
        assert kind.reason in ERRORS_BY_REASON, code


@each_provider
def test_every_kind_of_webhook_has_a_rule_where_there_are_webhooks(provider: Provider) -> None:
    webhooks = _integration(provider).webhooks
    if webhooks is None:
        assert _integration(provider).traits.may_sync_silently
        return
    assert webhooks.rules()
    verifier = webhooks.verifier(FUNCTION_VARIABLES, lambda _: _EMPTY)
    assert all(each == each.lower() for each in verifier.event_headers)


@each_provider
def test_user_can_come_back_in_at_least_one_form(provider: Provider) -> None:
    offer = _integration(provider).offer()
    assert offer.link_page
    assert offer.returns
    assert all(form.required for form in offer.returns)


@each_provider
def test_parts_agree_with_the_traits(provider: Provider) -> None:
    integration = _integration(provider)
    assert (integration.users is None) == integration.traits.has_credential_per_connection
    assert (integration.documents is None) == (integration.offer().documented is None)
    assert integration.traits.calls_per_read_run >= integration.traits.calls_for_accounts(1)
    assert integration.credential_form().__name__


@pytest.mark.parametrize("name", CAPABILITIES)
def test_trait_is_a_capability_that_at_least_two_integrations_have(name: str) -> None:
    traits = [*registry.TRAITS.values(), FAKE_TRAITS]
    assert sum(getattr(each, name) for each in traits) > 1


@each_provider
def test_third_provider_has_other_traits_than_the_real_ones(provider: Provider) -> None:
    mine = registry.TRAITS[provider]
    assert any(getattr(mine, name) != getattr(FAKE_TRAITS, name) for name in CAPABILITIES)
    assert mine.limits != FAKE_TRAITS.limits
