"""The providers' OpenAPI documents, where this machine has them: do exchanges keep to them?

They lie outside the repository, whose they are not; FRESHET_PROVIDER_SPECS names another folder.
"""

import json
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml
from openapi_schema_validator import OAS30Validator, oas30_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT4

from tests.sdks.exchanges import Exchange

VARIABLE = "FRESHET_PROVIDER_SPECS"
_USUAL_FOLDER = Path(__file__).resolve().parents[3] / "shared" / "providers"
FILES = {"snaptrade": "snaptrade-openapi.yaml", "plaid": "plaid-openapi-investments.yaml"}
_ROOT = "urn:specification"
_JSON = "application/json"
_NULL = {"type": "string", "nullable": True, "enum": [None]}

type Finding = tuple[str, str]
"""Where, and what."""


def folder() -> Path:
    """Return where the specifications are, or would be."""
    return Path(os.environ.get(VARIABLE) or _USUAL_FOLDER)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a specification."""

    method: str
    template: str
    described: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Return what findings call it."""
        return f"{self.method} {self.template}"


class Specification:
    """An OpenAPI 3.0 document that judges exchanges."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Take a parsed document."""
        self._document = _usable(document)
        resource = DRAFT4.create_resource(self._document)
        self._registry = Registry().with_resource(_ROOT, resource)

    def findings(self, exchange: Exchange) -> Iterator[Finding]:
        """Tell everything in a request and its answer that the document does not allow."""
        found = self._operation(exchange)
        if found is None:
            yield f"{exchange.method} {exchange.path}", "no such operation"
            return
        operation, in_path = found
        yield from self._of_parameters(operation, exchange, in_path)
        yield from self._of_body(operation, exchange)
        yield from self._of_answer(operation, exchange)

    def _operation(self, exchange: Exchange) -> tuple[Operation, dict[str, str]] | None:
        # Literal paths first: /accounts/all is no account.
        for template in sorted(self._document["paths"], key=lambda each: each.count("{")):
            pattern = re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>[^/]+)", re.escape(template))
            match = re.fullmatch(pattern, exchange.path)
            described = self._document["paths"][template].get(exchange.method.lower())
            if match and described:
                in_path = {name: unquote(value) for name, value in match.groupdict().items()}
                return Operation(exchange.method, template, described), in_path
        return None

    def _of_parameters(
        self, operation: Operation, exchange: Exchange, in_path: Mapping[str, str]
    ) -> Iterator[Finding]:
        shared = self._document["paths"][operation.template].get("parameters", [])
        own = operation.described.get("parameters", [])
        listed = [self._resolved(each) for each in (*shared, *own)]
        declared = {(each["in"], each["name"]): each for each in listed}
        sent = {("query", name): value for name, value in exchange.query.items()}
        sent |= {("path", name): value for name, value in in_path.items()}
        for place, value in sent.items():
            where = f"{operation.name} {place[0]}.{place[1]}"
            if place in declared:
                schema = self._resolved(declared[place].get("schema", {}))
                yield from self._against(schema, _of_text(value, schema), where)
            elif place not in self._credentials():
                yield where, "no such parameter"
        for (kind, name), parameter in declared.items():
            if parameter.get("required") and kind == "query" and (kind, name) not in sent:
                yield f"{operation.name} {kind}.{name}", "required but not sent"

    def _of_body(self, operation: Operation, exchange: Exchange) -> Iterator[Finding]:
        where, body = f"{operation.name} body", exchange.body
        if "requestBody" not in operation.described:
            if body is not None:
                yield where, "a body where none belongs"
            return
        described = self._resolved(operation.described["requestBody"])
        if body is not None:
            yield from self._against(described["content"][_JSON]["schema"], body, where)
        elif described.get("required"):
            yield where, "required but not sent"

    def _of_answer(self, operation: Operation, exchange: Exchange) -> Iterator[Finding]:
        responses, status = operation.described["responses"], str(exchange.status)
        where = f"{operation.name} {status}"
        if status not in responses:
            if "default" not in responses:
                yield where, "no such answer"
            return
        described = self._resolved(responses[status])
        if "content" in described:
            schema = described["content"][_JSON]["schema"]
            yield from self._against(schema, json.loads(exchange.answer), where)

    def _against(self, schema: Any, value: Any, where: str) -> Iterator[Finding]:
        validator = OAS30Validator(
            schema, registry=self._registry, format_checker=oas30_format_checker
        )
        for error in validator.iter_errors(value):
            yield f"{where} {error.json_path}", error.message

    def _resolved(self, described: Any) -> Any:
        while "$ref" in described:
            inner: Any = self._document
            for step in described["$ref"].removeprefix(f"{_ROOT}#/").split("/"):
                inner = inner[step.replace("~1", "/").replace("~0", "~")]
            described = inner
        return described

    def _credentials(self) -> set[tuple[str, str]]:
        schemes = self._document["components"].get("securitySchemes", {}).values()
        return {(each["in"], each["name"]) for each in schemes if each.get("type") == "apiKey"}


@cache
def specification_of(provider: str) -> Specification:
    """Read a provider's specification once."""
    text = (folder() / FILES[provider]).read_text()
    return Specification(yaml.load(text, Loader=_loader()))  # noqa: S506 a safe loader, see there


def _loader() -> Any:
    # JSON has no dates: an example that looks like one stays text, and the C parser saves seconds.
    base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

    class Loader(base):  # type: ignore[misc]
        """Reads dates as text."""

    Loader.yaml_implicit_resolvers = {
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in base.yaml_implicit_resolvers.items()
    }
    return Loader


def _usable(described: Any) -> Any:
    """Let every reference name the document, and every `nullable` mean what its author meant."""
    if isinstance(described, list):
        return [_usable(each) for each in described]
    if not isinstance(described, dict):
        return described
    rendered = {name: _usable(each) for name, each in described.items()}
    reference = rendered.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/"):
        rendered["$ref"] = _ROOT + reference
    if rendered.get("nullable") is True and not _allows_null(rendered):
        del rendered["nullable"]
        return {"anyOf": [rendered, _NULL]}
    return rendered


def _allows_null(schema: Mapping[str, Any]) -> bool:
    # By the letter of OpenAPI 3.0.3 `nullable` works only beside `type`, and an enumeration must
    # list null itself; both documents rely on the spirit.
    return "type" in schema and None in schema.get("enum", (None,))


def _of_text(text: str, schema: Mapping[str, Any]) -> Any:
    if schema.get("type") == "integer" and text.lstrip("-").isdecimal():
        return int(text)
    if schema.get("type") == "boolean" and text in {"true", "false"}:
        return text == "true"
    return text
