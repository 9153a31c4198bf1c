"""What the emulator gets wrong about IAM, put right through the public API.

AWS authorises SendMessageBatch by `sqs:SendMessage`; the emulator asks for an action of the batch's
own name, which does not exist on AWS and so has no place in the template.
"""

import json
from typing import Any

_SENDING = "sqs:SendMessage"
_BATCH = "sqs:SendMessageBatch"


def grant_batches(iam: Any, stack_name: str) -> None:
    """Let every role that may send a message send ten at once."""
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
    sending = [each for each in document["Statement"] if _SENDING in _actions(each)]
    for statement in sending:
        statement["Action"] = [*_actions(statement), _BATCH]
    if sending:
        text = json.dumps(document)
        iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=text)


def _actions(statement: Any) -> list[str]:
    actions = statement["Action"]
    return [actions] if isinstance(actions, str) else list(actions)
