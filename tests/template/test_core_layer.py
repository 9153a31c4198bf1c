"""The layer of our package as its Makefile builds it."""

import subprocess
import sys
from pathlib import Path

from tests.local_stack.processes import ROOT

_PACKAGE = ROOT / "layers" / "core" / "freshet"


def test_layer_has_every_module_and_no_page(tmp_path: Path) -> None:
    given = (f"ARTIFACTS_DIR={tmp_path}", f"LAYER_PYTHON={sys.executable}")
    command = ["make", "--silent", "--file", "layers/core/Makefile", "build-CoreLayer", *given]
    subprocess.run(command, cwd=ROOT, check=True)
    built = tmp_path / "python" / "freshet"
    assert list(_PACKAGE.rglob("*.md"))
    names = {path.relative_to(built) for path in built.rglob("*") if path.suffix != ".pyc"}
    sources = {path.relative_to(_PACKAGE) for path in _PACKAGE.rglob("*.py")}
    assert {name for name in names if (built / name).is_file()} == sources
