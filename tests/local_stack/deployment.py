"""`sam build` and `sam deploy` of the real template into the local AWS."""

import fcntl
import os
import platform
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.local_stack.alarms import leave_out_metric_math
from tests.local_stack.emulator import KEYS, REGION
from tests.local_stack.processes import ENVIRONMENTS, run

STACK_NAME = "freshet"
BUCKET = "freshet-artifacts"
SAM = (ENVIRONMENTS / "sam" / "bin" / "python", "-m", "samcli")
CACHE = ENVIRONMENTS / "sam-cache"
INDEX = "build.toml"  # sam's list of what the cache holds, which it keeps beside the build folder


def build(folder: Path) -> Path:
    """Build for this machine and return the built template; what did not change is cached.

    Each build has a folder of its own, so stacks run side by side; the cache they share is used
    by one at a time.
    """
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _copy(CACHE / INDEX, folder / INDEX)
        places = ("--build-dir", folder / "build", "--cache-dir", CACHE)
        command = (*SAM, "build", "--cached", "--parallel", *places)
        run("sam build", command, env=_environment(folder), log=folder / "build.log")
        _copy(folder / INDEX, CACHE / INDEX)
    template = folder / "build" / "template.yaml"
    leave_out_metric_math(template)
    return template


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


def _environment(folder: Path) -> dict[str, str]:
    """Ours without its AWS settings: nothing here may ever reach a real account."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    nowhere = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    tools = {
        "PATH": os.pathsep.join(
            [str(ENVIRONMENTS / "workshop" / "bin"), os.environ.get("PATH", os.defpath)]
        ),
        "LAYER_PYTHON": sys.executable,
        "LAYER_ARCHITECTURE": "host",
        "TMPDIR": str(folder),  # sam leaves empty folders behind
        "SAM_CLI_TELEMETRY": "0",
        "SAM_CLI_POLL_DELAY": "0.2",
        "__SAM_CLI_APP_DIR": str(CACHE / "settings"),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }
    return ours | KEYS | nowhere | tools | {"AWS_DEFAULT_REGION": REGION}


def _copy(source: Path, target: Path) -> None:
    if source.exists():
        shutil.copyfile(source, target)


def _architecture() -> str:
    return "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"
