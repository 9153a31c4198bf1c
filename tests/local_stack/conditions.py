"""A template's conditions for given parameters, and what its conditional values become."""

from collections.abc import Mapping
from typing import Any

# A template's values: text, or an intrinsic such as {"Ref": "JwtIssuer"}.
type Node = Any

NO_VALUE = {"Ref": "AWS::NoValue"}


class Conditions:
    """The conditions of one template, evaluated for the parameters of one stack."""

    def __init__(self, conditions: Mapping[str, Node], parameters: Mapping[str, str]) -> None:
        self._conditions = conditions
        self._parameters = parameters

    def holds(self, name: str) -> bool:
        """Whether a condition is true here."""
        return self.is_true(self._conditions[name])

    def is_true(self, node: Node) -> bool:
        """Evaluate what stands in a condition or in an assertion of a rule."""
        match node:
            case {"Condition": name}:
                return self.holds(name)
            case {"Fn::Equals": [one, other]}:
                return self._text(one) == self._text(other)
            case {"Fn::Or": choices}:
                return any(self.is_true(each) for each in choices)
            case {"Fn::And": demands}:
                return all(self.is_true(each) for each in demands)
            case {"Fn::Not": [negated]}:
                return not self.is_true(negated)
            case _:
                raise UnknownShape(node)

    def decide(self, node: Node) -> Node:
        """The same node with its branches taken, and without what has no value."""
        match node:
            case {"Fn::If": [name, given, otherwise]}:
                return self.decide(given if self.holds(name) else otherwise)
            case dict():
                decided = {name: self.decide(value) for name, value in node.items()}
                return {name: value for name, value in decided.items() if value != NO_VALUE}
            case list():
                return [value for value in map(self.decide, node) if value != NO_VALUE]
            case _:
                return node

    def _text(self, node: Node) -> str:
        match node:
            case str():
                return node
            case {"Ref": name}:
                return self._parameters[name]
            case _:
                raise UnknownShape(node)


class UnknownShape(Exception):
    """The template says something in a way that is not read yet."""

    def __init__(self, node: Node) -> None:
        super().__init__(f"cannot read {node}")
