"""node, TypeScript and openapi-typescript, installed under .environments/ from the lock file."""

import hashlib
import shutil
import subprocess
from pathlib import Path

from functions.api.document import DOCUMENT
from tests.local_stack.processes import ENVIRONMENTS, ROOT
from tests.patience import standstill_seconds

CLIENT = ROOT / "functions" / "api" / "client" / "client.ts"
_HERE = Path(__file__).parent
_INSTALLED = ENVIRONMENTS / "typescript"
_OLDEST_NODE = 20
# What a bundler for browsers sets.
_OPTIONS = ("--strict", "--target", "es2022", "--module", "es2022", "--lib", "es2022,dom")
_RESOLUTION = ("--moduleResolution", "bundler")


def run_driver(scripts: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run the driver with node."""
    node = str(shutil.which("node"))
    command = [node, str(scripts / "driver.mjs"), *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=standstill_seconds(), check=False
    )


def why_not() -> str | None:
    """Say why TypeScript cannot be tried on this machine; None where it can."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return "node and npm are not installed"
    version = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.strip().removeprefix("v").partition(".")[0]) < _OLDEST_NODE:
        return f"node is {version.strip()}, and {_OLDEST_NODE} is needed"
    return None


def compiled(folder: Path) -> Path:
    """Compile the browser client strictly, beside a driver; gives the folder of the scripts."""
    _install()
    shutil.copy(CLIENT, folder / "client.ts")
    (folder / "package.json").write_text('{"type": "module"}\n')
    _run("openapi-typescript", str(DOCUMENT), "-o", str(folder / "freshet.d.ts"))
    _run("tsc", *_OPTIONS, *_RESOLUTION, "--outDir", str(folder / "out"), str(folder / "client.ts"))
    shutil.copy(folder / "package.json", folder / "out" / "package.json")
    for name in ("driver.mjs", "page.mjs"):
        shutil.copy(_HERE / name, folder / "out" / name)
    return folder / "out"


def _install() -> None:
    lock = _HERE / "package-lock.json"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()
    stamp = _INSTALLED / "stamp"
    if stamp.exists() and stamp.read_text() == digest:
        return
    _INSTALLED.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(_HERE / name, _INSTALLED / name)
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    _checked(subprocess.run(command, cwd=_INSTALLED, capture_output=True, text=True, check=False))
    stamp.write_text(digest)


def _run(tool: str, *arguments: str) -> None:
    command = [str(_INSTALLED / "node_modules" / ".bin" / tool), *arguments]
    _checked(subprocess.run(command, capture_output=True, text=True, check=False))


def _checked(done: "subprocess.CompletedProcess[str]") -> None:
    assert done.returncode == 0, done.stdout + done.stderr
