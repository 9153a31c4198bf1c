"""`sam build` and `sam deploy` of the real template into the local AWS."""

import fcntl
import hashlib
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.environment import cleaned
from tests.local_stack.left_out import leave_out_what_is_refused
from tests.local_stack.processes import ENVIRONMENTS, ROOT, run

STACK_NAME = "freshet"
BUCKET = "freshet-artifacts"
SAM = (ENVIRONMENTS / "sam" / "bin" / "python", "-m", "samcli")
CACHE = ENVIRONMENTS / "sam-cache"
BUILDS = ENVIRONMENTS / "builds"
_LOOK_SECONDS = 0.1
_KEPT = 2  # another stack may be running on the one before
_INPUTS = (
    "functions",
    "layers",
    "template.yaml",
    "samconfig.toml",
    "tests/requirements/sam.txt",
    "tests/local_stack/left_out.py",
)


def build(folder: Path) -> Path:
    """Build for this machine and return the built template.

    What was built is kept under a digest of all that it was built from, and all stacks of the
    same sources deploy it; one builds at a time, in a folder of its own for what it leaves behind.
    """
    BUILDS.mkdir(exist_ok=True)
    built = BUILDS / _digest()
    with (BUILDS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if built.exists():
            built.touch()
        else:
            new = BUILDS / "new"
            places = ("--build-dir", new, "--cache-dir", CACHE)
            command = (*SAM, "build", "--cached", "--parallel", *places)
            run("sam build", command, env=_environment(folder), log=folder / "build.log")
            leave_out_what_is_refused(new / "template.yaml")
            new.rename(built)
            _forget_old()
    return built / "template.yaml"


def _digest() -> str:
    """A digest of everything that a build depends on."""
    digest = hashlib.sha256(f"{sys.version} {platform.machine()}".encode())
    for path in sorted(_inputs()):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(ROOT)} {len(content)} ".encode() + content)
    return digest.hexdigest()[:32]


def _inputs() -> Iterator[Path]:
    for place in (ROOT / name for name in _INPUTS):
        found = place.rglob("*") if place.is_dir() else [place]
        yield from (each for each in found if each.is_file() and "__pycache__" not in each.parts)


def _forget_old() -> None:
    builds = sorted(BUILDS.glob("*/template.yaml"), key=lambda each: each.parent.stat().st_mtime)
    for each in builds[:-_KEPT]:
        shutil.rmtree(each.parent, ignore_errors=True)


def deploy(template: Path, parameters: Mapping[str, str], *, endpoint: str, folder: Path) -> None:
    """Deploy the built template; the bucket must exist."""
    overrides = {"Architecture": _architecture()} | dict(parameters)
    command: list[str | Path] = [*SAM, "deploy", "--template-file", template]
    command += ["--stack-name", STACK_NAME, "--s3-bucket", BUCKET]
    command += ["--capabilities", "CAPABILITY_IAM", "--no-confirm-changeset", "--no-progressbar"]
    command += [
        "--parameter-overrides",
        *(f'{name}="{value}"' for name, value in overrides.items()),
    ]
    env = _environment(folder) | {"AWS_ENDPOINT_URL": endpoint}
    run("sam deploy", command, env=env, log=folder / "deploy.log")


def change(parameters: Mapping[str, str], cloudformation: Any) -> None:
    """Give the deployed stack other values for some parameters; raises ChangeFailed."""
    known = cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]["Parameters"]
    values = {each["ParameterKey"]: each["ParameterValue"] for each in known} | dict(parameters)
    cloudformation.update_stack(
        StackName=STACK_NAME,
        UsePreviousTemplate=True,
        Parameters=[
            {"ParameterKey": name, "ParameterValue": value} for name, value in values.items()
        ],
        Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"],
    )
    while (status := _status(cloudformation)).endswith("_IN_PROGRESS"):
        time.sleep(_LOOK_SECONDS)
    if status != "UPDATE_COMPLETE":
        raise ChangeFailed(status)


def _status(cloudformation: Any) -> str:
    return str(cloudformation.describe_stacks(StackName=STACK_NAME)["Stacks"][0]["StackStatus"])


class ChangeFailed(Exception):
    """The stack did not take other parameters; the text is its status."""


def _environment(folder: Path) -> dict[str, str]:
    tools = str(ENVIRONMENTS / "workshop" / "bin")
    return cleaned(os.environ) | {
        "PATH": os.pathsep.join([tools, os.environ.get("PATH", os.defpath)]),
        "LAYER_PYTHON": sys.executable,
        "LAYER_ARCHITECTURE": "host",
        "TMPDIR": str(folder),  # sam leaves empty folders behind
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.2",
        "__SAM_CLI_APP_DIR": str(CACHE / "settings"),
    }


def _architecture() -> str:
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"
