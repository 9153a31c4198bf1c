"""The gateway's access log: what a line says, and that no caller can break or forge one."""

import re
from dataclasses import dataclass, fields

import pytest

from tests.template.reading import Template

CLAIM = "$context.authorizer.claims.${UserIdClaim}"
# Where a caller's own text may come through: the path, decoded; a claim; what is said of a token.
FILLED_IN_BY_CALLERS = (
    "$context.path",
    CLAIM,
    "$context.authorizer.error",
    "$context.integrationErrorMessage",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What the gateway knows of a request."""

    status: str
    integration_status: str = "-"
    path: str = "/v1/connections"
    user: str = "-"
    route: str = "GET /v1/{proxy+}"


HOSTILE = [
    '/v1/" 429 - "',
    '/v1/"',
    "/v1/[",
    "/v1/] 429 -",
    '\n3f [now] 10.0.0.1 429 - "GET /" 0 0',
    '{"status":"429"}',
]


def _format(template: Template) -> str:
    log = template.resources["HttpApi"]["Properties"]["AccessLogSettings"]
    assert log["DestinationArn"] == {"Fn::GetAtt": ["HttpApiLogGroup", "Arn"]}
    text: str = log["Format"]["Fn::Sub"]
    return text


def _line(template: Template, request: Request) -> str:
    known = {
        "$context.requestId": "JKJaXmPLvHcESHA=",
        "$context.requestTime": "01/Dec/2026:12:00:00 +0000",
        "$context.identity.sourceIp": "203.0.113.7",
        "$context.status": request.status,
        "$context.integrationStatus": request.integration_status,
        "$context.routeKey": request.route,
        "$context.responseLength": "51",
        "$context.responseLatency": "17",
        "$context.integrationErrorMessage": "-",
        CLAIM: request.user,
        "$context.authorizer.error": "-",
        "$context.path": request.path,
    }
    # The longest first: one name may begin like another.
    names = "|".join(re.escape(each) for each in sorted(known, key=len, reverse=True))
    return re.sub(names, lambda found: known[found[0]], _format(template))


def test_line_says_who_called_what_and_how_it_ended(template: Template) -> None:
    line = _line(template, Request(status="200", integration_status="200", user="user-1"))
    assert line == (
        "JKJaXmPLvHcESHA= [01/Dec/2026:12:00:00 +0000] 203.0.113.7 200 200"
        ' "GET /v1/{proxy+}" 51 17 integration_error="-" user="user-1"'
        ' authorizer_error="-" path="/v1/connections"'
    )


def test_line_says_nothing_of_queries_headers_or_tokens(template: Template) -> None:
    text = _format(template).replace(CLAIM, "")
    for word in ("query", "header", "claims", "requestoverride", "useragent"):
        assert word not in text.lower(), word
    assert "$context.requestId" in text  # API Gateway demands it


def test_what_a_caller_may_fill_in_stands_at_the_end(template: Template) -> None:
    text = _format(template)
    first = min(text.index(each) for each in FILLED_IN_BY_CALLERS)
    last = max(
        text.index(each)
        for each in re.findall(r"\$context\.[\w.]+(?:\$\{\w+\})?", text)
        if each not in FILLED_IN_BY_CALLERS
    )
    assert last < first


@pytest.mark.parametrize("path", HOSTILE)
@pytest.mark.parametrize("user", ["-", 'a" 429 -'])
@pytest.mark.parametrize("status", ["200", "404", "429"])
def test_no_caller_can_hide_or_forge_a_request_that_the_gateway_turned_away(
    template: Template, path: str, user: str, status: str
) -> None:
    integration = "-" if status == "429" else status
    request = Request(status=status, integration_status=integration, path=path, user=user)
    assert _is_counted(template, _line(template, request)) is (status == "429")


def test_answer_of_a_function_is_not_counted_as_turned_away(template: Template) -> None:
    ours = Request(status="429", integration_status="200")
    assert not _is_counted(template, _line(template, ours))


@pytest.mark.parametrize("path", ["/v1/connections", *HOSTILE])
def test_saved_query_takes_a_line_apart(template: Template, path: str) -> None:
    text = template.of_type("AWS::Logs::QueryDefinition")["RequestsQuery"]["QueryString"]
    pattern = re.search(r"parse @message /(.*)/\n", text)
    assert pattern is not None
    # Logs Insights writes groups as Java does.
    read = re.compile(pattern[1].replace("(?<", "(?P<"))
    request = Request(status="503", path=path)
    found = read.match(_line(template, request))
    assert found is not None
    assert found["http_status"] == "503"
    assert (found["integration_status"], found["route"]) == ("-", request.route)
    grouped = re.search(r"by ([\w, ]+)\n", text)
    assert grouped is not None
    assert set(grouped[1].split(", ")) <= set(read.groupindex)


def _is_counted(template: Template, line: str) -> bool:
    """Filter as CloudWatch does by a pattern of fields between blanks: quotes and brackets hold."""
    [log] = template.of_type("AWS::Logs::MetricFilter").values()
    assert log["LogGroupName"] == {"Ref": "HttpApiLogGroup"}
    columns = [each.strip() for each in log["FilterPattern"].strip("[]").split(",")]
    assert columns.pop() == "..."
    values = ["".join(each) for each in re.findall(r'"([^"]*)"|\[([^\]]*)\]|([^\s"\[]\S*)', line)]
    for column, value in zip(columns, values, strict=False):
        name, _, wanted = (each.strip() for each in column.partition("="))
        assert name in {*(each.name for each in fields(Request)), "request_id", "at", "ip"}
        if wanted and value != wanted.strip('"'):
            return False
    return True
