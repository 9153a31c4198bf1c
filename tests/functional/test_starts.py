"""Composition on Lambda: while the function starts, without a word to the outside."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from freshet.bootstrap.starting import at_start
from tests.environment import MADE_HERE
from tests.function_variables import FUNCTION_VARIABLES
from tests.patience import standstill_seconds

ROOT = Path(__file__).resolve().parents[2]
ON_LAMBDA = {"AWS_LAMBDA_FUNCTION_NAME": "freshet"}
COMPOSED = {
    "api": ["api"],
    "operate": ["operate"],
    "plan_refreshes": ["plan_refreshes"],
    "process_webhook": ["process_webhook"],
    "receive_webhook": ["receive_webhook"],
    "refresh_connection": ["refresh_connection"],
    "take_snapshots": ["take_snapshots", "audit"],
}
# The last of them each, so that none before it is left out.
IMPOSSIBLE = [
    ("api", "REPORTING_TIME_ZONE"),
    ("api", "PLAID_REFRESH_PRICE_USD"),
    ("operate", "CREDENTIAL_STORE"),
    ("plan_refreshes", "PLAID_REQUESTS_PER_MINUTE"),
    ("process_webhook", "WEBHOOK_RETENTION_DAYS"),
    ("receive_webhook", "PROVIDERS"),
    ("refresh_connection", "DEPLOYMENT_MONTHLY_BUDGET_USD"),
    ("take_snapshots", "SNAPSHOT_RETENTION_DAYS"),
    ("take_snapshots", "SNAPTRADE_RETIRED_HOLDINGS"),
]


def _start(function: str, **changes: str) -> "subprocess.CompletedProcess[str]":
    variables = {
        **MADE_HERE,
        **FUNCTION_VARIABLES,
        "PATH": os.environ["PATH"],
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "layers" / "core")]),
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "POWERTOOLS_SERVICE_NAME": "test",
        "POWERTOOLS_METRICS_NAMESPACE": "Freshet",
    }
    return subprocess.run(
        [sys.executable, "-m", "tests.functional.starting", function],
        env=variables | changes,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=standstill_seconds(),
        check=False,
    )


def test_every_function_is_listed_here() -> None:
    assert set(COMPOSED) == {each.parent.name for each in ROOT.glob("functions/*/app.py")}


@pytest.mark.parametrize("function", COMPOSED)
def test_function_is_composed_without_the_network_when_lambda_starts_it(function: str) -> None:
    started = _start(function, **ON_LAMBDA)
    assert started.returncode == 0, started.stderr
    assert json.loads(started.stdout.splitlines()[-1]) == COMPOSED[function]


def test_nothing_of_the_operators_is_loaded_when_the_api_starts() -> None:
    started = _start("api", **ON_LAMBDA)
    assert started.returncode == 0, started.stderr
    loaded = json.loads(started.stdout.splitlines()[-2])
    assert "freshet.http.application" in loaded
    assert [name for name in loaded if name.startswith("freshet.operations")] == []


def test_function_is_not_composed_before_its_use_when_it_is_imported_elsewhere() -> None:
    started = _start("take_snapshots", PROVIDERS="nonsense")
    assert started.returncode == 0, started.stderr
    assert json.loads(started.stdout.splitlines()[-1]) == []


@pytest.mark.parametrize(("function", "variable"), IMPOSSIBLE)
def test_start_fails_and_names_the_variable_when_a_setting_cannot_be(
    function: str, variable: str
) -> None:
    started = _start(function, **ON_LAMBDA, **{variable: "nonsense"})
    assert started.returncode != 0
    assert "ConfigurationError" in started.stderr
    assert variable in started.stderr.splitlines()[-1]


def test_composers_run_in_their_order_and_only_on_lambda(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ran: list[str] = []
    composers = [lambda: ran.append("first"), lambda: ran.append("second")]
    monkeypatch.delenv("AWS_LAMBDA_FUNCTION_NAME", raising=False)
    at_start(*composers)
    assert ran == []
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "freshet")
    at_start(*composers)
    assert ran == ["first", "second"]
