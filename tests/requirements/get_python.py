"""Fetch Python 3.13 into .environments through uv, and print where it is.

Run with whatever Python 3 there is, where 3.13 is not. Nothing outside the clone is changed.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from company_network import HINT, for_uv

HERE = Path(__file__).resolve().parent
ENVIRONMENTS = HERE.parents[1] / ".environments"
_FETCHER = ENVIRONMENTS / "fetcher"
_SAYING = """\
Python 3.13 is not on this machine. Fetching it into .environments/ (about 35 MB, with uv, which
pip installs there, too); nothing outside this folder is changed."""


def main() -> int:
    """Fetch it; 1 when it cannot be had."""
    print(_SAYING, file=sys.stderr)
    python = _FETCHER / "bin" / "python"
    installing = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    steps = (
        [sys.executable, "-m", "venv", "--clear", _FETCHER],
        [*installing, "--require-hashes", "-r", HERE / "uv.txt"],
    )
    for step in steps:
        if _run(step, dict(os.environ)):
            return _failed()
    environment = for_uv(python, dict(os.environ))
    environment.update(
        UV_PYTHON_INSTALL_DIR=str(ENVIRONMENTS / "python"),
        UV_CACHE_DIR=str(ENVIRONMENTS / "uv-cache"),
    )
    uv = [python, "-m", "uv", "--no-config", "python"]
    if _run([*uv, "install", "--no-bin", "3.13"], environment):
        return _failed()
    found = subprocess.run(
        [str(each) for each in [*uv, "find", "--managed-python", "--no-project", "3.13"]],
        env=environment,
        stdout=subprocess.PIPE,
        check=False,
    )
    print(found.stdout.decode().strip())
    return found.returncode


def _run(command: list[object], environment: dict[str, str]) -> int:
    words = [str(each) for each in command]
    return subprocess.run(words, env=environment, stdout=sys.stderr, check=False).returncode


def _failed() -> int:
    print("It cannot be fetched here. " + HINT, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
