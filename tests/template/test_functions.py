"""What every function must have."""

from pathlib import Path

import pytest

from tests.template.reading import PATH, Template

FUNCTIONS = {
    "ApiFunction": "api",
    "ReceiveWebhookFunction": "receive_webhook",
    "ProcessWebhookFunction": "process_webhook",
    "PlanRefreshesFunction": "plan_refreshes",
    "RefreshConnectionFunction": "refresh_connection",
    "TakeSnapshotsFunction": "take_snapshots",
    "OperateFunction": "operate",
}

# A function without one would run with the default of 3 s.
TIMEOUTS = {
    "ApiFunction": 29,
    "ReceiveWebhookFunction": 10,
    "ProcessWebhookFunction": 30,
    "PlanRefreshesFunction": 60,
    "RefreshConnectionFunction": 120,
    "TakeSnapshotsFunction": 120,
    "OperateFunction": 900,
}

every_function = pytest.mark.parametrize("name", FUNCTIONS)


def test_there_are_exactly_the_functions_we_know(template: Template) -> None:
    assert set(template.functions) == set(FUNCTIONS)


@every_function
def test_function_has_its_own_folder_and_the_common_entry_point(
    template: Template, name: str
) -> None:
    function = template.functions[name]
    assert function["CodeUri"] == f"functions/{FUNCTIONS[name]}/"
    assert function["Handler"] == "app.lambda_handler"


@every_function
def test_timeout_is_explicit(template: Template, name: str) -> None:
    assert template.functions[name]["Timeout"] == TIMEOUTS[name]


@every_function
def test_function_runs_on_the_chosen_python_and_processor(template: Template, name: str) -> None:
    function = template.functions[name]
    assert function["Runtime"] == f"python{PATH.with_name('.python-version').read_text().strip()}"
    assert function["Architectures"] == [{"Ref": "Architecture"}]


@every_function
def test_function_uses_both_layers(template: Template, name: str) -> None:
    layers = [{"Ref": "DependenciesLayer"}, {"Ref": "CoreLayer"}]
    assert template.functions[name]["Layers"] == layers


@every_function
def test_changed_layer_or_parameter_reaches_function_at_once(template: Template, name: str) -> None:
    """An alias would stay with a version made of the old values."""
    function = template.functions[name]
    assert not {"AutoPublishAlias", "SnapStart", "ProvisionedConcurrencyConfig"} & set(function)


@every_function
def test_function_logs_json_into_a_group_of_its_own(template: Template, name: str) -> None:
    logging = template.functions[name]["LoggingConfig"]
    assert logging["LogFormat"] == "JSON"
    assert logging["LogGroup"] == {"Ref": name.replace("Function", "LogGroup")}


@every_function
def test_function_names_itself_in_logs_and_metrics(template: Template, name: str) -> None:
    environment = template.environment(name)
    assert environment["POWERTOOLS_SERVICE_NAME"] == FUNCTIONS[name]
    assert environment["POWERTOOLS_METRICS_NAMESPACE"] == {"Fn::Sub": "Freshet/${AWS::StackName}"}


def test_every_log_group_forgets(template: Template) -> None:
    groups = template.of_type("AWS::Logs::LogGroup")
    assert set(groups) == {name.replace("Function", "LogGroup") for name in FUNCTIONS} | {
        "HttpApiLogGroup"
    }
    for name, group in groups.items():
        assert group["RetentionInDays"] == {"Ref": "LogRetentionDays"}, name
    assert template.parameters["LogRetentionDays"]["Default"] == 30


def test_layer_is_built_for_the_default_processor(template: Template) -> None:
    built_for = Path(PATH.parent / "layers" / "dependencies" / "architecture").read_text().strip()
    assert built_for == template.parameters["Architecture"]["Default"]


def test_both_layers_are_built_by_their_makefile(template: Template) -> None:
    for name in ("DependenciesLayer", "CoreLayer"):
        metadata = template.resources[name]["Metadata"]
        assert metadata == {"BuildMethod": "makefile", "WorkingDirectory": "."}, name
