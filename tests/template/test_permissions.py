"""Nobody may do more than the work needs."""

from tests.template.reading import Template, as_list

ANY_CHARACTERS = "?*"
USER_SECRETS = ":secret:${AWS::StackName}/users/*"

ALLOWED = {
    "ApiFunction": {
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:Query",
        "sqs:SendMessage",
        "secretsmanager:GetSecretValue",
        "secretsmanager:CreateSecret",
        "secretsmanager:PutSecretValue",
    },
    "ReceiveWebhookFunction": {"sqs:SendMessage", "secretsmanager:GetSecretValue"},
    "ProcessWebhookFunction": {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "sqs:SendMessage",
    },
    "PlanRefreshesFunction": {"dynamodb:Query", "dynamodb:UpdateItem", "sqs:SendMessage"},
    "RefreshConnectionFunction": {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:Query",
        "secretsmanager:GetSecretValue",
    },
    "TakeSnapshotsFunction": {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:Query",
        "secretsmanager:GetSecretValue",
    },
}


def test_each_function_may_do_its_own_work_and_no_more(template: Template) -> None:
    assert {name: template.actions_of(name) for name in template.functions} == ALLOWED


def test_no_action_is_a_pattern(template: Template) -> None:
    for function, statement in template.statements():
        for action in as_list(statement["Action"]):
            assert not set(ANY_CHARACTERS) & set(action), (function, action)


def test_nobody_scans_or_deletes(template: Template) -> None:
    for name in template.functions:
        forbidden = {"dynamodb:Scan", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}
        assert not forbidden & template.actions_of(name), name


def test_statements_only_allow_and_name_what_they_allow(template: Template) -> None:
    for function, statement in template.statements():
        assert statement["Effect"] == "Allow", function
        assert set(statement) == {"Sid", "Effect", "Action", "Resource"}, function


def test_every_resource_is_one_of_ours(template: Template) -> None:
    """Patterns end the names of secrets; anything else is one resource of this stack."""
    for function, statement in template.statements():
        for resource in as_list(statement["Resource"]):
            match resource:
                case {"Fn::GetAtt": [name, "Arn"]}:
                    assert name in template.resources, (function, name)
                case {"Fn::Sub": text}:
                    provider = ":secret:${AWS::StackName}/providers/snaptrade-??????"
                    index = "${ConnectionsTable.Arn}/index/due"
                    assert text.endswith((USER_SECRETS, provider)) or text == index, function
                case _:
                    raise AssertionError((function, resource))


def test_only_the_api_writes_secrets_and_only_users_own(template: Template) -> None:
    writers = [
        (function, resource)
        for function, statement in template.statements()
        for resource in as_list(statement["Resource"])
        if {"secretsmanager:CreateSecret", "secretsmanager:PutSecretValue"}
        & set(as_list(statement["Action"]))
    ]
    [(function, resource)] = writers
    assert function == "ApiFunction"
    assert resource["Fn::Sub"].endswith(USER_SECRETS)


def test_webhook_function_cannot_reach_users(template: Template) -> None:
    """It is open to the world: a forged call must find nothing behind it."""
    reachable = str([s for f, s in template.statements() if f == "ReceiveWebhookFunction"])
    assert "users" not in reachable
    assert "Table" not in reachable


def test_roles_come_from_these_statements_alone(template: Template) -> None:
    for name, function in template.functions.items():
        assert "Role" not in function, name
        for policy in function["Policies"]:
            assert set(policy) == {"Statement"}, name
