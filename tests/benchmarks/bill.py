"""A month's bill of AWS: counted work times prices, line by line."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import cache, partial
from typing import Any

from tests.benchmarks.cpu import ROOT
from tests.benchmarks.usual_day import UsualDay
from tests.metric_registry import REGISTRY, names_of
from tests.template.reading import Template

PRICES_FILE = ROOT / "tests" / "benchmarks" / "aws_prices.json"
COUNTS_FILE = ROOT / ".bench" / "requests.json"
DAYS = 30
_TURNS = DAYS * 24 * 60
_QUEUES = 3
_POLLS = 5 * 3  # a minute: five pollers of Lambda, each waiting 20 s for a message
_GB = Decimal(10) ** 9
_ACCESS_LINE = 300  # bytes that API Gateway writes for each request, by the template's format
_PROVIDER_SECRETS = 2
_ONE_DUE, _SIX_DUE = "planner's turn, one due", "planner's turn, six due"


@dataclass(frozen=True, slots=True)
class Durations:
    """Seconds that were not measured on Lambda: assumptions, on the slow side."""

    call_to_provider: Decimal = Decimal("0.3")
    request_to_aws: Decimal = Decimal("0.01")
    processor: Decimal = Decimal("0.015")  # of a whole one, for each invocation
    start: Decimal = Decimal("0.7")
    starts: Decimal = Decimal("0.02")  # the share of invocations that begin with one


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the bill."""

    name: str
    usd: Decimal
    of: str


@dataclass(slots=True)
class _Month:
    """All connections' work of one month, added up."""

    invocations: Decimal = Decimal(0)
    seconds: Decimal = Decimal(0)
    http: Decimal = Decimal(0)
    messages: Decimal = Decimal(0)
    events: Decimal = Decimal(0)
    credentials: Decimal = Decimal(0)
    read_units: Decimal = Decimal(0)
    write_units: Decimal = Decimal(0)
    log_bytes: Decimal = Decimal(0)
    lasting_bytes: Decimal = Decimal(0)
    passing_bytes: Decimal = Decimal(0)


type Counts = Mapping[str, Mapping[str, Any]]
type Prices = Mapping[str, Decimal]


def read_prices() -> Prices:
    """Read what one of each thing costs."""
    prices = json.loads(PRICES_FILE.read_text())["prices"]
    return {name: Decimal(each["usd"]) / each["per"] for name, each in prices.items()}


def read_counts() -> Counts:
    """Read the tracked counts by piece of work."""
    return {each["work"]: each for each in json.loads(COUNTS_FILE.read_text())["pieces"]}


def bill(day: UsualDay, counts: Counts, prices: Prices) -> list[Line]:
    """Compute everything but what users' credentials cost."""
    month = _month(day, counts, Durations())
    return list(_lines(month, day, counts, prices))


def credentials(day: UsualDay, counts: Counts, prices: Prices) -> dict[str, Decimal]:
    """Compute what each credential store costs, by the value of its parameter."""
    used = _month(day, counts, Durations()).credentials
    users = day.connections / day.connections_per_user
    ciphertexts = prices["kms_request"] + prices["dynamodb_read_unit"]
    return {
        "secretsmanager": users * prices["secret_month"] + used * prices["secret_request"],
        "kms": prices["kms_key_month"] + used * ciphertexts,
    }


def metrics_in_use() -> int:
    """Count names by the functions that send them; what any function may send, once.

    What is counted in a log is paid for like what is sent.
    """
    sent = sum(len(names_of(each)) * max(1, len(each.sent_by)) for each in REGISTRY.values())
    filters = _template().of_type("AWS::Logs::MetricFilter").values()
    return sent + sum(len(each["MetricTransformations"]) for each in filters)


def dashboards() -> int:
    """Count the template's dashboards."""
    return len(_template().of_type("AWS::CloudWatch::Dashboard"))


def alarm_metrics() -> int:
    """Count the metrics that the template's alarms watch: each of a sum is charged."""
    resources = _template().resources.values()
    alarms = [each["Properties"] for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"]
    return sum(
        sum("MetricStat" in metric for metric in each["Metrics"]) if "Metrics" in each else 1
        for each in alarms
    )


@cache
def _template() -> Template:
    """Read once: parsing takes tenths of a second."""
    return Template.read()


def _month(day: UsualDay, counts: Counts, durations: Durations) -> _Month:
    month = _Month()
    all_connections = DAYS * day.connections
    for work, times in day.work():
        _add(month, work, counts[work], times * all_connections, durations)
    _add_planner(month, day, counts, durations)
    return month


def _add(
    month: _Month, work: str, count: Mapping[str, Any], times: Decimal, durations: Durations
) -> None:
    kinds = count["kinds"]
    is_worker = work.startswith(("webhook processed", "read of"))
    is_http = work.startswith(("GET ", "purchase in place", "webhook received"))
    month.invocations += times
    month.seconds += times * _seconds(count, durations)
    month.http += times * is_http
    # A worker's message is received and deleted, too; one for each invocation is the most.
    sent = kinds.get("SendMessage", 0) + kinds.get("SendMessageBatch", 0)
    month.messages += times * (sent + 2 * is_worker)
    month.events += times * count["events"]
    month.credentials += times * kinds.get("GetSecretValue", 0)
    month.read_units += times * count["read_units"]
    month.write_units += times * (count["write_units"] + count["index_units"])
    month.log_bytes += times * (count["log_bytes"] + _ACCESS_LINE * is_http)
    month.lasting_bytes += times * count["lasting_bytes"]
    month.passing_bytes += times * count["passing_bytes"]


def _seconds(count: Mapping[str, Any], durations: Durations) -> Decimal:
    processor = Decimal(_memory()) / 1769  # MB for a whole one
    seconds: Decimal = (
        count["calls"] * durations.call_to_provider
        + count["requests"] * durations.request_to_aws
        + durations.processor / processor
        + durations.starts * durations.start
    )
    return seconds


def _add_planner(month: _Month, day: UsualDay, counts: Counts, durations: Durations) -> None:
    """Add every minute's turn, and for what it hands out the difference that one more made."""
    one, six = counts[_ONE_DUE], counts[_SIX_DUE]
    each = {
        name: Decimal(six[name] - one[name]) / 5
        for name in ("requests", "read_units", "write_units", "index_units", "log_bytes")
    }
    handed_out = DAYS * day.connections * day.handed_out()
    turns = Decimal(_TURNS)
    empty = {name: one[name] - more for name, more in each.items()}
    month.invocations += turns
    month.seconds += turns * _seconds(empty | {"calls": 0}, durations)
    month.seconds += handed_out * each["requests"] * durations.request_to_aws
    month.messages += handed_out / 10  # as many as one request takes
    month.read_units += turns * empty["read_units"] + handed_out * each["read_units"]
    units = each["write_units"] + each["index_units"]
    month.write_units += handed_out * units
    month.log_bytes += turns * empty["log_bytes"]


def _lines(month: _Month, day: UsualDay, counts: Counts, prices: Prices) -> Iterator[Line]:
    def line(name: str, number: Decimal, unit: str, *priced: str) -> Line:
        usd = number * sum((prices[each] for each in priced), Decimal(0))
        return Line(name, usd, f"{_short(number)} {unit}")

    gb_seconds = month.seconds * _memory() / 1024
    lines = partial(line, "CloudWatch logs")
    yield line("DynamoDB writes", month.write_units, "units", "dynamodb_write_unit")
    yield line("DynamoDB reads", month.read_units, "units", "dynamodb_read_unit")
    yield line(
        "DynamoDB storage after a year, recovery",
        _stored(month, day, counts) / _GB,
        "GB",
        "dynamodb_gb_month",
        "dynamodb_recovery_gb_month",
    )
    yield line("Lambda duration", gb_seconds, "GB-seconds", "lambda_arm64_gb_second")
    yield line("Lambda requests", month.invocations, "invocations", "lambda_request")
    yield line("HTTP API", month.http, "requests", "http_api_request")
    polls = Decimal(_QUEUES * _POLLS * _TURNS)
    yield line("SQS", month.messages + polls, "requests", "sqs_request", "sqs_fair_surcharge")
    yield line("EventBridge bus", month.events, "events", "bus_event")
    yield line("EventBridge Scheduler", Decimal(_TURNS), "invocations", "scheduler_invocation")
    yield lines(month.log_bytes / _GB, "GB, kept for a month", "log_gb", "log_gb_month")
    yield line("CloudWatch metrics", Decimal(metrics_in_use()), "metrics", "metric_month")
    yield line("CloudWatch alarms", Decimal(alarm_metrics()), "metrics", "alarm_metric_month")
    yield line("CloudWatch dashboard", Decimal(dashboards()), "dashboard", "dashboard_month")
    yield line("Providers' keys", Decimal(_PROVIDER_SECRETS), "secrets", "secret_month")


def _stored(month: _Month, day: UsualDay, counts: Counts) -> Decimal:
    """Count bytes after a year: what was kept since, and what passes at the end of its days."""
    parameters = _template().parameters
    retention = Decimal(parameters["SnapshotRetentionDays"]["Default"]) / DAYS
    one, two = (counts[f"first read of {words}"] for words in ("one account", "two accounts"))
    name = "lasting_bytes"
    first: Decimal = one[name] + (day.accounts - 1) * (two[name] - one[name])
    year = Decimal(365) / DAYS
    return day.connections * first + month.lasting_bytes * year + month.passing_bytes * retention


def _memory() -> int:
    return int(_template().globals["Function"]["MemorySize"])


def _short(number: Decimal) -> str:
    for size, name in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if number >= size:
            return f"{number / size:.3g} {name}"
    return f"{number:.3g}"


def described(day: UsualDay) -> str:
    """Name the inputs as they are given to the command."""
    return " ".join(f"{each.name}={getattr(day, each.name)}" for each in fields(day))
