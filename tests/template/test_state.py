"""What must survive: tables and secrets."""

import pytest

from tests.template.reading import Template

TABLES = ("ConnectionsTable", "SnapshotsTable")
SECRETS = {"SnapTradeSecret": "consumer_key", "PlaidSecret": "secret"}

every_table = pytest.mark.parametrize("name", TABLES)


def test_there_are_exactly_the_tables_we_know(template: Template) -> None:
    assert tuple(template.of_type("AWS::DynamoDB::Table")) == TABLES


@pytest.mark.parametrize("name", [*TABLES, *SECRETS, "UserPool"])
def test_deleting_the_stack_keeps_what_cannot_be_made_again(template: Template, name: str) -> None:
    resource = template.resources[name]
    assert resource["DeletionPolicy"] == "RetainExceptOnCreate"
    assert resource["UpdateReplacePolicy"] == "Retain"


def test_every_log_group_outlives_the_stack_and_what_it_belongs_to(template: Template) -> None:
    groups = template.of_type("AWS::Logs::LogGroup")
    assert groups
    for name in groups:
        resource = template.resources[name]
        assert resource["DeletionPolicy"] == "RetainExceptOnCreate", name
        assert resource["UpdateReplacePolicy"] == "Retain", name


def test_access_log_takes_no_room_in_the_policy_of_the_account(template: Template) -> None:
    [text, _] = template.of_type("AWS::Logs::LogGroup")["HttpApiLogGroup"]["LogGroupName"][
        "Fn::Sub"
    ]
    assert text.startswith("/aws/vendedlogs/")


def test_logs_may_be_kept_as_long_as_cloudwatch_can(template: Template) -> None:
    """The values of PutRetentionPolicy."""
    months = [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731]
    years = [1096, 1827, 2192, 2557, 2922, 3288, 3653]
    assert template.parameters["LogRetentionDays"]["AllowedValues"] == months + years


@every_table
def test_table_is_protected_where_the_deployment_says_so(template: Template, name: str) -> None:
    assert template.parameters["ProtectData"]["Default"] == "no"  # a first attempt may fail
    for choice, is_protected in (("no", False), ("yes", True)):
        table = template.given(ProtectData=choice).of_type("AWS::DynamoDB::Table")[name]
        assert table["DeletionProtectionEnabled"] is is_protected


@every_table
def test_table_is_recoverable_and_encrypted(template: Template, name: str) -> None:
    table = template.of_type("AWS::DynamoDB::Table")[name]
    recovery = table["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": True}
    assert table["SSESpecification"] == {"SSEEnabled": True}


@every_table
def test_rows_expire(template: Template, name: str) -> None:
    table = template.of_type("AWS::DynamoDB::Table")[name]
    expiry = {"AttributeName": "expires_at", "Enabled": True}
    assert table["TimeToLiveSpecification"] == expiry


@every_table
def test_table_is_paid_by_use_and_keyed_by_text(template: Template, name: str) -> None:
    table = template.of_type("AWS::DynamoDB::Table")[name]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["KeySchema"] == [
        {"AttributeName": "PK", "KeyType": "HASH"},
        {"AttributeName": "SK", "KeyType": "RANGE"},
    ]
    assert {each["AttributeType"] for each in table["AttributeDefinitions"]} == {"S"}


def test_due_index_holds_keys_and_the_age_alone(template: Template) -> None:
    tables = template.of_type("AWS::DynamoDB::Table")
    [due] = tables["ConnectionsTable"]["GlobalSecondaryIndexes"]
    assert due == {
        "IndexName": "due",
        "KeySchema": [
            {"AttributeName": "due_shard", "KeyType": "HASH"},
            {"AttributeName": "due_at", "KeyType": "RANGE"},
        ],
        "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["overdue_since"]},
    }
    assert "GlobalSecondaryIndexes" not in tables["SnapshotsTable"]


def test_there_are_exactly_the_secrets_we_know(template: Template) -> None:
    assert set(template.of_type("AWS::SecretsManager::Secret")) == set(SECRETS)


@pytest.mark.parametrize(("name", "key"), SECRETS.items())
def test_no_secret_is_written_in_the_template(template: Template, name: str, key: str) -> None:
    secret = template.of_type("AWS::SecretsManager::Secret")[name]
    assert "SecretString" not in secret
    assert secret["GenerateSecretString"]["GenerateStringKey"] == key
    assert secret["GenerateSecretString"]["SecretStringTemplate"] == '{"client_id": "fill-in"}'


def test_budget_has_no_default(template: Template) -> None:
    """Whoever deploys must say how much may be spent."""
    assert "Default" not in template.parameters["DeploymentMonthlyBudgetUsd"]
