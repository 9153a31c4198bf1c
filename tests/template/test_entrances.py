"""Who can start what: the HTTP API and the schedule."""

from typing import Any

from freshet.domain.provider import Provider
from tests.template.reading import PATH, Node, Template

SUM_OF_RATES = 910
WEBHOOKS = [f"POST /webhooks/{provider}" for provider in Provider]


def routes(template: Template) -> dict[str, tuple[str, dict[str, object]]]:
    """{"GET /path": (function, its Auth)}."""
    return {
        f"{event['Method']} {event['Path']}": (function, event.get("Auth", {}))
        for function, _, event in template.events("HttpApi")
    }


def test_there_are_exactly_the_routes_we_know(template: Template) -> None:
    assert {route: function for route, (function, _) in routes(template).items()} == {
        "GET /v1/{proxy+}": "ApiFunction",
        "POST /v1/{proxy+}": "ApiFunction",
        "PATCH /v1/{proxy+}": "ApiFunction",
        "DELETE /v1/{proxy+}": "ApiFunction",
        "HEAD /v1/{proxy+}": "ApiFunction",
        "PUT /v1/{proxy+}": "ApiFunction",
        "GET /openapi.json": "ApiFunction",
        "GET /docs": "ApiFunction",
        **dict.fromkeys(WEBHOOKS, "ReceiveWebhookFunction"),
    }


def test_nothing_invokes_the_operators_function_by_itself(template: Template) -> None:
    assert "Events" not in template.functions["OperateFunction"]


def test_a_token_is_asked_for_unless_a_route_says_otherwise(template: Template) -> None:
    auth = template.resources["HttpApi"]["Properties"]["Auth"]
    assert auth["DefaultAuthorizer"] == "UserTokens"
    assert set(auth["Authorizers"]) == {"UserTokens"}
    assert auth["Authorizers"]["UserTokens"]["IdentitySource"] == "$request.header.Authorization"


def test_only_webhooks_and_documents_do_without_a_token(template: Template) -> None:
    open_to_all = {*WEBHOOKS, "GET /openapi.json", "GET /docs"}
    for route, (_, auth) in routes(template).items():
        assert auth == ({"Authorizer": "NONE"} if route in open_to_all else {}), route


def test_what_needs_no_token_has_a_limit_of_its_own(template: Template) -> None:
    limits = template.resources["HttpApi"]["Properties"]["RouteSettings"]
    for route, (_, auth) in routes(template).items():
        assert (route in limits) == bool(auth), route


def test_no_route_swallows_a_preflight(template: Template) -> None:
    """ANY would ask a browser's OPTIONS for a token, which it never sends."""
    for route in routes(template):
        assert route.split()[0] != "ANY" and not route.startswith("OPTIONS"), route


def test_browsers_may_come_from_named_origins_only(template: Template) -> None:
    cors = template.resources["HttpApi"]["Properties"]["CorsConfiguration"]
    condition, given, otherwise = cors["Fn::If"]
    assert (condition, otherwise) == ("HasAllowedOrigins", {"Ref": "AWS::NoValue"})
    assert given["allowOrigins"] == {"Fn::Split": [",", {"Ref": "AllowedOrigins"}]}
    assert template.parameters["AllowedOrigins"]["Default"] == ""


def test_browsers_may_send_and_see_what_the_api_uses(template: Template) -> None:
    cors = template.resources["HttpApi"]["Properties"]["CorsConfiguration"]["Fn::If"][1]
    sent = {"Authorization", "Content-Type", "Freshet-User", "Idempotency-Key", "If-None-Match"}
    assert set(cors["allowHeaders"]) == sent
    assert set(cors["exposeHeaders"]) == {"ETag", "Location", "Retry-After"}
    assert set(cors["allowMethods"]) == {"GET", "POST", "PATCH", "DELETE"}


def test_every_route_is_throttled(template: Template) -> None:
    api = template.resources["HttpApi"]["Properties"]
    limits = (api["DefaultRouteSettings"], *api["RouteSettings"].values())

    def value(node: Node) -> int:
        default = template.parameters[node["Ref"]]["Default"] if isinstance(node, dict) else node
        return int(default)

    for each in limits:
        assert value(each["ThrottlingBurstLimit"]) >= value(each["ThrottlingRateLimit"]) > 0
    # The default holds for each route that has no limit of its own.
    own = api["RouteSettings"]
    rates = [
        value(own.get(route, api["DefaultRouteSettings"])["ThrottlingRateLimit"])
        for route in routes(template)
    ]
    assert sum(rates) == SUM_OF_RATES
    assert f"{SUM_OF_RATES}\n" in PATH.read_text()  # the sum stands beside the parameters


def test_documents_are_served_to_strangers_only_on_demand(template: Template) -> None:
    assert template.parameters["Docs"]["Default"] == "no"
    assert template.environment("ApiFunction")["DOCS"] == {"Ref": "Docs"}


def test_no_limit_can_be_set_to_nothing(template: Template) -> None:
    for name in ("ApiRequestsPerSecond", "SnapTradeWebhooksPerSecond", "PlaidWebhooksPerSecond"):
        assert template.parameters[name]["MinValue"] >= 1, name


def test_api_answers_before_its_gateway_gives_up(template: Template) -> None:
    for function, _, _ in template.events("HttpApi"):
        assert template.functions[function]["Timeout"] < 30, function


def test_planner_takes_a_turn_each_minute_and_is_done_before_the_next(template: Template) -> None:
    schedule = _schedules(template)["PlanRefreshesFunction"]
    assert schedule["ScheduleExpression"] == "rate(1 minute)"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    assert template.functions["PlanRefreshesFunction"]["Timeout"] <= 60


def test_reader_audits_each_hour_where_there_is_anybody_to_ask(template: Template) -> None:
    schedule = _schedules(template)["TakeSnapshotsFunction"]
    assert schedule["ScheduleExpression"] == "rate(1 hour)"
    assert schedule["State"] == {"Fn::If": ["UseSnapTrade", "ENABLED", "DISABLED"]}
    assert schedule["Input"] == '{"audit": "snaptrade"}'
    # No worker takes back what is not a message about a connection.
    assert schedule["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": ["AuditDeadLetterQueue", "Arn"]}}
    assert _schedules(template).keys() == {"PlanRefreshesFunction", "TakeSnapshotsFunction"}


def test_two_stacks_in_one_account_do_not_share_a_schedule(template: Template) -> None:
    for schedule in _schedules(template).values():
        assert "AWS::StackId" in str(schedule["Name"]["Fn::Sub"])


def test_missed_turn_is_not_repeated_late_but_is_noticed(template: Template) -> None:
    function = "PlanRefreshesFunction"
    schedule = _schedules(template)[function]
    dead_letters = {"Fn::GetAtt": ["PlanRefreshesDeadLetterQueue", "Arn"]}
    assert schedule["RetryPolicy"]["MaximumEventAgeInSeconds"] == 60
    assert schedule["DeadLetterConfig"] == {"Arn": dead_letters}
    failed = template.functions[function]["EventInvokeConfig"]
    assert failed["MaximumRetryAttempts"] == 0
    assert failed["DestinationConfig"]["OnFailure"]["Destination"] == dead_letters


def _schedules(template: Template) -> dict[str, Any]:
    return {function: schedule for function, _, schedule in template.events("ScheduleV2")}
