"""What the emulator gets wrong about IAM, put right through the public API.

AWS authorises SendMessageBatch by `sqs:SendMessage`, and DeleteMessageBatch alike; the emulator
asks for an action of the batch's own name, which does not exist on AWS and so has no place in the
template. It does not know on what DescribeAlarms acts: only a grant on everything holds.
"""

import json
from typing import Any

_BATCHES = {
    "sqs:SendMessage": "sqs:SendMessageBatch",
    "sqs:DeleteMessage": "sqs:DeleteMessageBatch",
}
_ON_EVERYTHING = "cloudwatch:DescribeAlarms"


def grant_batches(iam: Any, stack_name: str) -> None:
    """Let every role do with ten messages at once what it may do with one, and see the alarms."""
    for role in iam.list_roles()["Roles"]:
        name = role["RoleName"]
        if not name.startswith(stack_name):
            continue
        for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
            _grant(iam, name, policy)


def _grant(iam: Any, role: str, policy: str) -> None:
    document = iam.get_role_policy(RoleName=role, PolicyName=policy)["PolicyDocument"]
    if isinstance(document, str):
        document = json.loads(document)
    given = json.dumps(document)
    for statement in document["Statement"]:
        actions = _actions(statement)
        if batches := [_BATCHES[each] for each in actions if each in _BATCHES]:
            statement["Action"] = [*actions, *batches]
        if actions == [_ON_EVERYTHING]:
            statement["Resource"] = "*"
    text = json.dumps(document)
    if text != given:
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=text)


def _actions(statement: Any) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else list(actions)
