"""`make doctor` and `make explain`: sends an operator event and prints the answer's text.

Run as a file, not with -m: the package beside it takes the shell's settings of AWS away, and for a
stack at AWS these are the caller's own.
"""

import json
import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

_LOCAL_STACK = "freshet"
_DEV_ENV = Path(__file__).resolve().parents[1] / ".environments" / "dev.env"
# What an operation may take and a little more; and an event is sent once.
_PATIENT = Config(read_timeout=75, retries={"total_max_attempts": 1})


def main(arguments: Sequence[str]) -> int:
    """Send `doctor`, or `explain id=… user=… provider=…`, to the stack that `stack=` names."""
    operation, named = arguments[0], dict(each.split("=", 1) for each in arguments[1:])
    stack = named.pop("stack", "")
    try:
        answer = _sent(event_of(operation, named), stack)
    except (ClientError, BotoCoreError, LookupError) as error:
        print(f"Not sent: {error}", file=sys.stderr)
        return 2
    if "error" in answer:
        print(answer["error"]["detail"], file=sys.stderr)
        return 2
    print(answer["text"])
    return int(answer.get("status") == "broken")


def event_of(operation: str, named: Mapping[str, str]) -> dict[str, str]:
    """Write the event."""
    fields = {"id": "id", "user": "user_id", "provider": "provider"}
    return {"operation": operation} | {fields[name]: value for name, value in named.items()}


def local_endpoint(variables: str) -> str:
    """Find the local AWS in what `make dev` has written; raises LookupError."""
    found = re.search(r"^FRESHET_API_URL=(https?://[^/\s]+)", variables, re.MULTILINE)
    if found is None:
        raise LookupError("make dev does not say where it runs")
    return found[1]


def _sent(event: Mapping[str, str], stack: str) -> dict[str, Any]:
    session, options, name = _at_aws(stack) if stack else _local()
    stacks = session.client("cloudformation", **options).describe_stacks(StackName=name)["Stacks"]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in stacks[0].get("Outputs", [])}
    function = outputs["OperateFunctionName"]
    invoked = session.client("lambda", config=_PATIENT, **options).invoke(
        FunctionName=function, Payload=json.dumps(event).encode()
    )
    answer = json.loads(invoked["Payload"].read())
    if failure := invoked.get("FunctionError"):
        raise LookupError(f"the function failed ({failure}): see its log")
    return dict(answer)


def _at_aws(stack: str) -> tuple[boto3.Session, dict[str, Any], str]:
    return boto3.Session(), {}, stack


def _local() -> tuple[boto3.Session, dict[str, Any], str]:
    if not _DEV_ENV.exists():
        raise LookupError("name a stack, as in stack=freshet-prod, or run `make dev` beside")
    os.environ["AWS_CONFIG_FILE"] = os.environ["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    session = boto3.Session(
        aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
    )
    return session, {"endpoint_url": local_endpoint(_DEV_ENV.read_text())}, _LOCAL_STACK


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
