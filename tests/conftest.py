"""What every test may rely on; the package makes its environment, whatever the shell says."""

import gc
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from botocore.loaders import JSONFileLoader
from hypothesis import HealthCheck, settings

from tests.depth import IS_DEEP, SEED, many, sample

if TYPE_CHECKING:
    from tests.console import Console
    from tests.local_stack.deployed import Deployed

# The stand-ins make much garbage: looking for it less often saves an eighth of the time.
gc.set_threshold(100_000, 50, 100)

# Read when modules are imported, so set before any of ours is.
os.environ["POWERTOOLS_SERVICE_NAME"] = "test"
os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Freshet"

# How long an example takes says nothing: the machine may be busy.
settings.register_profile(
    "gate",
    max_examples=many(in_gate=30, deep=200),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("gate")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let property tests draw by the seed, too."""
    config.option.hypothesis_seed = SEED


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what the sample of a test marked `sampled` does not have."""
    cases: dict[str, list[pytest.Function]] = {}
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("sampled"):
            cases.setdefault(f"{item.path}::{item.originalname}", []).append(item)
    left_out: set[pytest.Item] = {each for some in cases.values() for each in _left_out(some)}
    if left_out:
        config.hook.pytest_deselected(items=list(left_out))
        items[:] = [each for each in items if each not in left_out]


def pytest_collection_finish() -> None:
    """Let the garbage collector pass over what has been imported: it stays."""
    gc.collect()
    gc.freeze()


def _left_out(cases: list[pytest.Function]) -> set[pytest.Function]:
    marker = cases[0].get_closest_marker("sampled")
    assert marker is not None
    most, by = marker.args[0], marker.kwargs.get("by")

    def kind(case: pytest.Function) -> str | None:
        return repr(case.callspec.params[by]) if by else None

    drawn = sample(cases, most, kind=kind)
    return set(cases).difference(drawn)


@pytest.fixture(scope="session")
def console() -> Iterator["Console"]:
    """Serve the console; its address is a parameter of the deployment."""
    from tests.console import Console

    with Console() as page:
        yield page


@pytest.fixture(scope="session")
def running(console: "Console") -> Iterator["Deployed"]:
    """Deploy Freshet on this machine, once for each process of tests that asks for it."""
    from tests.e2e.standing import standing_stack

    yield from standing_stack(console)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how to have the same sample again."""
    depth = "everything" if IS_DEEP else "a sample"
    terminalreporter.write_line(f"ran {depth}, drawn by seed={SEED}")


def _read_once() -> None:
    """Parse what botocore reads for a client once, not for each stand-in of AWS."""
    load = JSONFileLoader.load_file
    parsed: dict[str, Any] = {}

    def load_once(loader: JSONFileLoader, path: str) -> Any:
        if path not in parsed:
            parsed[path] = load(loader, path)
        return parsed[path]

    JSONFileLoader.load_file = load_once  # type: ignore[assignment, method-assign]


_read_once()
