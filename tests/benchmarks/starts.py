"""What a cold start costs: INIT and the first invocation of each function, from the built layers.

Beside it boto3, untrimmed as pip installs it, with the same clients; and beside a visit to a
provider, a handler on the providers' own SDKs. Everything that is called answers behind TLS.
"""

import json
import platform
import subprocess
import sys
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZIP_DEFLATED, ZipFile

from rich.console import Console
from rich.table import Table

from freshet.observability import logger
from tests.benchmarks.cpu import ROOT
from tests.benchmarks.figures import keep
from tests.benchmarks.instructions import can_count, run
from tests.benchmarks.start_stage import a_stage

_CLIENTS = {
    "receive_webhook": ("secretsmanager", "sqs", "ssm"),
    "process_webhook": ("dynamodb", "sqs"),
    "plan_refreshes": ("dynamodb", "sqs"),
    "refresh_connection": ("dynamodb", "secretsmanager", "sqs", "events"),
    "take_snapshots": ("dynamodb", "secretsmanager", "events"),
    "api": ("dynamodb", "secretsmanager", "sqs", "events"),
}
# What is aimed at: INIT beside boto3's share of it.
_AT_MOST = {
    "receive_webhook": 1.15,
    "process_webhook": 1.4,
    "plan_refreshes": 1.4,
    "refresh_connection": 1.5,
    "take_snapshots": 1.7,
    "api": 1.9,
}
_FIRST_AT_MOST = 60  # million instructions, beyond what a second invocation takes
_PROCESSORS_AT_512_MB = 512 / 1769  # Lambda's share in an invocation; during INIT it is a whole one
_ROUNDS = 5
_SDKS = "sdk_handler"


@dataclass(frozen=True, slots=True)
class Phases:
    """INIT, the first invocation and a second one."""

    init: float
    first: float
    second: float


@dataclass(frozen=True, slots=True)
class Start:
    """One function's start: milliseconds of CPU, and millions of instructions if counted."""

    function: str
    cpu_ms: Phases
    boto3_ms: float
    instructions: Phases | None
    boto3_instructions: float | None
    ratio: float
    at_most: float
    peak_mb: int
    answer_ms: float
    """Computed: INIT, and the first invocation at 512 MB."""


def main() -> None:
    """Measure, show and write the figures."""
    logger.setLevel("CRITICAL")
    with TemporaryDirectory() as folder:
        layers = _built(Path(folder))
        sizes = {each.name: _zipped_mb(each) for each in layers}
        paths = [str(each / "python") for each in layers]
        starts = [_start(function, paths) for function in _CLIENTS]
    sdks = _seconds(_SDKS, [])[0]
    ours = next(each for each in starts if each.function == "take_snapshots")
    share = round((ours.cpu_ms.init + ours.cpu_ms.first) / (sdks.init + sdks.first), 2)
    _show(starts)
    Console().print(f"zip, MB: {sizes}; a visit beside the SDKs' handler: {share} (aim ≤ 0.5)")
    figures = {
        "python": platform.python_version(),
        "zip_mb": sizes,
        "sdk_handler_ms": asdict(sdks),
        "visit_beside_sdk_handler": share,
        "starts": [asdict(each) for each in starts],
    }
    keep("starts", figures)


def _show(starts: list[Start]) -> None:
    titles = ("function", "INIT", "1st", "2nd", "INIT / boto3", "1st - 2nd", "peak MB", "answer ms")
    table = Table(*titles, title="Cold starts, in million instructions where they are counted")
    for each in starts:
        phases = each.instructions or each.cpu_ms
        table.add_row(
            each.function,
            *(f"{phase:.0f}" for phase in (phases.init, phases.first, phases.second)),
            f"{each.ratio} (aim ≤ {each.at_most})",
            f"{phases.first - phases.second:.0f} (aim ≤ {_FIRST_AT_MOST})",
            str(each.peak_mb),
            f"{each.answer_ms:.0f}",
        )
    Console().print(table)


def _built(folder: Path) -> list[Path]:
    """Build both layers for this machine; gives the folders, in the order they are searched."""
    made = {"core": "CoreLayer", "dependencies": "DependenciesLayer"}
    for name, layer in made.items():
        options = (f"ARTIFACTS_DIR={folder / name}", f"LAYER_PYTHON={sys.executable}")
        makefile = f"layers/{name}/Makefile"
        command = ["make", "--silent", "--file", makefile, f"build-{layer}", *options]
        subprocess.run([*command, "LAYER_ARCHITECTURE=host"], cwd=ROOT, check=True)
    return [folder / name for name in made]


def _zipped_mb(layer: Path) -> float:
    archive = layer.with_suffix(".zip")
    with ZipFile(archive, "w", ZIP_DEFLATED) as packed:
        for path in layer.rglob("*"):
            packed.write(path, path.relative_to(layer))
    return round(archive.stat().st_size / 1e6, 1)


def _start(function: str, layers: list[str]) -> Start:
    cpu, peak_kb = _seconds(function, layers)
    boto3_ms, boto3_instructions = _boto3(function)
    counted = _instructions(function, layers) if can_count() else None
    ratio = (
        cpu.init / boto3_ms
        if counted is None or boto3_instructions is None
        else counted.init / boto3_instructions
    )
    return Start(
        function=function,
        cpu_ms=cpu,
        boto3_ms=boto3_ms,
        instructions=counted,
        boto3_instructions=boto3_instructions,
        ratio=round(ratio, 2),
        at_most=_AT_MOST[function],
        peak_mb=peak_kb // 1024,
        answer_ms=round(cpu.init + cpu.first / _PROCESSORS_AT_512_MB, 1),
    )


def _seconds(function: str, layers: list[str]) -> tuple[Phases, int]:
    """Give the least of some runs: whatever else the machine does only adds."""
    reports = [json.loads(_invoked(function, layers, 2)[0]) for _ in range(_ROUNDS)]
    least = [min(each) * 1000 for each in zip(*(r["seconds"] for r in reports), strict=True)]
    return Phases(*(round(each, 1) for each in least)), min(r["peak_kb"] for r in reports)


def _instructions(function: str, layers: list[str]) -> Phases:
    nothing = _counted("pass")
    counts = [_invoked(function, layers, number, counts=True)[1] or 0 for number in range(3)]
    init, once, twice = (each / 1e6 for each in counts)
    return Phases(round(init - nothing), round(once - init), round(twice - once))


def _invoked(
    function: str, layers: list[str], invocations: int, *, counts: bool = False
) -> tuple[str, int | None]:
    with TemporaryDirectory() as folder, a_stage(Path(folder)) as stage:
        events = stage.events(function)[:invocations]
        variables = {**stage.variables, "PYTHONPATH": ":".join([folder, *layers])}
        if function == _SDKS:
            code, trust = ROOT / "tests" / "benchmarks" / function, str(Path(folder, "certifi"))
            # Its SDK is spared TLS, for want of a way to name the throw-away authority to it.
            variables |= {"SNAPTRADE_BASE_URL": stage.world.simulator.url}
            variables |= {"AWS_CA_BUNDLE": f"{trust}/cacert.pem"}
        else:
            code = ROOT / "functions" / function
        script = str(ROOT / "tests" / "benchmarks" / "start_run.py")
        done = run(
            [sys.executable, script, str(code)],
            variables=variables,
            given=json.dumps(events),
            counts=counts,
        )
    return done.output.splitlines()[-1], done.instructions


def _boto3(function: str) -> tuple[float, float | None]:
    clients = "; ".join(f"session.client({name!r}, 'us-east-1')" for name in _CLIENTS[function])
    made = f"import boto3; session = boto3.session.Session(); {clients}"
    timed = f"import time; s = time.process_time(); {made}; print(time.process_time() - s)"
    command = [sys.executable, "-c", timed]
    seconds = min(float(run(command, variables=_BARE).output) for _ in range(_ROUNDS))
    counted = None
    if can_count():
        counted = round(_counted(made) - _counted("pass"))
    return round(seconds * 1000, 1), counted


@cache
def _counted(statement: str) -> float:
    done = run([sys.executable, "-c", statement], variables=_BARE, counts=True)
    return (done.instructions or 0) / 1e6


_BARE = {"PYTHONHASHSEED": "0"}
