"""The OpenAPI 3.1 document of the API, made from what the functions are held to at run time."""

import json
import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Any

from freshet.domain import errors, identifiers
from freshet.http.caller import USER_HEADER, InvalidToken, NotACaller, Scope
from freshet.http.operation import Operation, Parameter
from freshet.http.problems import TABLE, Problem
from freshet.http.resources import RESOURCES
from freshet.http.shapes.problems import GatewayErrorShape, ProblemShape
from freshet.registry import offers
from functions.api.document import EXAMPLES
from functions.api.document.schemas import Schema, closed, schemas_of

OpenApiDocument = dict[str, Any]
_TITLE = "Freshet"
_ABOUT = (
    "Users' brokerage holdings, kept fresh. Amounts, prices and units are decimal strings: keep "
    "them out of floating point. Times are UTC, ISO 8601. A list gives `next_cursor` while there "
    "is more. Enumerations are open: a value you do not know may come. Errors have a stable "
    "`code`; wait `Retry-After` seconds where it is given."
)
_IDS = {
    "connection_id": identifiers.CONNECTION_PATTERN,
    "account_id": identifiers.ACCOUNT_PATTERN,
    "refresh_id": identifiers.REFRESH_PATTERN,
    "link_session_id": identifiers.LINK_SESSION_PATTERN,
    "erasure_id": identifiers.ERASURE_PATTERN,
}
_HEADERS = {
    "ETag": ("Names this state; send it as If-None-Match", {"type": "string"}),
    "Location": ("Where to look next", {"type": "string"}),
    "Retry-After": ("Seconds to wait before asking again", {"type": "integer", "minimum": 1}),
    "Allow": ("The methods that the path has", {"type": "string"}),
}
# Refusals that every operation has, and those that come with a body.
_OF_ALL = (
    NotACaller,
    InvalidToken,
    errors.ActingForNobody,
    errors.ActingNotAllowed,
    errors.MissingScope,
    errors.InvalidField,
    errors.ConcurrentChange,
)
_OF_BODIES = (errors.InvalidJson, errors.PayloadTooLarge)
# What API Gateway answers by itself: no token, a body over 10 MB, throttling, our own failure.
_OF_THE_GATEWAY = (401, 413, 429, 500, 503)
_SENDS_RETRY_AFTER = (429, 503)


def document() -> OpenApiDocument:
    """Make the document."""
    operations = [
        (each.name, operation) for each in RESOURCES for operation in each.operations(offers())
    ]
    shapes = [shape for _, operation in operations for shape in _shapes_of(operation)]
    schemas, definitions = schemas_of([*shapes, ProblemShape, GatewayErrorShape])
    for _, operation in operations:
        for body in operation.bodies:
            name = schemas[body]["$ref"].rpartition("/")[2]
            definitions[name] = closed(definitions[name])
    paths: dict[str, Any] = {}
    for tag, operation in operations:
        at = paths.setdefault(operation.path, _path_item(operation.path))
        at[operation.verb.lower()] = _operation(operation, tag, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": _TITLE, "version": "1", "description": _ABOUT},
        # Relative to the document itself: every deployment has an address of its own.
        "servers": [{"url": "."}],
        "security": [{"token": []}],
        "tags": [{"name": name} for name in dict.fromkeys(each.name for each in RESOURCES)],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "bearerFormat": "JWT",
                    "description": "An access token; ID tokens are refused.",
                }
            },
            "parameters": {"ActsFor": _parameter(_ACTS_FOR, "header")},
            "responses": {
                "GatewayError": {
                    "description": "API Gateway's own answer: no token, too much, or trouble",
                    "content": {"application/json": {"schema": schemas[GatewayErrorShape]}},
                }
            },
            "schemas": definitions,
        },
    }


def _shapes_of(operation: Operation) -> Iterator[Any]:
    yield from (each.shape for each in operation.answers.values() if each.shape is not None)
    yield from operation.bodies


def _path_item(path: str) -> dict[str, Any]:
    names = re.findall(r"{(\w+)}", path)
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "pattern": _IDS[name]},
        }
        for name in names
    ]
    return {"parameters": parameters} if parameters else {}


def _operation(operation: Operation, tag: str, schemas: dict[Any, Schema]) -> dict[str, Any]:
    made: dict[str, Any] = {
        "operationId": operation.id,
        "tags": [tag],
        "summary": operation.summary,
        "description": _description(operation),
        "security": [{"token": [operation.scope]}],
        "parameters": [
            *(_parameter(each, "query") for each in operation.query),
            *(_parameter(each, "header") for each in operation.headers),
            {"$ref": "#/components/parameters/ActsFor"},
        ],
        "responses": _responses(operation, schemas),
    }
    if operation.bodies:
        made["requestBody"] = _body(operation, schemas)
    return made


_ACTS_FOR = Parameter(
    name=USER_HEADER.title(),
    description=f"For whom a machine acts whose token has the scope `{Scope.ACT_AS}`",
    schema={"type": "string", "minLength": 1},
)


def _description(operation: Operation) -> str:
    needs = f"Needs the scope `{operation.scope}`."
    return f"{operation.description} {needs}".strip()


def _parameter(parameter: Parameter, place: str) -> dict[str, Any]:
    return {
        "name": parameter.name,
        "in": place,
        "description": parameter.description,
        "schema": dict(parameter.schema),
    }


def _body(operation: Operation, schemas: dict[Any, Schema]) -> dict[str, Any]:
    choices = [schemas[each] for each in operation.bodies]
    schema = choices[0] if len(choices) == 1 else {"oneOf": choices}
    is_needed = any(vars(each)["__required_keys__"] for each in operation.bodies)
    return {"required": is_needed, "content": {"application/json": {"schema": schema}}}


def _responses(operation: Operation, schemas: dict[Any, Schema]) -> dict[str, Any]:
    responses: dict[int, dict[str, Any]] = {}
    examples = json.loads(EXAMPLES.read_text())
    for status, answer in operation.answers.items():
        responses[status] = {"description": HTTPStatus(status).phrase}
        if answer.headers:
            responses[status]["headers"] = {name: _header(name) for name in answer.headers}
        if answer.shape is not None:
            content: dict[str, Any] = {"schema": schemas[answer.shape]}
            if str(status) in examples.get(operation.id, {}):
                content["example"] = examples[operation.id][str(status)]
            responses[status]["content"] = {"application/json": content}
    for status, problems in _problems_by_status(operation).items():
        responses[status] = _problem_response(status, problems, schemas)
    for status in _OF_THE_GATEWAY:
        if status in responses:
            content = responses[status]["content"]
            content["application/json"] = {"schema": schemas[GatewayErrorShape]}
        else:
            responses[status] = {"$ref": "#/components/responses/GatewayError"}
    return {str(status): response for status, response in sorted(responses.items())}


def _problems_by_status(operation: Operation) -> dict[int, list[Problem]]:
    kinds: list[type[Exception]] = [*_OF_ALL, *operation.problems]
    kinds += _OF_BODIES if operation.bodies else ()
    kinds += [errors.TooManyRequests] if operation.rate_limit else []
    problems: dict[int, list[Problem]] = {}
    for kind in kinds:
        problem = TABLE[kind]
        at = problems.setdefault(problem.status, [])
        if problem not in at:
            at.append(problem)
    return problems


def _problem_response(
    status: int, problems: Iterable[Problem], schemas: dict[Any, Schema]
) -> dict[str, Any]:
    by_code = {each.code: each.title for each in problems}
    response: dict[str, Any] = {
        "description": "; ".join(f"`{code}`: {title}" for code, title in by_code.items()),
        "content": {"application/problem+json": {"schema": schemas[ProblemShape]}},
        "x-codes": sorted(by_code),
    }
    if status in _SENDS_RETRY_AFTER:
        response["headers"] = {"Retry-After": _header("Retry-After")}
    return response


def _header(name: str) -> dict[str, Any]:
    description, schema = _HEADERS[name]
    return {"description": description, "schema": schema}
