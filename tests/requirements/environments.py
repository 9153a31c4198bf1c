"""Prepare the virtual environments under .environments/, each from its lock file.

One whose lock and Python did not change is left alone. Run by the Makefile with the Python that
the environments shall have; needs nothing but the standard library. Names on the command line are
those of further environments, which few commands need.
"""

import errno
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from company_network import HINT, for_uv, is_writable

ROOT = Path(__file__).resolve().parents[2]
LOCKS = ROOT / "tests" / "requirements"
ENVIRONMENTS = ROOT / ".environments"
# The workshop comes first: it holds uv, which fills the others.
NAMES = ("workshop", "sam", "emulator")
USUALLY = {
    "workshop": "about 20 s",
    "sam": "about 15 s",
    "emulator": "about 10 s",
    "checkov": "about 20 s",
}
NEEDED_BYTES = 1_000_000_000


def main() -> None:
    """Bring every environment up to date; one process at a time."""
    if not is_writable(ENVIRONMENTS):
        sys.exit(f"Cannot write to {ROOT}: everything is installed into .environments/ there.")
    try:
        _bring_up_to_date()
    except KeyboardInterrupt:
        sys.exit("\nStopped; the next `make` goes on from here.")
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EACCES}:
            raise
        sys.exit(f"Cannot write below {ENVIRONMENTS}: {error.strerror}. 1 GB is needed there.")


def _bring_up_to_date() -> None:
    ENVIRONMENTS.mkdir(exist_ok=True)
    with (ENVIRONMENTS / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        wanted = (*NAMES, *sys.argv[1:])
        missing = [name for name in wanted if _recorded(name) != _wanted(name)]
        if missing:
            _demand_what_it_takes()
        for name in missing:
            print(f"Preparing .environments/{name} ({USUALLY[name]}) …", flush=True)
            _prepare(name)


def _demand_what_it_takes() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        sys.exit(
            f"{sys.executable} comes without venv. On Debian and Ubuntu install its package:\n"
            "  sudo apt-get install python3.13-venv"
        )
    free = shutil.disk_usage(ENVIRONMENTS).free
    if free < NEEDED_BYTES:
        sys.exit(f"{ENVIRONMENTS} has {free // 1_000_000} MB left, and 1 GB is needed there.")


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
    _run(*uv, "--require-hashes", "-r", LOCKS / f"{name}.txt", env=_uv_environment())
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


def _uv_environment() -> dict[str, str]:
    environment: dict[str, str] = for_uv(_python("workshop"), dict(os.environ))
    if not is_writable(Path.home() / ".cache" / "uv"):
        environment.setdefault("UV_CACHE_DIR", str(ENVIRONMENTS / "uv-cache"))
    return environment


def _run(*command: str | Path, env: dict[str, str] | None = None) -> None:
    done = subprocess.run(command, check=False, env=env)
    if done.returncode:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{HINT}")


if __name__ == "__main__":
    main()
