"""Each function is told exactly what its Settings read."""

from dataclasses import fields

import pytest

from freshet import config
from tests.template.reading import Template

COMMON = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL"}
SETTINGS: dict[str, type[config.Settings]] = {
    "ApiFunction": config.ApiSettings,
    "ReceiveWebhookFunction": config.ReceiveWebhookSettings,
    "ProcessWebhookFunction": config.ProcessWebhookSettings,
    "PlanRefreshesFunction": config.PlanRefreshesSettings,
    "RefreshConnectionFunction": config.RefreshConnectionSettings,
    "TakeSnapshotsFunction": config.TakeSnapshotsSettings,
}


def test_every_function_has_settings(template: Template) -> None:
    assert set(SETTINGS) == set(template.functions)


@pytest.mark.parametrize("name", SETTINGS)
def test_function_has_exactly_its_variables(template: Template, name: str) -> None:
    read = {each.name.upper() for each in fields(SETTINGS[name])}
    assert set(template.environment(name)) == read | COMMON


def test_variable_means_the_same_in_every_function(template: Template) -> None:
    meanings: dict[str, object] = {}
    for name in template.functions:
        for variable, value in template.environment(name).items():
            if variable != "POWERTOOLS_SERVICE_NAME":
                assert meanings.setdefault(variable, value) == value, (name, variable)


def test_every_parameter_is_used(template: Template) -> None:
    body = str([template.globals, template.resources])
    for name in template.parameters:
        is_condition = name == "AllowedOrigins"
        assert f"{{'Ref': '{name}'}}" in body or is_condition, name


def test_no_variable_holds_a_secret(template: Template) -> None:
    for name in template.functions:
        for variable in template.environment(name):
            assert "KEY" not in variable, (name, variable)
            assert not variable.endswith("_SECRET"), (name, variable)


def test_user_secrets_lie_where_functions_may_reach_them(template: Template) -> None:
    prefix = template.environment("ApiFunction")["USER_SECRET_PREFIX"]
    assert prefix == {"Fn::Sub": "${AWS::StackName}/users/"}
