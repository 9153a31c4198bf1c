"""What CloudFormation is given after SAM's translation: our own roles, and nothing that dangles."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from tests.template.reading import Node, Template, as_list

BOUNDARY = "arn:aws:iam::123456789012:policy/boundary"
POOL = {"CallbackUrls": "https://app.example.com/back"}
ISSUER = {"JwtIssuer": "https://login.example.com/", "JwtAudience": "app"}
CHOICES: dict[str, dict[str, str]] = {
    "pool": POOL,
    "pool with two clients": POOL
    | {"MachineClientScopes": "freshet/act-as,freshet/read", "FurtherClientIds": "abc,def"},
    "issuer": ISSUER,
    "SnapTrade alone": ISSUER | {"Providers": "snaptrade"},
    "Plaid alone": ISSUER | {"Providers": "plaid"},
    "kms": ISSUER | {"CredentialStore": "kms"},
    "boundary": ISSUER | {"PermissionsBoundary": BOUNDARY},
    "protected": POOL | {"ProtectData": "yes"},
    "import bucket": ISSUER | {"ImportBucket": "bucket"},
    "topic": ISSUER | {"AlarmTopicArn": "arn:aws:sns:us-east-1:123456789012:on-call"},
    "address": ISSUER | {"AlarmEmail": "on-call@example.com"},
}
# What must be unique in an account and region, by type.
NAMES = {
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::CloudWatch::Dashboard": "DashboardName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::Events::EventBus": "Name",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Alias": "AliasName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Lambda::LayerVersion": "LayerName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::Logs::QueryDefinition": "Name",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::SSM::Parameter": "Name",
    "AWS::Scheduler::Schedule": "Name",
    "AWS::SecretsManager::Secret": "Name",
}
POOL_TYPE = "AWS::Cognito::UserPool"  # its name need not be unique
BY_LAMBDA = {
    "Effect": "Allow",
    "Principal": {"Service": "lambda.amazonaws.com"},
    "Action": "sts:AssumeRole",
}
BY_SCHEDULER = BY_LAMBDA | {
    "Principal": {"Service": "scheduler.amazonaws.com"},
    "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
}
SCHEDULES = {
    "PlanRefreshesScheduleRole": {"PlanRefreshesFunction", "PlanRefreshesDeadLetterQueue"},
    "AuditScheduleRole": {"TakeSnapshotsFunction", "AuditDeadLetterQueue"},
}


@pytest.fixture(scope="module")
def translated() -> dict[str, Template]:
    return Template.translated(CHOICES)


@pytest.fixture(params=CHOICES)
def deployed(translated: dict[str, Template], request: pytest.FixtureRequest) -> Template:
    return translated[request.param]


def roles_of(deployed: Template) -> dict[str, Node]:
    """Every role's properties."""
    return deployed.of_type("AWS::IAM::Role")


def test_no_role_is_made_but_those_that_the_template_writes(
    template: Template, deployed: Template
) -> None:
    written = {
        name for name, each in template.resources.items() if each["Type"] == "AWS::IAM::Role"
    }
    assert set(roles_of(deployed)) == written
    functions = deployed.functions.items()
    used = {each["Role"]["Fn::GetAtt"][0]: name for name, each in functions}
    assert len(used) == len(deployed.functions)  # none is shared
    assert set(used) | set(SCHEDULES) == written


def test_role_has_its_own_statements_alone(deployed: Template) -> None:
    for name, role in roles_of(deployed).items():
        assert "ManagedPolicyArns" not in role, name
        [trust] = role["AssumeRolePolicyDocument"]["Statement"]
        assert trust == (BY_SCHEDULER if name in SCHEDULES else BY_LAMBDA), name
        for statement in deployed.statements_of(name):
            assert "*" not in as_list(statement["Resource"]), name
            assert not {"logs:CreateLogGroup", "*"} & set(as_list(statement["Action"])), name
    kinds = {each["Type"] for each in deployed.resources.values()}
    assert not {"AWS::IAM::Policy", "AWS::IAM::ManagedPolicy", "AWS::IAM::RolePolicy"} & kinds


def test_schedule_has_the_role_for_its_function(deployed: Template) -> None:
    for name, schedule in deployed.of_type("AWS::Scheduler::Schedule").items():
        target = schedule["Target"]
        [role, _] = target["RoleArn"]["Fn::GetAtt"]
        [function, _] = target["Arn"]["Fn::GetAtt"]
        assert function in SCHEDULES[role], name


def test_no_queue_lets_others_in(deployed: Template) -> None:
    assert not deployed.of_type("AWS::SQS::QueuePolicy")


def test_schedule_may_invoke_its_function_and_report_that_it_could_not(deployed: Template) -> None:
    for name, reached in SCHEDULES.items():
        found = {
            (action, resource["Fn::GetAtt"][0])
            for statement in deployed.statements_of(name)
            for action in as_list(statement["Action"])
            for resource in as_list(statement["Resource"])
        }
        [function] = [each for each in reached if each.endswith("Function")]
        [queue] = reached - {function}
        assert found == {("lambda:InvokeFunction", function), ("sqs:SendMessage", queue)}


def test_each_role_carries_the_boundary_where_there_is_one(
    translated: dict[str, Template],
) -> None:
    bounded = roles_of(translated["boundary"])
    assert all(
        each["PermissionsBoundary"] == {"Ref": "PermissionsBoundary"} for each in bounded.values()
    )
    free = roles_of(translated["issuer"])
    assert not any("PermissionsBoundary" in each for each in free.values())


def test_gateway_alone_invokes_functions_and_by_its_own_routes(deployed: Template) -> None:
    for name, permission in deployed.of_type("AWS::Lambda::Permission").items():
        assert permission["Principal"] == "apigateway.amazonaws.com", name
        text, parts = permission["SourceArn"]["Fn::Sub"]
        assert parts["__ApiId__"] == {"Ref": "HttpApi"}, name
        assert re.search(
            r"/(GET|POST|PUT|PATCH|DELETE|HEAD)/(v1/\*|webhooks/\w+|docs|openapi.json)$", text
        )


def test_nothing_refers_to_what_is_not_deployed(deployed: Template) -> None:
    known = set(deployed.resources) | set(deployed.parameters)
    parts = deployed.resources | {f"output {name}": each for name, each in deployed.outputs.items()}
    for name, part in parts.items():
        dangling = {each for each in _named(part) if not each.startswith("AWS::")} - known
        assert not dangling, name


def test_what_has_a_name_has_one_of_its_own(deployed: Template) -> None:
    """Two stacks in one account do not collide, nor does one that is deleted and made again."""
    for name, resource in deployed.resources.items():
        given = resource.get("Properties", {}).get(NAMES.get(resource["Type"]))
        if given is None:  # AWS draws one
            continue
        by_stack, by_piece = given_by(given)
        assert by_stack or by_piece, name
        if resource.get("DeletionPolicy", "Delete") != "Delete" and resource["Type"] != POOL_TYPE:
            assert by_piece, name


def given_by(name: Node) -> tuple[bool, bool]:
    """Whether the stack's name, and whether a piece of its id, is in a name's text."""
    match name:
        case {"Ref": "AWS::StackName"}:
            return True, False
        case {"Fn::Sub": str(text)}:
            return "${AWS::StackName}" in text, False
        case {"Fn::Sub": [text, {"Piece": piece}]}:
            return "${AWS::StackName}" in text, "${Piece}" in text and "AWS::StackId" in str(piece)
    return False, False


def test_schedules_fit_whatever_the_stack_is_called(deployed: Template) -> None:
    for name, schedule in deployed.of_type("AWS::Scheduler::Schedule").items():
        text, parts = schedule["Name"]["Fn::Sub"]
        assert set(parts) == {"Piece"}, name
        assert "AWS::StackName" not in text, name
        assert len(text.replace("${Piece}", "12345678")) <= 64, name


def _named(node: Any) -> Iterator[str]:
    """Every logical id that a part of the template refers to."""
    match node:
        case {"Ref": str(name)}:
            yield name
        case {"Fn::GetAtt": [name, *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from _in_text(text, set())
        case {"Fn::Sub": [text, parts]}:
            yield from _in_text(text, set(parts))
            yield from _named(parts)
        case dict():
            for each in node.values():
                yield from _named(each)
        case list():
            for each in node:
                yield from _named(each)


def _in_text(text: str, own: set[str]) -> Iterator[str]:
    for name in re.findall(r"\$\{([^!}]+)\}", text):
        if name not in own:
            yield name if name.startswith("AWS::") else name.split(".")[0]
