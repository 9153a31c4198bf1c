"""The layers as built: complete by themselves, compiled, and nothing of ours missing."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.local_stack.deployed import Deployed
from tests.template.test_dependencies_layer import PACKAGES, requests_of

# Isolated, without site-packages: only what the two layers bring and the standard library.
_PROBE = """
import pathlib, sys
dependencies, core = sys.argv[1:]
sys.path[:0] = [dependencies, core]
import importlib
package = pathlib.Path(core) / "freshet"
for path in sorted(package.rglob("*.py")):
    parts = path.relative_to(core).with_suffix("").parts
    name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
    importlib.import_module(name)
print(len(sys.modules))
"""


def _layer(running: Deployed, name: str) -> Path:
    return running.stack.build_folder / name / "python"


def test_the_package_finds_everything_it_imports_in_its_layers(running: Deployed) -> None:
    layers = [_layer(running, name) for name in ("DependenciesLayer", "CoreLayer")]
    finished = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", _PROBE, *map(str, layers)],
        capture_output=True,
        text=True,
        check=False,
        env={"POWERTOOLS_SERVICE_NAME": "probe", "POWERTOOLS_METRICS_NAMESPACE": "Freshet"},
    )
    assert finished.returncode == 0, finished.stderr


def test_the_package_comes_compiled(running: Deployed) -> None:
    package = _layer(running, "CoreLayer") / "freshet"
    sources = {path.stem for path in package.glob("*.py")}
    compiled = {path.name.split(".")[0] for path in package.glob("__pycache__/*.pyc")}
    assert sources == compiled


def test_every_call_of_aws_is_written_from_the_layer_as_from_untrimmed_data(
    running: Deployed,
) -> None:
    ours = requests_of(_layer(running, "DependenciesLayer"))
    assert ours
    assert ours == requests_of(PACKAGES)


def test_functions_run_from_what_was_built_and_uploaded(running: Deployed) -> None:
    built = [_layer(running, name) for name in ("CoreLayer", "DependenciesLayer")]
    expected = [dict(_contents(place)) for place in built]
    names = [running.stack.outputs[name] for name in running.stack.outputs if "FunctionN" in name]
    assert names
    for name in names:
        own, *layers = running.stack.host.folders(name)
        assert (own / "app.py").exists()
        assert [dict(_contents(place)) for place in layers] == expected
        assert not set(layers) & set(built)


def _contents(place: Path) -> Iterator[tuple[Path, int]]:
    for path in place.rglob("*"):
        if path.is_file():
            yield path.relative_to(place), path.stat().st_size
