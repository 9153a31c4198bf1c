"""Plain Python values as DynamoDB writes them, and expressions around them."""

from collections.abc import Collection, Mapping
from typing import Any

from freshet.adapters.dynamodb.attribute_values import from_attribute, to_attribute

Item = dict[str, Any]


def between(partition: str, first: str, last: str) -> dict[str, Any]:
    """Ask for the items of a partition from one sort key to another."""
    return {
        "KeyConditionExpression": "PK = :partition AND SK BETWEEN :first AND :last",
        "ExpressionAttributeValues": wire(
            {":partition": partition, ":first": first, ":last": last}
        ),
    }


def only(attributes: Collection[str]) -> dict[str, Any]:
    """Ask for some attributes and the key."""
    if not attributes:
        return {}
    # Named by number: an attribute may be a reserved word.
    wanted = sorted({"PK", "SK", *attributes})
    names = {f"#a{place}": name for place, name in enumerate(wanted)}
    return {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}


def when(condition: str | None, values: Item | None) -> dict[str, Any]:
    """Set a condition."""
    arguments: dict[str, Any] = {}
    if condition:
        arguments["ConditionExpression"] = condition
    if values:
        arguments["ExpressionAttributeValues"] = wire(values)
    return arguments


def wire(item: Mapping[str, Any]) -> dict[str, Any]:
    """Write plain values as DynamoDB does; None is left out."""
    return {name: to_attribute(value) for name, value in item.items() if value is not None}


def plain(item: Mapping[str, Any]) -> Item:
    """Read what DynamoDB wrote."""
    return {name: from_attribute(value) for name, value in item.items()}
