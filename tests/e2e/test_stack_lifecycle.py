"""A stack's life on the local AWS: deployed, updated, rolled back, deleted, deployed again.

Its own stack, as it does not survive. Physical names that AWS would draw anew are the same again
here, so that the second deployment finds what the first one left.
"""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.depth import IS_DEEP
from tests.local_stack import deployment
from tests.local_stack.local_stack import LocalStack

pytestmark = pytest.mark.skipif(not IS_DEEP, reason="deploys a stack of its own four times")

VALUES = {
    "JwtIssuer": "http://127.0.0.1:1/",
    "JwtAudience": "app",
    "DeploymentMonthlyBudgetUsd": "25",
}
NAME = deployment.STACK_NAME
# What no queue can have, once the tables and the API are there.
BROKEN = {
    "Type": "AWS::SQS::Queue",
    "DependsOn": ["ConnectionsTable", "SnapshotsTable", "ApiFunction"],
    "Properties": {"VisibilityTimeout": 99_999_999},
}
KEPT = {"PK": {"S": "USER#ida"}, "SK": {"S": "KEPT"}}


@pytest.fixture(scope="module")
def stack() -> Iterator[LocalStack]:
    with LocalStack(VALUES, enforce_iam=True) as running:
        yield running


def _settled(stack: LocalStack, name: str = NAME) -> str:
    """Wait until a stack has come to rest, and give its status."""
    cloudformation = stack.client("cloudformation")
    while True:
        try:
            [found] = cloudformation.describe_stacks(StackName=name)["Stacks"]
        except cloudformation.exceptions.ClientError:
            return "GONE"
        if not found["StackStatus"].endswith("_IN_PROGRESS"):
            return str(found["StackStatus"])
        time.sleep(0.1)


def _broken_template(stack: LocalStack) -> str:
    """Put a template beside the artifacts that fails late, and give its address."""
    answer = stack.client("cloudformation").get_template(StackName=NAME, TemplateStage="Processed")
    body = answer["TemplateBody"]
    document = json.loads(body) if isinstance(body, str) else body
    document["Resources"]["Broken"] = BROKEN
    key = "broken.json"
    text = json.dumps(document).encode()
    stack.client("s3").put_object(Bucket=deployment.BUCKET, Key=key, Body=text)
    return f"{stack.endpoint_url}/{deployment.BUCKET}/{key}"


def _as_parameters(values: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": value} for key, value in values.items()]


def _tables(stack: LocalStack) -> set[str]:
    return set(stack.client("dynamodb").list_tables()["TableNames"])


def _cooldown(stack: LocalStack) -> str:
    function = stack.outputs["ApiFunctionName"]
    configuration = stack.client("lambda").get_function_configuration(FunctionName=function)
    return str(configuration["Environment"]["Variables"]["REFRESH_COOLDOWN_SECONDS"])


def test_first_deployment_that_fails_takes_away_what_it_made(stack: LocalStack) -> None:
    before = _tables(stack)
    stack.client("cloudformation").create_stack(
        StackName="first-attempt",
        TemplateURL=_broken_template(stack),
        Parameters=_as_parameters(VALUES),
        Capabilities=["CAPABILITY_IAM"],
    )
    assert _settled(stack, "first-attempt") == "ROLLBACK_COMPLETE"
    assert _tables(stack) == before
    secrets = stack.client("secretsmanager").list_secrets()["SecretList"]
    assert not [each for each in secrets if each["Name"].startswith("first-attempt")]


def test_update_that_fails_leaves_the_values_as_they_were(stack: LocalStack) -> None:
    stack.client("cloudformation").update_stack(
        StackName=NAME,
        TemplateURL=_broken_template(stack),
        Parameters=_as_parameters(VALUES | {"RefreshCooldownSeconds": "1234"}),
        Capabilities=["CAPABILITY_IAM"],
    )
    assert _settled(stack) == "UPDATE_ROLLBACK_COMPLETE"
    assert _cooldown(stack) == "900"


def test_second_deployment_protects_the_tables(stack: LocalStack) -> None:
    stack.change({"ProtectData": "yes", "RefreshCooldownSeconds": "1234"})
    assert _cooldown(stack) == "1234"
    dynamodb = stack.client("dynamodb")
    for output in ("ConnectionsTableName", "SnapshotsTableName"):
        with pytest.raises(dynamodb.exceptions.ClientError, match="protected"):
            dynamodb.delete_table(TableName=stack.outputs[output])


def test_deleted_stack_keeps_its_data_and_can_be_deployed_again(stack: LocalStack) -> None:
    table = stack.outputs["ConnectionsTableName"]
    stack.client("dynamodb").put_item(TableName=table, Item=KEPT)
    stack.client("cloudformation").delete_stack(StackName=NAME)
    assert _settled(stack) == "GONE"
    assert stack.client("dynamodb").get_item(TableName=table, Key=KEPT)["Item"] == KEPT
    for output in ("SnapTradeSecretArn", "PlaidSecretArn"):
        described = stack.client("secretsmanager").describe_secret(SecretId=stack.outputs[output])
        assert not described.get("DeletedDate"), output
    roles: list[Any] = stack.client("iam").list_roles()["Roles"]
    assert not [each for each in roles if each["RoleName"].startswith(NAME)]

    stack.deploy_again()
    assert _settled(stack) == "CREATE_COMPLETE"
    answer = stack.client("lambda").invoke(
        FunctionName=stack.outputs["PlanRefreshesFunctionName"], Payload=b"{}"
    )
    assert json.loads(answer["Payload"].read()) == {"planned": 0}
