"""Read template.yaml with its short intrinsics (!Ref, !Sub, …) and ask it questions."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Self

import yaml

from tests.environment import REGION
from tests.local_stack.conditions import Conditions

ROOT = Path(__file__).resolve().parents[2]
PATH = ROOT / "template.yaml"
_SAM_PYTHON = ROOT / ".environments" / "sam" / "bin" / "python"
_TRANSLATION = Path(__file__).with_name("sam_translation.py")
_PARTS = ("Parameters", "Rules", "Conditions", "Globals", "Resources", "Outputs")

type Node = Any


class _Loader(yaml.SafeLoader):
    """YAML with CloudFormation's tags."""


def _intrinsic(loader: _Loader, tag: str, node: yaml.Node) -> Node:
    match node:
        case yaml.ScalarNode():
            value: Node = loader.construct_scalar(node)
        case yaml.SequenceNode():
            value = loader.construct_sequence(node, deep=True)
        case yaml.MappingNode():
            value = loader.construct_mapping(node, deep=True)
        case _:
            raise TypeError(tag)
    if tag == "GetAtt" and isinstance(value, str):
        value = value.split(".")
    return {tag if tag in {"Ref", "Condition"} else f"Fn::{tag}": value}


_Loader.add_multi_constructor("!", _intrinsic)


@dataclass(frozen=True, slots=True)
class Template:
    """The template as plain data."""

    parameters: dict[str, Node]
    rules: dict[str, Node]
    conditions: dict[str, Node]
    globals: dict[str, Node]
    resources: dict[str, Node]
    outputs: dict[str, Node]

    @classmethod
    def read(cls) -> Self:
        """Parse the file in the repository."""
        document = yaml.load(PATH.read_text(), Loader=_Loader)  # noqa: S506 derived from SafeLoader
        return cls(*(document[name] for name in _PARTS))

    @classmethod
    def translated(cls, choices: Mapping[str, Mapping[str, str]]) -> dict[str, Self]:
        """Give what CloudFormation deploys for each choice of parameters: translated by SAM, the
        branches taken.
        """
        documents = _translated(json.dumps(choices))
        return {
            name: cls(*(documents[name].get(part, {}) for part in _PARTS)).given(**parameters)
            for name, parameters in choices.items()
        }

    def given(self, **parameters: str) -> Self:
        """What is deployed with these parameters: branches taken, what has no part in it left out.

        Values still refer to parameters and resources by name.
        """
        conditions = self._conditions(parameters)

        def parts(nodes: dict[str, Node]) -> dict[str, Node]:
            return {
                name: conditions.decide(node)
                for name, node in nodes.items()
                if "Condition" not in node or conditions.holds(node["Condition"])
            }

        return replace(
            self,
            globals=conditions.decide(self.globals),
            resources=parts(self.resources),
            outputs=parts(self.outputs),
        )

    def refusals(self, **parameters: str) -> list[str]:
        """The rules that refuse these parameters."""
        conditions = self._conditions(parameters)
        return [
            name
            for name, rule in self.rules.items()
            if conditions.is_true(rule["RuleCondition"])
            and not all(conditions.is_true(each["Assert"]) for each in rule["Assertions"])
        ]

    def _conditions(self, parameters: dict[str, str]) -> Conditions:
        unknown = set(parameters) - set(self.parameters)
        assert not unknown, unknown
        defaults = {
            name: str(each["Default"])
            for name, each in self.parameters.items()
            if "Default" in each
        }
        return Conditions(self.conditions, defaults | parameters)

    def of_type(self, kind: str) -> dict[str, Node]:
        """Properties of all resources of one type, by logical id."""
        return {
            name: resource["Properties"]
            for name, resource in self.resources.items()
            if resource["Type"] == kind
        }

    @property
    def functions(self) -> dict[str, Node]:
        """Each function's properties, with what all share filled in."""
        if translated := self.of_type("AWS::Lambda::Function"):
            return translated
        shared = self.globals["Function"]
        return {
            name: _merged(shared, own)
            for name, own in self.of_type("AWS::Serverless::Function").items()
        }

    @property
    def queues(self) -> dict[str, Node]:
        """Queues that hold work."""
        queues = self.of_type("AWS::SQS::Queue")
        return {name: each for name, each in queues.items() if "DeadLetter" not in name}

    @property
    def dead_letter_queues(self) -> dict[str, Node]:
        """Queues that hold what could not be worked."""
        queues = self.of_type("AWS::SQS::Queue")
        return {name: each for name, each in queues.items() if "DeadLetter" in name}

    def events(self, kind: str) -> Iterator[tuple[str, str, Node]]:
        """(function, name, properties) of every event of one type."""
        for function, properties in self.functions.items():
            for name, event in properties.get("Events", {}).items():
                if event["Type"] == kind:
                    yield function, name, event["Properties"]

    def statements(self) -> Iterator[tuple[str, Node]]:
        """(function, statement) of every permission granted to a function."""
        for function, properties in self.functions.items():
            [role, _] = properties["Role"]["Fn::GetAtt"]
            for statement in self.statements_of(role):
                yield function, statement

    def statements_of(self, role: str) -> Iterator[Node]:
        """Every permission that a role has in the template."""
        for policy in self.of_type("AWS::IAM::Role")[role]["Policies"]:
            yield from policy["PolicyDocument"]["Statement"]

    def actions_of(self, function: str) -> set[str]:
        """Every action that one function may take."""
        found: set[str] = set()
        for owner, statement in self.statements():
            if owner == function:
                found.update(as_list(statement["Action"]))
        return found

    def environment(self, function: str) -> dict[str, Node]:
        """The environment variables of one function; all are there whatever the conditions say."""
        variables: dict[str, Node] = self.functions[function]["Environment"]["Variables"]
        return variables


@cache
def _translated(choices: str) -> dict[str, Node]:
    command = [str(_SAM_PYTHON), str(_TRANSLATION), str(PATH), choices]
    environment = {"AWS_DEFAULT_REGION": REGION}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    documents: dict[str, Node] = json.loads(done.stdout)
    return documents


def as_list(node: Node) -> list[Node]:
    """One or several, as several."""
    return node if isinstance(node, list) else [node]


def _merged(shared: Node, own: Node) -> Node:
    """SAM's rule: maps are merged, lists appended, anything else replaced."""
    if isinstance(shared, dict) and isinstance(own, dict):
        return shared | {
            name: _merged(shared[name], value) if name in shared else value
            for name, value in own.items()
        }
    if isinstance(shared, list) and isinstance(own, list):
        return shared + own
    return own
