"""The pages for operators, frontends and engineers say what there is: no more and no less."""

import json
import re
from pathlib import Path

import pytest

from freshet.domain.freshness import FreshnessReason, FreshnessStatus
from freshet.domain.reconciliation import ReconciliationReason
from tests.breaks.breaking import Break
from tests.breaks.breaks import BREAKS
from tests.metric_registry import REGISTRY, row_of

ROOT = Path(__file__).resolve().parents[2]
TEMPLATE = (ROOT / "template.yaml").read_text()
OPERATOR = (ROOT / "events" / "README.md").read_text()
FRONTEND = (ROOT / "functions" / "README.md").read_text()
ENGINEER = (ROOT / "layers" / "README.md").read_text()
_ROUTE = re.compile(r"`(GET|POST|PATCH|DELETE) (/v1/[^`?]*)")


def _section(page: str, heading: str) -> str:
    return page.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def _first_cells(section: str) -> set[str]:
    rows = re.findall(r"^\| (`[^|]*)\|", section, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`([^`]+)`", row)}


def test_the_page_has_every_metric_as_the_registry_describes_it() -> None:
    told = re.findall(r"^\| .*`.*\|$", _section(OPERATOR, "Metrics"), re.MULTILINE)
    assert told == [row_of(metric) for metric in REGISTRY.values()]


def test_the_page_has_every_alarm_and_no_other() -> None:
    alarms = set(re.findall(r"^  (\w+Alarm):$", TEMPLATE, re.MULTILINE))
    assert alarms
    assert _first_cells(_section(OPERATOR, "Alarms")) == alarms


def test_every_parameter_of_the_page_is_one() -> None:
    parameters = TEMPLATE.split("\nParameters:\n")[1].split("\nRules:\n")[0]
    known = set(re.findall(r"^  (\w+):", parameters, re.MULTILINE))
    told = _first_cells(_section(OPERATOR, "Parameters"))
    assert told
    assert told - known == set()


def test_the_page_has_every_operator_event_and_no_other() -> None:
    samples = {path.name for path in (ROOT / "events").glob("operator_*.json")}
    assert _first_cells(_section(OPERATOR, "Operator events")) == samples


def test_the_page_has_every_event_of_the_bus() -> None:
    told = set(re.findall(r"`(\w+)`", _section(OPERATOR, "Events on the bus")))
    assert {path.stem for path in (ROOT / "events" / "schemas").iterdir()} <= told


def test_the_page_has_every_route_and_no_other() -> None:
    document = json.loads((ROOT / "functions" / "api" / "openapi.json").read_text())
    routes = {
        f"{verb.upper()} {re.sub(r'{\w+}', '{id}', path)}"
        for path, operations in document["paths"].items()
        for verb in operations
        if verb in {"get", "post", "patch", "delete"}
    }
    told = {f"{verb} {path}" for verb, path in _ROUTE.findall(_section(FRONTEND, "Routes"))}
    assert told == routes


def test_the_page_has_every_reason_of_a_reconciliation_and_no_other() -> None:
    assert _first_cells(_section(FRONTEND, "Totals")) == set(ReconciliationReason)


@pytest.mark.parametrize("code", [*FreshnessStatus, *FreshnessReason])
def test_the_page_has_every_code_of_freshness(code: str) -> None:
    assert f"`{code}`" in _section(FRONTEND, "What to show")


@pytest.mark.parametrize("broken", BREAKS, ids=lambda each: each.name)
def test_the_promise_of_a_break_is_on_the_page_with_its_tests(broken: Break) -> None:
    promises = _section(ENGINEER, "Promises")
    assert broken.tests
    assert [path for path in broken.tests if f"`{path}`" not in promises] == []
