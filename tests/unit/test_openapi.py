"""The OpenAPI document: made from the code, complete, and strict where it judges answers."""

import json
import re
from collections import Counter
from typing import Any

import pytest

from freshet.http.resources import operations_with
from freshet.registry import offers
from functions.api.document import DOCUMENT, EXAMPLES
from functions.api.document.text import as_text
from tests.conformity import NotAsDocumented, demand_conformity

OPERATIONS = operations_with(offers())

JSON = {"Content-Type": "application/json"}
PROBLEM = {"Content-Type": "application/problem+json"}
USAGE = "/v1/providers"
PROVIDER: dict[str, Any] = {
    "name": "plaid",
    "configured": True,
    "refresh": {"cost": {"amount": "0.12", "currency": "USD"}, "answers_in_place": False},
}
NOT_FOUND = {
    "type": "about:blank",
    "title": "Not found",
    "status": 404,
    "code": "not_found",
    "detail": None,
    "provider": None,
    "user_action": None,
    "retry_after": None,
}


def _page(**changes: Any) -> str:
    return json.dumps({"items": [PROVIDER | changes], "next_cursor": None})


def test_the_file_says_what_the_code_does() -> None:
    assert DOCUMENT.read_text() == as_text(), "the API has changed: make openapi"


def test_every_operation_has_a_name_of_its_own() -> None:
    assert Counter(each.id for each in OPERATIONS).most_common(1)[0][1] == 1
    assert Counter((each.verb, each.path) for each in OPERATIONS).most_common(1)[0][1] == 1


def test_every_enumeration_in_an_answer_is_open() -> None:
    schemas = json.loads(DOCUMENT.read_text())["components"]["schemas"]
    enums = {name: each for name, each in schemas.items() if name.endswith(("Status", "Reason"))}
    assert len(enums) >= 6
    for name, schema in enums.items():
        assert {"type": "string"} in schema["anyOf"], name


def test_an_answer_passes_when_it_is_as_documented() -> None:
    demand_conformity("GET", USAGE, 200, JSON, _page())
    demand_conformity("GET", USAGE + "/", 200, JSON, _page())
    demand_conformity("GET", "/v1/nothing", 404, PROBLEM, json.dumps(NOT_FOUND))
    demand_conformity("HEAD", USAGE, 200, JSON, "")


@pytest.mark.parametrize(
    ("method", "path", "status", "headers", "text"),
    [
        pytest.param("GET", USAGE, 200, JSON, _page(extra=1), id="a field too many"),
        pytest.param("GET", USAGE, 200, JSON, _page(name="other"), id="an unknown value"),
        pytest.param("GET", USAGE, 200, JSON, _page(configured=None), id="null"),
        pytest.param("GET", USAGE, 200, JSON, '{"items": []}', id="a field too few"),
        pytest.param("GET", USAGE, 200, PROBLEM, _page(), id="another content type"),
        pytest.param("GET", USAGE, 202, JSON, _page(), id="another status"),
        pytest.param("GET", USAGE, 404, PROBLEM, json.dumps(NOT_FOUND), id="an error of others"),
        pytest.param("GET", "/v1/nothing", 200, JSON, _page(), id="another path"),
        pytest.param("HEAD", USAGE, 200, JSON, _page(), id="HEAD with a body"),
        pytest.param("GET", "/v1/accounts/x/holdings", 304, {}, "{}", id="304 with a body"),
        pytest.param(
            "GET",
            "/v1/accounts/x/holdings",
            404,
            PROBLEM,
            json.dumps(NOT_FOUND | {"code": "gone"}),
            id="an unannounced code",
        ),
    ],
)
def test_an_answer_is_found_out_when_it_is_not_as_documented(
    method: str, path: str, status: int, headers: dict[str, str], text: str
) -> None:
    with pytest.raises(NotAsDocumented):
        demand_conformity(method, path, status, headers, text)


def test_every_operation_shows_what_it_answers() -> None:
    examples = json.loads(EXAMPLES.read_text())
    for operation in OPERATIONS:
        (status,) = examples[operation.id]
        assert int(status) in operation.answers, operation.id
        path = re.sub(r"{\w+}", "x", operation.path)
        text = json.dumps(examples[operation.id][status])
        demand_conformity(operation.verb, path, int(status), JSON, text)
