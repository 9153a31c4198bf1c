"""Nobody may do more than the work needs, whichever providers there are."""

from msgspec.structs import fields

from tests.template.reading import Template, as_list
from tests.template.test_environment import SETTINGS

ANY_CHARACTERS = "?*"
USER_SECRETS = ":secret:${AWS::StackName}/users/*"
PROVIDER_SECRETS = {"SnapTradeSecret", "PlaidSecret"}
LOGGING = {"logs:CreateLogStream", "logs:PutLogEvents"}  # the group is the stack's
TAKING = {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
TAKERS = {
    "ProcessWebhookFunction": "WebhookQueue",
    "RefreshConnectionFunction": "RefreshQueue",
    "TakeSnapshotsFunction": "SnapshotQueue",
}
ALARMS = "arn:${AWS::Partition}:cloudwatch:${AWS::Region}:${AWS::AccountId}:alarm:*"
WEBHOOK_KEYS = "${AWS::Region}:${AWS::AccountId}:parameter${PlaidWebhookKeys}"

ALLOWED = {
    "ApiFunction": {
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:Query",
        "dynamodb:ConditionCheckItem",
        "sqs:SendMessage",
        "secretsmanager:GetSecretValue",
        "secretsmanager:CreateSecret",
        "secretsmanager:PutSecretValue",
        "secretsmanager:DeleteSecret",
        "events:PutEvents",
    },
    "ReceiveWebhookFunction": {
        "sqs:SendMessage",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "ssm:PutParameter",
    },
    "ProcessWebhookFunction": {
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:Query",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:ConditionCheckItem",
        "sqs:SendMessage",
    },
    "PlanRefreshesFunction": {
        "dynamodb:GetItem",
        "dynamodb:Query",
        "dynamodb:UpdateItem",
        "sqs:SendMessage",
    },
    "RefreshConnectionFunction": {
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:Query",
        "dynamodb:DeleteItem",
        "dynamodb:BatchWriteItem",
        "sqs:SendMessage",
        "secretsmanager:GetSecretValue",
        "secretsmanager:PutSecretValue",
        "secretsmanager:DeleteSecret",
        "events:PutEvents",
    },
    "TakeSnapshotsFunction": {
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:Query",
        "dynamodb:BatchGetItem",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
        "secretsmanager:GetSecretValue",
        "events:PutEvents",
    },
}

ALLOWED["OperateFunction"] = (
    ALLOWED["ApiFunction"]
    | TAKING
    | {
        "cloudwatch:DescribeAlarms",
        "dynamodb:DescribeTable",
    }
)

HOLDINGS = {
    "OperateFunction": {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:DescribeTable"},
    "ApiFunction": {"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"},
    # What was removed is taken out, and a tombstone left.
    "RefreshConnectionFunction": {"dynamodb:PutItem", "dynamodb:Query", "dynamodb:BatchWriteItem"},
    "TakeSnapshotsFunction": {
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:Query",
        "dynamodb:BatchWriteItem",
        "dynamodb:ConditionCheckItem",
    },
}


def resources_of(deployment: Template, function: str, action: str) -> set[str]:
    """The names of the resources on which a function may do something."""
    return {
        resource["Fn::GetAtt"][0]
        for owner, statement in deployment.statements()
        for resource in as_list(statement["Resource"])
        if owner == function and action in as_list(statement["Action"])
    }


def secrets_read_by(deployment: Template, function: str) -> set[str]:
    """The secrets that a function may read: a resource here, or the end of a name."""
    return {
        resource["Fn::Sub"][-len(USER_SECRETS) :]
        if "Fn::Sub" in resource
        else resource["Fn::GetAtt"][0]
        for owner, statement in deployment.statements()
        for resource in as_list(statement["Resource"])
        if owner == function and "secretsmanager:GetSecretValue" in as_list(statement["Action"])
    }


def test_each_function_may_do_its_own_work_and_no_more(deployment: Template) -> None:
    has_plaid = "PlaidWebhookKeys" in deployment.resources
    allowed = {
        name: LOGGING
        | (TAKING if name in TAKERS else set())
        | {each for each in actions if has_plaid or not each.startswith("ssm:")}
        for name, actions in ALLOWED.items()
    }
    assert {name: deployment.actions_of(name) for name in deployment.functions} == allowed


def test_imports_are_read_by_the_operators_function_from_the_one_bucket(template: Template) -> None:
    deployment = template.given(Providers="snaptrade,plaid", ImportBucket="imports")
    readers = {
        function: statement["Resource"]
        for function, statement in deployment.statements()
        if "s3:GetObject" in as_list(statement["Action"])
    }
    objects = {
        "Fn::Sub": ["arn:${AWS::Partition}:s3:::${Bucket}/*", {"Bucket": {"Ref": "ImportBucket"}}]
    }
    assert readers == {"OperateFunction": objects}


def test_no_action_is_a_pattern(deployment: Template) -> None:
    for function, statement in deployment.statements():
        for action in as_list(statement["Action"]):
            assert not set(ANY_CHARACTERS) & set(action), (function, action)


def test_nobody_scans(deployment: Template) -> None:
    for name in deployment.functions:
        assert "dynamodb:Scan" not in deployment.actions_of(name), name


def test_rows_are_deleted_by_who_removes_for_users_and_by_the_reader_of_transactions(
    deployment: Template,
) -> None:
    deletes = {
        action: {
            name: tables
            for name in deployment.functions
            if (tables := resources_of(deployment, name, action))
        }
        for action in ("dynamodb:DeleteItem", "dynamodb:BatchWriteItem")
    }
    assert deletes == {
        "dynamodb:DeleteItem": {"RefreshConnectionFunction": {"ConnectionsTable"}},
        "dynamodb:BatchWriteItem": {
            "RefreshConnectionFunction": {"ConnectionsTable", "SnapshotsTable"},
            "TakeSnapshotsFunction": {"SnapshotsTable"},
        },
    }


def test_statements_only_allow_and_name_what_they_allow(deployment: Template) -> None:
    for function, statement in deployment.statements():
        assert statement["Effect"] == "Allow", function
        assert set(statement) == {"Sid", "Effect", "Action", "Resource"}, function


def test_every_resource_is_one_of_ours(deployment: Template) -> None:
    """Patterns end the names of secrets; anything else is one resource of this stack."""
    for function, statement in deployment.statements():
        for resource in as_list(statement["Resource"]):
            match resource:
                case {"Fn::GetAtt": [name, "Arn"]}:
                    assert name in deployment.resources, (function, name)
                case {"Fn::GetAtt": [name, "Id"]}:  # of a secret it is the ARN
                    assert name in PROVIDER_SECRETS & set(deployment.resources), (function, name)
                case {"Fn::Sub": text}:
                    index = "${ConnectionsTable.Arn}/index/due"
                    known = (index, ALARMS, "arn:${AWS::Partition}:ssm:" + WEBHOOK_KEYS)
                    assert text.endswith(USER_SECRETS) or text in known, function
                case _:
                    raise AssertionError((function, resource))


def test_secrets_are_written_by_those_who_link_and_forgotten_by_who_removes_users_own_alone(
    deployment: Template,
) -> None:
    secrets = {
        (function, action): resource["Fn::Sub"][-len(USER_SECRETS) :]
        for function, statement in deployment.statements()
        for action in as_list(statement["Action"])
        for resource in as_list(statement["Resource"])
        if action.startswith("secretsmanager:") and not action.endswith(":GetSecretValue")
    }
    assert secrets == {
        ("ApiFunction", "secretsmanager:CreateSecret"): USER_SECRETS,
        ("ApiFunction", "secretsmanager:PutSecretValue"): USER_SECRETS,
        ("ApiFunction", "secretsmanager:DeleteSecret"): USER_SECRETS,
        ("OperateFunction", "secretsmanager:CreateSecret"): USER_SECRETS,
        ("OperateFunction", "secretsmanager:PutSecretValue"): USER_SECRETS,
        ("OperateFunction", "secretsmanager:DeleteSecret"): USER_SECRETS,
        ("RefreshConnectionFunction", "secretsmanager:PutSecretValue"): USER_SECRETS,
        ("RefreshConnectionFunction", "secretsmanager:DeleteSecret"): USER_SECRETS,
    }


def test_providers_keys_are_for_those_who_call_them_or_check_their_signatures(
    deployment: Template,
) -> None:
    """And no grant is left for a provider that is not there."""
    readers = {name: secrets_read_by(deployment, name) for name in deployment.functions}
    there = PROVIDER_SECRETS & set(deployment.resources)
    assert there
    assert readers == {
        "ApiFunction": there | {USER_SECRETS},
        "ReceiveWebhookFunction": there,
        "ProcessWebhookFunction": set(),
        "PlanRefreshesFunction": set(),
        "RefreshConnectionFunction": there | {USER_SECRETS},
        "TakeSnapshotsFunction": there | {USER_SECRETS},
        "OperateFunction": there | {USER_SECRETS},
    }


def test_each_function_sends_to_the_queues_it_hands_work_to(deployment: Template) -> None:
    assert {
        name: resources_of(deployment, name, "sqs:SendMessage") for name in deployment.functions
    } == {
        "ApiFunction": {"RefreshQueue", "SnapshotQueue"},
        "ReceiveWebhookFunction": {"WebhookQueue"},
        "ProcessWebhookFunction": {"SnapshotQueue"},
        "PlanRefreshesFunction": {"RefreshQueue", "SnapshotQueue", "PlanRefreshesDeadLetterQueue"},
        "RefreshConnectionFunction": {"SnapshotQueue"},
        "TakeSnapshotsFunction": set(),
        "OperateFunction": {"WebhookQueue", "RefreshQueue", "SnapshotQueue"},
    }


def test_worker_takes_the_messages_of_its_own_queue_and_the_operator_dead_ones(
    deployment: Template,
) -> None:
    dead = set(deployment.dead_letter_queues)
    for action in TAKING:
        takers = {
            name: queues
            for name in deployment.functions
            if (queues := resources_of(deployment, name, action))
        }
        own = {name: {queue} for name, queue in TAKERS.items()}
        assert takers == own | {"OperateFunction": dead}


def test_function_writes_to_its_own_log_group_alone(deployment: Template) -> None:
    for name, function in deployment.functions.items():
        group = function["LoggingConfig"]["LogGroup"]["Ref"]
        for action in LOGGING:
            assert resources_of(deployment, name, action) == {group}, name


def test_those_who_learn_something_may_tell_the_bus(deployment: Template) -> None:
    tellers = {
        "ApiFunction",
        "OperateFunction",
        "RefreshConnectionFunction",
        "TakeSnapshotsFunction",
    }
    for name in deployment.functions:
        told = resources_of(deployment, name, "events:PutEvents")
        assert told == ({"EventBus"} if name in tellers else set()), name
        reads = {each.name for each in fields(SETTINGS[name])}
        assert ("event_bus_name" in reads) == (name in tellers), name


def test_holdings_are_written_by_their_reader_and_erased_by_who_removes(
    deployment: Template,
) -> None:
    for name in deployment.functions:
        may = {
            action
            for owner, statement in deployment.statements()
            for action in as_list(statement["Action"])
            if owner == name and "SnapshotsTable" in str(statement["Resource"])
        }
        assert may == HOLDINGS.get(name, set()), name


def test_webhook_function_cannot_reach_users(deployment: Template) -> None:
    """It is open to the world: a forged call must find nothing behind it."""
    reachable = str([s for f, s in deployment.statements() if f == "ReceiveWebhookFunction"])
    assert "users" not in reachable
    assert "Table" not in reachable
