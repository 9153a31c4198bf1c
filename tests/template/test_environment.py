"""Each function is told exactly what its Settings read."""

from msgspec.structs import fields

from freshet import config
from freshet.registry import INTEGRATIONS
from tests.template.reading import Template

COMMON = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL"}
SETTINGS: dict[str, type[config.Settings]] = {
    "ApiFunction": config.ApiSettings,
    "ReceiveWebhookFunction": config.ReceiveWebhookSettings,
    "ProcessWebhookFunction": config.ProcessWebhookSettings,
    "PlanRefreshesFunction": config.PlanRefreshesSettings,
    "RefreshConnectionFunction": config.RefreshConnectionSettings,
    "TakeSnapshotsFunction": config.TakeSnapshotsSettings,
    "OperateFunction": config.OperateSettings,
}
PROVIDERS_OWN = {
    each.name.upper() for offered in INTEGRATIONS.values() for each in fields(offered.settings())
}


def test_every_function_has_settings(template: Template) -> None:
    assert set(SETTINGS) == set(template.functions)


def test_functions_find_every_variable_that_their_settings_read(template: Template) -> None:
    for name in SETTINGS:
        assert set(template.environment(name)) >= _read_by(name) | COMMON, name


def test_variable_is_written_once_whoever_reads_it(template: Template) -> None:
    """What several functions read stands among the globals, the rest beside its only reader."""
    shared = set(template.globals["Function"]["Environment"]["Variables"])
    for name in SETTINGS:
        own = set(template.environment(name)) - shared
        read_elsewhere = set[str]().union(*(_read_by(each) for each in SETTINGS if each != name))
        assert own - COMMON == _read_by(name) - read_elsewhere - PROVIDERS_OWN, name
    readers = {each: [name for name in SETTINGS if each in _read_by(name)] for each in shared}
    for variable in shared - COMMON - PROVIDERS_OWN:
        assert len(readers[variable]) > 1, variable


def _read_by(function: str) -> set[str]:
    return {each.name.upper() for each in fields(SETTINGS[function])}


def test_variable_means_the_same_in_every_function(template: Template) -> None:
    meanings: dict[str, object] = {}
    for name in template.functions:
        for variable, value in template.environment(name).items():
            if variable != "POWERTOOLS_SERVICE_NAME":
                assert meanings.setdefault(variable, value) == value, (name, variable)


def test_every_parameter_is_used(template: Template) -> None:
    body = str([template.globals, template.conditions, template.resources])
    for name in template.parameters:
        is_named = f"${{{name}}}" in body
        assert f"{{'Ref': '{name}'}}" in body or is_named, name


def test_no_variable_holds_a_secret(template: Template) -> None:
    for name in template.functions:
        for variable in template.environment(name):
            assert "KEY" not in variable, (name, variable)
            assert not variable.endswith("_SECRET"), (name, variable)


def test_user_secrets_lie_where_functions_may_reach_them(template: Template) -> None:
    prefix = template.environment("ApiFunction")["USER_SECRET_PREFIX"]
    assert prefix == {"Fn::Sub": "${AWS::StackName}/users/"}
