"""Judges answers by the OpenAPI document, more strictly than a client would.

A field that is not in the document, a value that an open enumeration does not name, a status or
an error code that its operation does not announce: each of them is a lie of the document's.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from functions.api.document import DOCUMENT

_ELSEWHERE = {404: {"not_found"}, 405: {"method_not_allowed"}}


class NotAsDocumented(AssertionError):
    """An answer that the document does not know."""


def demand_conformity(
    method: str, path: str, status: int, headers: Mapping[str, str], text: str
) -> None:
    """Raise NotAsDocumented for an answer that the document does not describe."""
    where = f"{method} {path} → {status}"
    if method == "HEAD":
        if text:
            raise NotAsDocumented(f"{where}: an answer to HEAD has no body")
        return
    operation = _operation(method, path)
    kind = {name.lower(): value for name, value in headers.items()}.get("content-type", "")
    kind = kind.partition(";")[0]
    if operation is None:
        code = json.loads(text).get("code")
        if code not in _ELSEWHERE.get(status, set()):
            raise NotAsDocumented(f"{where}: {code} for what is not in the document")
        return
    response = operation["responses"].get(str(status))
    if response is None:
        raise NotAsDocumented(f"{where}: the status is not in the document")
    response = _dereferenced(response)
    content = response.get("content", {})
    if not content:
        if text:
            raise NotAsDocumented(f"{where}: a body where none is announced")
        return
    if kind not in content:
        raise NotAsDocumented(f"{where}: {kind or 'no content type'} is not in the document")
    body = json.loads(text)
    error = best_match(_validator(_key(content[kind]["schema"])).iter_errors(body))
    if error is not None:
        place = "/".join(str(each) for each in error.absolute_path)
        raise NotAsDocumented(f"{where}: {place or 'the body'}: {error.message}")
    codes = response.get("x-codes")
    if kind == "application/problem+json" and body["code"] not in (codes or ()):
        raise NotAsDocumented(f"{where}: the code {body['code']} is not announced")


@cache
def _document() -> dict[str, Any]:
    return dict(json.loads(DOCUMENT.read_text()))


def _operation(method: str, path: str) -> dict[str, Any] | None:
    for template, item in _document()["paths"].items():
        pattern = re.sub(r"\\{\w+\\}", "[^/]+", re.escape(template))
        if re.fullmatch(pattern, path.removesuffix("/")) and method.lower() in item:
            return dict(item[method.lower()])
    return None


def _dereferenced(response: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in response:
        return response
    name = response["$ref"].rpartition("/")[2]
    return dict(_document()["components"]["responses"][name])


def _key(schema: dict[str, Any]) -> str:
    return json.dumps(schema, sort_keys=True)


@cache
def _validator(schema_text: str) -> Draft202012Validator:
    schema = {**json.loads(schema_text), "components": _strict(_document()["components"])}
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def _strict(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: _strict(value) for name, value in schema.items()}
    choices = schema.get("anyOf", [])
    if any("enum" in each for each in choices) and {"type": "string"} in choices:
        strict["anyOf"] = [each for each in strict["anyOf"] if each != {"type": "string"}]
    if schema.get("type") == "object" and "properties" in schema:
        strict["additionalProperties"] = False
    return strict
