"""What a careful frontend developer tries: HEAD, slashes, wrong verbs, bounds, bent cursors."""

import base64

import pytest

from freshet.http.addressing import verbs_at
from freshet.http.operation import Operation
from freshet.http.resources import operations_with
from freshet.registry import offers
from tests.e2e.frontend import ORIGIN
from tests.e2e.matrix import OWNER, ROWS, filled, things_of_owner
from tests.local_stack.api_client import ApiClient
from tests.local_stack.deployed import Deployed

OPERATIONS = operations_with(offers())

READS = [each for each in OPERATIONS if each.verb == "GET"]
LISTS = [each for each in READS if "limit" in each.query_names]
PATHS = sorted({each.path for each in OPERATIONS})
each_read = pytest.mark.parametrize("operation", READS, ids=lambda each: each.id)
each_list = pytest.mark.parametrize("operation", LISTS, ids=lambda each: each.id)


@pytest.fixture(scope="module")
def things(running: Deployed) -> dict[str, str]:
    return things_of_owner(running)


def _path(operation: Operation, things: dict[str, str], **query: str) -> str:
    own = ROWS[operation.id].query
    joint = "&" if own else "?"
    extra = joint + "&".join(f"{name}={value}" for name, value in query.items()) if query else ""
    return filled(operation.path + own, things) + extra


@pytest.mark.sampled(6)
@each_read
def test_head_says_what_get_would(
    running: Deployed, things: dict[str, str], operation: Operation
) -> None:
    path = _path(operation, things)
    answer = running.api(OWNER).call("HEAD", path)
    assert (answer.status, answer.body) == (200, "")


@pytest.mark.sampled(6)
@each_read
def test_a_slash_at_the_end_makes_no_difference(
    running: Deployed, things: dict[str, str], operation: Operation
) -> None:
    path, _, query = _path(operation, things).partition("?")
    assert running.api(OWNER).get(f"{path}/?{query}".rstrip("?")).status == 200


@pytest.mark.sampled(6)
@pytest.mark.parametrize("path", PATHS)
def test_a_verb_that_is_not_there_is_told_which_are(
    running: Deployed, things: dict[str, str], path: str
) -> None:
    answer = running.api(OWNER).call("PUT", filled(path, things))
    assert (answer.status, answer.body["code"]) == (405, "method_not_allowed")
    assert answer.headers["Allow"] == ", ".join(sorted(verbs_at(path, OPERATIONS)))


@pytest.mark.sampled(6)
@pytest.mark.parametrize("path", PATHS)
def test_a_browsers_preflight_needs_no_token(
    running: Deployed, things: dict[str, str], path: str
) -> None:
    verb = next(each.verb for each in OPERATIONS if each.path == path)
    asks = {
        "Origin": ORIGIN,
        "Access-Control-Request-Method": verb,
        "Access-Control-Request-Headers": "authorization,idempotency-key",
    }
    browser = ApiClient(running.stack.api_url, token=None)
    answer = browser.call("OPTIONS", filled(path, things), headers=asks)
    headers = {name.lower(): value.lower() for name, value in answer.headers.items()}
    assert answer.status in {200, 204}
    assert headers["access-control-allow-origin"] == ORIGIN
    assert verb.lower() in headers["access-control-allow-methods"]
    for name in ("authorization", "idempotency-key", "if-none-match", "freshet-user"):
        assert name in headers["access-control-allow-headers"]


@pytest.mark.sampled(6)
@each_list
@pytest.mark.parametrize("limit", ["0", "-1", "501x", "1.5", "1e2", "99999999999", "%C2%B2", "1,2"])
def test_a_limit_out_of_bounds_is_named(
    running: Deployed, things: dict[str, str], operation: Operation, limit: str
) -> None:
    answer = running.api(OWNER).get(_path(operation, things, limit=limit))
    assert (answer.status, answer.body["code"]) == (422, "invalid_field")
    assert answer.body["detail"].startswith("limit: ")


@pytest.mark.sampled(6)
@each_list
def test_the_bounds_themselves_are_fine(
    running: Deployed, things: dict[str, str], operation: Operation
) -> None:
    (most,) = [each.schema["maximum"] for each in operation.query if each.name == "limit"]
    for limit in ("1", str(most)):
        assert running.api(OWNER).get(_path(operation, things, limit=limit)).status == 200


@pytest.mark.sampled(6)
@each_list
@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "%F0%9F%92%A5",
        "a" * 2_000,
        base64.urlsafe_b64encode(b"USER#somebody-else").decode(),
        base64.urlsafe_b64encode(b"\x00\xff").decode(),
    ],
    ids=["no base64", "no ascii", "too long", "of no list", "no text"],
)
def test_a_bent_cursor_is_refused(
    running: Deployed, things: dict[str, str], operation: Operation, cursor: str
) -> None:
    answer = running.api(OWNER).get(_path(operation, things, cursor=cursor))
    assert (answer.status, answer.body["code"]) == (422, "invalid_field")
    assert answer.body["detail"].startswith("cursor: ")


def test_an_answer_at_hand_is_not_sent_again(running: Deployed, things: dict[str, str]) -> None:
    api, path = running.api(OWNER), f"/v1/accounts/{things['account_id']}/holdings"
    etag = api.get(path).headers["ETag"]
    for method in ("GET", "HEAD"):
        answer = api.call(method, path, headers={"If-None-Match": f'"other", W/{etag}'})
        assert (answer.status, answer.body, answer.headers["ETag"]) == (304, "", etag)
    assert api.call("GET", path, headers={"If-None-Match": '"other"'}).status == 200
