"""What a cold start costs: import and composition of each function, beside boto3's own share.

The yardstick imports boto3 and makes the same clients; both are new processes with compiled code.
"""

import platform
from dataclasses import asdict, dataclass

from rich.console import Console
from rich.table import Table

from tests.benchmarks.cpu import statement_seconds_of
from tests.benchmarks.figures import keep
from tests.function_variables import FUNCTION_VARIABLES
from tests.simulators.common.server import LoopbackServer
from tests.simulators.common.wire import json_reply

_CLIENTS = {
    "receive_webhook": ("secretsmanager", "sqs", "ssm"),
    "process_webhook": ("dynamodb", "sqs"),
    "plan_refreshes": ("dynamodb", "sqs"),
    "refresh_connection": ("dynamodb", "secretsmanager", "sqs", "events"),
    "take_snapshots": ("dynamodb", "secretsmanager", "events"),
    "api": ("dynamodb", "secretsmanager", "sqs", "events"),
}
_ARGUMENTS = {"api": "functions.api.app.DOCUMENT"}
# What is aimed at.
_AT_MOST = {"receive_webhook": 1.25, "api": 2.2}
_WORKERS_AT_MOST = 1.6
_VARIABLES = {
    **FUNCTION_VARIABLES,
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "x",
    "POWERTOOLS_SERVICE_NAME": "bench",
    "POWERTOOLS_METRICS_NAMESPACE": "Freshet",
}


@dataclass(frozen=True, slots=True)
class Start:
    """One function's start, in milliseconds of CPU."""

    function: str
    ours_ms: float
    boto3_ms: float
    ratio: float
    at_most: float


def main() -> None:
    """Measure, show and write the figures."""
    # A start of the receiver reads a parameter.
    nothing = json_reply({"Parameter": {"Value": "{}"}})
    server = LoopbackServer(port=0, answer=lambda _: nothing)
    server.start()
    try:
        starts = [_start(function, server.url) for function in _CLIENTS]
    finally:
        server.stop()
    table = Table("function", "ours", "boto3", "ours / boto3", title="Cold starts, CPU in ms")
    for each in starts:
        ratio = f"{each.ratio} (aim ≤ {each.at_most})"
        table.add_row(each.function, str(each.ours_ms), str(each.boto3_ms), ratio)
    Console().print(table)
    figures = {
        "python": platform.python_version(),
        "starts": [asdict(each) for each in starts],
    }
    keep("starts", figures)


def _start(function: str, parameters_at: str) -> Start:
    clients = "; ".join(f"session.client({name!r})" for name in _CLIENTS[function])
    boto3 = f"import boto3; session = boto3.session.Session(); {clients}"
    made = f"bootstrap.{function}({_ARGUMENTS.get(function, '')})"
    ours = f"import functions.{function}.app; from freshet import bootstrap; {made}"
    variables = _VARIABLES | {"AWS_ENDPOINT_URL_SSM": parameters_at}
    mine, theirs = (statement_seconds_of(each, variables=variables) for each in (ours, boto3))
    return Start(
        function=function,
        ours_ms=round(mine * 1000, 1),
        boto3_ms=round(theirs * 1000, 1),
        ratio=round(mine / theirs, 2),
        at_most=_AT_MOST.get(function, _WORKERS_AT_MOST),
    )
