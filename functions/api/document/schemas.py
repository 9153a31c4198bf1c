"""From the product's typed dictionaries to JSON Schema, as frontend developers like to read it."""

import re
from collections.abc import Iterable
from typing import Any

from pydantic import ConfigDict, TypeAdapter
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from freshet.http.shapes.vocabulary import Shape

Schema = dict[str, Any]
_REFERENCE = "#/components/schemas/{model}"
# Docstrings below fields become descriptions; only this module needs pydantic to know of them.
Shape.__pydantic_config__ = ConfigDict(use_attribute_docstrings=True)  # type: ignore[attr-defined]


class _OpenEnums(GenerateJsonSchema):
    """Tell that a value may come to an enumeration which an older client does not know."""

    def enum_schema(self, schema: core_schema.EnumSchema) -> JsonSchemaValue:
        closed = super().enum_schema(schema)
        values = {"type": "string", "enum": closed["enum"]}
        return {"description": closed["description"], "anyOf": [values, {"type": "string"}]}


def schemas_of(shapes: Iterable[Any]) -> tuple[dict[Any, Schema], dict[str, Schema]]:
    """Give a schema for each shape, and the definitions that they refer to."""
    wanted = list(shapes)
    made, rest = TypeAdapter.json_schemas(
        [(at, "serialization", TypeAdapter(shape)) for at, shape in enumerate(wanted)],
        ref_template=_REFERENCE,
        schema_generator=_OpenEnums,
    )
    by_place = {at: _tidy(schema) for (at, _), schema in made.items()}
    definitions = {
        _public_name(name): _tell_apart(_tidy(schema)) for name, schema in rest["$defs"].items()
    }
    return {wanted[at]: schema for at, schema in by_place.items()}, _resolved(definitions)


def closed(schema: Schema) -> Schema:
    """Say of an object that it has no other fields: what a client sends is read, or refused."""
    return {**schema, "additionalProperties": False}


def _public_name(name: str) -> str:
    """`ConnectionShape` is a Connection to others, `Page_ConnectionShape_` a ConnectionPage."""
    page = re.fullmatch(r"Page_(\w+?)(?:Shape)?_", name)
    return f"{page[1]}Page" if page else re.sub(r"Shape$", "", name)


def _tidy(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_tidy(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    tidy: Schema = {}
    for name, value in schema.items():
        if name == "properties":
            tidy[name] = {field: _tidy(each) for field, each in value.items()}
        elif name == "$ref":
            prefix, _, model = value.rpartition("/")
            tidy[name] = f"{prefix}/{_public_name(model)}"
        elif name == "description":
            tidy[name] = " ".join(value.split())
        elif name != "title":
            tidy[name] = _tidy(value)
    return tidy


def _tell_apart(schema: Schema) -> Schema:
    """A union of shapes is exactly one of them."""
    if "anyOf" in schema and all("$ref" in each for each in schema["anyOf"]):
        schema = {**schema, "oneOf": schema["anyOf"]}
        del schema["anyOf"]
    return schema


def _resolved(definitions: dict[str, Schema]) -> dict[str, Schema]:
    """Name the field by which a union's shapes are told apart, where there is one."""
    for schema in definitions.values():
        if "oneOf" not in schema:
            continue
        names = {each["$ref"].rpartition("/")[2]: each["$ref"] for each in schema["oneOf"]}
        statuses = {name: _literals(definitions[name], "status") for name in names}
        if all(statuses.values()):
            mapping = {value: names[name] for name, values in statuses.items() for value in values}
            schema["discriminator"] = {"propertyName": "status", "mapping": mapping}
    return dict(sorted(definitions.items()))


def _literals(schema: Schema, field: str) -> list[str]:
    values = schema["properties"].get(field, {})
    return list(values.get("enum", [values["const"]] if "const" in values else []))
