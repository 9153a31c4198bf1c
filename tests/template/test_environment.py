"""Each function is told exactly what it needs to know.

The names come from nowhere else: whoever reads a new variable adds it here and in the template.
"""

import pytest

from tests.template.reading import Template

COMMON = {"POWERTOOLS_SERVICE_NAME", "POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_LOG_LEVEL"}
PURCHASE = {
    "CONNECTIONS_TABLE",
    "SNAPSHOT_QUEUE_URL",
    "SNAPTRADE_SECRET_ARN",
    "SNAPTRADE_BASE_URL",
    "SNAPTRADE_REQUESTS_PER_MINUTE",
    "SNAPTRADE_REFRESH_PRICE_USD",
    "USER_SECRET_PREFIX",
    "DEPLOYMENT_MONTHLY_BUDGET_USD",
    "USER_DAILY_REFRESHES",
    "CONNECTION_DAILY_REFRESHES",
    "REFRESH_COOLDOWN_SECONDS",
}
VARIABLES = {
    "ApiFunction": PURCHASE
    | {
        "SNAPSHOTS_TABLE",
        "REFRESH_QUEUE_URL",
        "USER_ID_CLAIM",
        "DEFAULT_USER_SCOPES",
        "AGEING_AFTER_HOURS",
        "STALE_AFTER_HOURS",
        "REPORTING_TIME_ZONE",
    },
    "ReceiveWebhookFunction": {"WEBHOOK_QUEUE_URL", "SNAPTRADE_SECRET_ARN"},
    "ProcessWebhookFunction": {
        "CONNECTIONS_TABLE",
        "SNAPSHOT_QUEUE_URL",
        "WEBHOOK_DEBOUNCE_SECONDS",
        "WEBHOOK_RETENTION_DAYS",
    },
    "PlanRefreshesFunction": {
        "CONNECTIONS_TABLE",
        "REFRESH_QUEUE_URL",
        "SNAPSHOT_QUEUE_URL",
        "SNAPTRADE_REQUESTS_PER_MINUTE",
    },
    "RefreshConnectionFunction": PURCHASE,
    "TakeSnapshotsFunction": {
        "CONNECTIONS_TABLE",
        "SNAPSHOTS_TABLE",
        "SNAPTRADE_SECRET_ARN",
        "SNAPTRADE_BASE_URL",
        "SNAPTRADE_REQUESTS_PER_MINUTE",
        "USER_SECRET_PREFIX",
        "SNAPSHOT_RETENTION_DAYS",
        "EVENT_BUS_NAME",
    },
}


@pytest.mark.parametrize("name", VARIABLES)
def test_function_has_exactly_its_variables(template: Template, name: str) -> None:
    assert set(template.environment(name)) == VARIABLES[name] | COMMON


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
