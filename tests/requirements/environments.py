"""Prepare the virtual environments under .environments/, each from its lock file.

One whose lock and Python did not change is left alone. Run by the Makefile with the Python that
the environments shall have; needs nothing but the standard library.
"""

import fcntl
import hashlib
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "tests" / "requirements"
ENVIRONMENTS = ROOT / ".environments"
# The workshop comes first: it holds uv, which fills the others.
NAMES = ("workshop", "sam", "emulator")


def main() -> None:
    """Bring every environment up to date; one process at a time."""
    ENVIRONMENTS.mkdir(exist_ok=True)
    with (ENVIRONMENTS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name in NAMES:
            if _recorded(name) != _wanted(name):
                print(f"Preparing .environments/{name} …", flush=True)
                _prepare(name)


def _prepare(name: str) -> None:
    with_pip = [] if name == "workshop" else ["--without-pip"]
    _run(sys.executable, "-m", "venv", "--clear", *with_pip, ENVIRONMENTS / name)
    if name == "workshop":
        quiet = ("--quiet", "--disable-pip-version-check")
        _run(
            _python(name),
            "-m",
            "pip",
            "install",
            *quiet,
            "--require-hashes",
            "-r",
            LOCKS / "uv.txt",
        )
    uv = (_python("workshop"), "-m", "uv", "pip", "install", "--quiet", "--python", _python(name))
    _run(*uv, "--require-hashes", "-r", LOCKS / f"{name}.txt")
    _stamp(name).write_text(_wanted(name))


def _wanted(name: str) -> str:
    """A digest of all that an environment depends on, also where it stands: its scripts say so."""
    parts = (sys.version, sys.base_prefix, str(ROOT), (LOCKS / f"{name}.txt").read_text())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _recorded(name: str) -> str:
    return _stamp(name).read_text() if _stamp(name).exists() else ""


def _stamp(name: str) -> Path:
    return ENVIRONMENTS / name / "made-from"


def _python(name: str) -> Path:
    return ENVIRONMENTS / name / "bin" / "python"


def _run(*command: str | Path) -> None:
    done = subprocess.run(command, check=False)
    if done.returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}")


if __name__ == "__main__":
    main()
