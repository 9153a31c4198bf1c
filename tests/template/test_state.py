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
