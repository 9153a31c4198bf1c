"""The workflows for GitHub: pinned, with few rights, and of commands that exist."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
RIGHTS = {"gate.yml": {"contents": "read"}, "deploy.yml": {"contents": "read", "id-token": "write"}}


def _steps(path: Path) -> list[dict[str, Any]]:
    workflow = yaml.safe_load(path.read_text())
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_to_a_commit_and_say_its_version(path: Path) -> None:
    used = re.findall(r"uses: (\S+)(.*)", path.read_text())
    assert used
    for action, comment in used:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action), action
        assert re.fullmatch(r" # v\d+\.\d+\.\d+", comment), action


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_has_no_more_rights_than_it_needs(path: Path) -> None:
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == RIGHTS[path.name]
    for job in workflow["jobs"].values():
        assert "permissions" not in job
        assert job["timeout-minutes"] <= 90
    for step in _steps(path):
        if str(step.get("uses", "")).startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_runs_commands_that_there_are(path: Path) -> None:
    commands = "\n".join(str(step.get("run", "")) for step in _steps(path))
    named = set(re.findall(r"make ([a-z-]+)", commands)) | set(
        re.findall(r"'(test[a-z-]*)'", commands)
    )
    assert named
    assert named - TARGETS == set()


def test_every_lock_file_is_looked_after() -> None:
    updates = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]
    watched = {
        directory
        for update in updates
        for directory in update.get("directories", [update.get("directory")])
    }
    locked = {
        path.parent for path in ROOT.glob("[tl]*/**/*.in") if ".environments" not in path.parts
    }
    locked |= {
        path.parent
        for path in ROOT.glob("tests/**/package-lock.json")
        if "node_modules" not in path.parts
    }
    assert {f"/{path.relative_to(ROOT)}" for path in locked} <= watched
    assert {update["package-ecosystem"] for update in updates} == {"pip", "npm", "github-actions"}
