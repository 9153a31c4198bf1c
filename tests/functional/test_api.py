"""The API's manners: whose things are whose, and what a bad request is told."""

import json
from datetime import timedelta
from pathlib import Path

import pytest

from freshet.domain.user_rate_limits import LIMITS, RateLimit
from freshet.http.operation import Operation
from freshet.http.resources import operations_with
from freshet.registry import offers
from functions.api import app
from tests.functional.world import World

OPERATIONS = operations_with(offers())

STRANGER = "user-2"


def test_another_users_things_do_not_exist(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    (account, *_) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    refresh = world.call("POST", f"/v1/connections/{connection_id}/refresh").body
    paths = [
        ("GET", f"/v1/connections/{connection_id}"),
        ("GET", f"/v1/connections/{connection_id}/accounts"),
        ("POST", f"/v1/connections/{connection_id}/refresh"),
        ("GET", f"/v1/accounts/{account['id']}/holdings"),
        ("GET", f"/v1/refreshes/{refresh['id']}"),
    ]
    for method, path in paths:
        theirs = world.call(method, path, user_id=STRANGER)
        nobodys = world.call(method, path.replace("_", "_x", 1), user_id=STRANGER)
        assert theirs.status == nobodys.status == 404
        assert theirs.body == nobodys.body
    assert world.call("GET", "/v1/connections", user_id=STRANGER).body["items"] == []


def test_a_token_without_the_scope_is_told_which_one(world: World) -> None:
    connection_id, _ = world.link()
    answer = world.call(
        "POST", f"/v1/connections/{connection_id}/refresh", scope="freshet/read openid"
    )
    assert answer.status == 403
    assert answer.body["code"] == "missing_scope"
    assert "freshet/refresh" in answer.body["detail"]


def test_an_id_token_is_no_ticket(world: World) -> None:
    answer = world.call("GET", "/v1/connections", claims={"token_use": "id"})
    assert answer.status == 403


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ("{", 400, "invalid_json"),
        ("[]", 422, "invalid_field"),
        ('{"force": true}', 422, "invalid_field"),
        ("{}", 202, None),
        ("", 202, None),
    ],
)
def test_a_body_is_checked_before_money_is_spent(
    world: World, body: str, status: int, code: str | None
) -> None:
    connection_id, _ = world.link()
    world.work()
    answer = world.call("POST", f"/v1/connections/{connection_id}/refresh", body=body)
    assert answer.status == status
    assert answer.body.get("code") == code
    if code == "invalid_field" and body != "[]":
        assert "force" in answer.body["detail"]
    assert world.simulator.control.bill().count == (1 if status == 202 else 0)


def test_an_unknown_route_is_not_found(world: World) -> None:
    answer = world.call("GET", "/v1/nothing")
    assert answer.status == 404
    assert answer.body["code"] == "not_found"


def test_an_operators_mistake_is_named_without_its_values(world: World) -> None:
    secret = "only-i-know-this"
    event = {
        "operation": "register_connection",
        "user_id": "",
        "provider": "snaptrade",
        "credential": {"user_id": "u", "user_secret": secret, "extra": secret},
    }
    answer = world.operate(event)
    assert answer["error"]["code"] == "invalid_field"
    for name in ("user_id", "provider_connection_id", "credential.extra"):
        assert name in answer["error"]["detail"]
    assert secret not in json.dumps(answer)


def test_registering_twice_gives_the_same_connection(world: World) -> None:
    connection_id, at_provider = world.link()
    assert world.register(at_provider, user_id="user-1")["connection_id"] == connection_id
    refused = world.register(at_provider, user_id=STRANGER)
    assert refused["error"]["code"] == "already_owned"


def test_a_slash_at_the_end_makes_no_difference(world: World) -> None:
    answers = [world.call("GET", path) for path in ("/v1/connections", "/v1/connections/")]
    assert [each.status for each in answers] == [200, 200]
    assert answers[0].body == answers[1].body


def test_head_answers_what_get_does_without_a_body(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    (account, *_) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    path = f"/v1/accounts/{account['id']}/holdings"
    whole, head = world.call("GET", path), world.call("HEAD", path)
    assert (head.status, head.text) == (200, "")
    assert head.headers["ETag"] == whole.headers["ETag"]
    assert world.call("HEAD", "/v1/nothing").status == 404


def test_a_verb_that_is_not_there_is_told_which_are(world: World) -> None:
    answer = world.call("PUT", "/v1/connections")
    assert (answer.status, answer.body["code"]) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD, POST"
    assert world.call("HEAD", "/v1/refreshes").headers["Allow"] == "POST"


def test_a_parameter_nobody_reads_is_refused_by_name(world: World) -> None:
    answer = world.call("GET", "/v1/connections", query={"shape": "snaptrade"})
    assert (answer.status, answer.body["code"]) == (422, "invalid_field")
    assert answer.body["detail"] == "shape: is not a known parameter"


def test_a_body_that_no_form_has_is_not_even_parsed(world: World) -> None:
    answer = world.call("POST", "/v1/link-sessions", scope="freshet/link", body="[" * 20_000)
    assert (answer.status, answer.body["code"]) == (413, "payload_too_large")


def test_a_script_that_presses_refresh_is_slowed_down(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    path = f"/v1/connections/{connection_id}/refresh"
    answers = [world.call("POST", path, body='{"dry_run": true}') for _ in range(70)]
    # Two stretches of a minute at most, whatever the clock says.
    assert {each.status for each in answers} == {200, 429}
    assert answers[-1].body["code"] == "too_many_requests"
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert world.call("POST", path, user_id=STRANGER).status == 404


def test_a_short_list_goes_on_where_its_cursor_says(world: World) -> None:
    ids = [world.link()[0] for _ in range(3)]
    first = world.call("GET", "/v1/connections", query={"limit": "2"}).body
    rest = world.call(
        "GET", "/v1/connections", query={"limit": "2", "cursor": first["next_cursor"]}
    ).body
    assert [each["id"] for each in first["items"] + rest["items"]] == ids[::-1]
    assert rest["next_cursor"] is None
    other = world.call(
        "GET", f"/v1/connections/{ids[0]}/refreshes", query={"cursor": first["next_cursor"]}
    )
    assert (other.status, other.body["detail"]) == (422, "cursor: is not one of ours")


def test_anybody_may_read_what_the_api_can_do(world: World) -> None:
    document = world.ask("/openapi.json")
    assert json.loads(document.text)["openapi"] == "3.1.0"
    page = world.ask("/docs")
    assert "listConnections" in page.text
    assert "script-src" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/openapi.json", "/docs"])
def test_document_is_not_served_unless_the_deployment_wants_it(
    world: World, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.setenv("DOCS", "no")
    answer = world.ask(path)
    assert (answer.status, len(answer.text) < 1000) == (404, True)


def test_browsers_are_told_to_believe_the_content_type(world: World) -> None:
    answers = [
        world.call("GET", "/v1/connections"),
        world.call("GET", "/v1/unknown"),
        world.call("HEAD", "/v1/connections"),
        world.call("GET", "/v1/connections", scope=""),
        world.ask("/openapi.json"),
        world.ask("/docs"),
    ]
    for answer in answers:
        assert answer.headers["X-Content-Type-Options"] == "nosniff", answer.status


@pytest.mark.parametrize(
    "operation",
    [each for each in OPERATIONS if each.rate_limit is not None],
    ids=lambda each: each.id,
)
def test_what_costs_quota_or_money_is_counted_for_each_user(
    world: World, monkeypatch: pytest.MonkeyPatch, operation: Operation
) -> None:
    assert operation.rate_limit is not None
    monkeypatch.setitem(LIMITS, operation.rate_limit, RateLimit(1, timedelta(days=400)))
    connection_id, connection = world.link()
    world.work()
    bodies = {
        "startLink": {"provider": "snaptrade"},
        "finishLink": {
            "provider": "snaptrade",
            "provider_connection_id": connection.connection_id,
        },
    }
    path = operation.path.replace("{connection_id}", connection_id)
    body = json.dumps(bodies.get(operation.id, {}))
    scope = "freshet/read freshet/refresh freshet/link"
    answers = [world.call(operation.verb, path, scope=scope, body=body) for _ in range(2)]
    assert answers[0].body.get("code") != "too_many_requests"
    assert (answers[1].status, answers[1].body["code"]) == (429, "too_many_requests")


def test_no_text_of_the_document_can_end_the_script_of_its_page(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = tmp_path / "openapi.json"
    document.write_text('{"info": {"title": "</script><b>"}}')
    monkeypatch.setattr(app, "DOCUMENT", document)
    page = world.ask("/docs").text
    assert "<b>" in page
    assert "</script><b>" not in page
