"""Arrows between the parts point one way; sizes stay small."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from freshet.domain.provider import Provider

ROOT = Path(__file__).resolve().parents[2]
CORE = ROOT / "layers/core/freshet"
APPS = sorted(ROOT.glob("functions/*/app.py"))
MODULES = sorted(CORE.rglob("*.py"))
KEYS = set(Provider.__members__)
ANYTHING = {each.stem for each in CORE.iterdir()}
ALLOWED = {
    "app": {
        *("bootstrap", "batches", "services", "domain", "http"),
        *("messages", "operations", "metrics", "observability"),
    },
    "http": {"http", "services", "domain", "metrics", "observability"},
    "services": {"services", "domain", "ports", "metrics", "observability"},
    "adapters": {"adapters", "domain", "ports", "config", "messages", "metrics", "observability"},
    "operations": {"operations", "services", "domain", "ports", "metrics", "observability"},
    "ports": {"domain", "ports"},
    "messages": {"domain"},
    "config": {"domain"},
    "observability": {"metric_kinds"},
    "metrics": {"metric_kinds"},
    "metric_kinds": set(),
    "batches": set(),
    "domain": {"domain"},
    "registry": {"adapters", "domain", "ports"},
    "bootstrap": ANYTHING,
    "wiring": ANYTHING - {"bootstrap"},
    "__init__": set(),
}
AWS = {"boto3", "botocore", "requests", "urllib3"}
# Pydantic costs a cold start: it stays where foreign JSON enters.
PARSES_FOREIGN_JSON = {
    *("models.py", "client.py", "linking.py", "reference.py", "foreign_json.py"),
    *("operator.py", "importing.py", "credentials.py", "credential_forms.py", "settlements.py"),
    *("registrations.py", "webhooks.py", "purchases.py", "dead_letters.py"),
    *("health.py", "stories.py"),
}
# Classes of values come from it: made faster than by the standard library, at every cold start.
MAKES_VALUES = {"msgspec"}
OF_MSGSPEC = {"msgspec.Struct", "msgspec.field", "msgspec.structs.fields"}
# Where a provider may be named: its key, its own package and the list of all.
NAMES_PROVIDERS = {CORE / "domain/provider.py", CORE / "registry.py"}
MOST_LINES_OF_AN_APP = 80
MOST_LINES_OF_A_MODULE = 300


def _imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import hides where it points"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _names_of_providers(path: Path) -> Iterator[str]:
    """Every place where code, and not only its prose, knows a provider by name."""
    tree = ast.parse(path.read_text())
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(value=ast.Name("Provider"), attr=name) if name in KEYS:
                yield f"line {node.lineno}: Provider.{name}"
            case ast.Constant(str(text)) if id(node) not in prose and _is_named_in(text):
                yield f"line {node.lineno}: {text}"
            case ast.ImportFrom(module=str(module)) if _is_named_in(module):
                yield f"line {node.lineno}: {module}"
            case ast.alias(name=name) | ast.Name(id=name) | ast.arg(arg=name) if _is_named_in(name):
                yield f"line {getattr(node, 'lineno', 0)}: {name}"
            case ast.Attribute(attr=name) | ast.keyword(arg=str(name)) if _is_named_in(name):
                yield f"line {getattr(node, 'lineno', 0)}: {name}"
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if _is_named_in(name):
                yield f"line {node.lineno}: {name}"


def _is_named_in(text: str) -> bool:
    return any(name in text.lower() for name in Provider)


def _is_a_providers_own(path: Path) -> bool:
    return any((CORE / "adapters" / name) in path.parents for name in Provider)


def _part(path: Path) -> str:
    if path in APPS:
        return "app"
    return path.relative_to(CORE).parts[0].removesuffix(".py")


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", [*APPS, *MODULES], ids=_name)
def test_no_arrow_points_the_wrong_way_when_a_module_imports_ours(path: Path) -> None:
    ours = {name.split(".")[1] for name in _imports(path) if name.startswith("freshet.")}
    assert ours <= ALLOWED[_part(path)]


@pytest.mark.parametrize("path", [*APPS, *MODULES], ids=_name)
def test_third_parties_stay_outside_when_a_module_is_no_adapter(path: Path) -> None:
    foreign = {name.split(".")[0] for name in _imports(path)} - {"freshet"}
    if _part(path) not in {"adapters", "bootstrap", "wiring"}:
        assert not foreign & AWS
    if path.name not in PARSES_FOREIGN_JSON:
        assert "pydantic" not in foreign
    if _part(path) in {"domain", "ports", "messages", "config"}:
        assert foreign <= sys.stdlib_module_names | MAKES_VALUES


@pytest.mark.parametrize("path", [*APPS, *MODULES], ids=_name)
def test_classes_of_values_are_made_by_msgspec_which_does_nothing_else(path: Path) -> None:
    names = set(_imports(path))
    assert not any(name.startswith("dataclasses") for name in names)
    assert {name for name in names if name.startswith("msgspec")} <= OF_MSGSPEC


@pytest.mark.parametrize(
    "path",
    [
        each
        for each in [*APPS, *MODULES]
        if each not in NAMES_PROVIDERS and not _is_a_providers_own(each)
    ],
    ids=_name,
)
def test_no_provider_is_known_by_name_outside_its_own_package(path: Path) -> None:
    assert list(_names_of_providers(path)) == []


@pytest.mark.parametrize("path", [*APPS, *MODULES], ids=_name)
def test_module_stays_small_when_it_grows(path: Path) -> None:
    most = MOST_LINES_OF_AN_APP if path in APPS else MOST_LINES_OF_A_MODULE
    assert len(path.read_text().splitlines()) < most


def test_every_part_has_its_row_when_a_module_is_added() -> None:
    assert {_part(path) for path in MODULES} == ALLOWED.keys() - {"app"}
    assert len(APPS) == 7
