"""A receiver in a process of its own: reads events from stdin, tells what each of them loaded.

Imports nothing of the tests, which would load what the receiver must not.
"""

import gc
import json
import sys
from types import SimpleNamespace
from typing import Any

from botocore.client import BaseClient

from functions.receive_webhook import app

CONTEXT = SimpleNamespace(
    function_name="receive_webhook",
    memory_limit_in_mb=256,
    invoked_function_arn="arn:aws:lambda:us-east-1:123456789012:function:receive_webhook",
    aws_request_id="request-1",
)


def _report(status: int) -> dict[str, Any]:
    clients = {type(each).__name__ for each in gc.get_objects() if isinstance(each, BaseClient)}
    return {"status": status, "modules": sorted(sys.modules), "clients": sorted(clients)}


if __name__ == "__main__":
    reports = [_report(0)]
    for event in json.loads(sys.stdin.read()):
        reports.append(_report(app.lambda_handler(event, CONTEXT)["statusCode"]))
    # The log goes to stdout, too.
    print("\n" + json.dumps(reports))
