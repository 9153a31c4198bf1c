"""Judges the deployed API by the document it serves: every check that schemathesis has.

make fuzz part=api
"""

import argparse
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from freshet.http.caller import Scope
from tests.e2e.matrix import things_of_owner
from tests.local_stack.deployed import Deployed, deployed

_HERE = Path(__file__).parent
_ROOT = _HERE.parents[1]
_OWNER = "judged"  # asks so often that nobody else can be the same user
_WORKERS = 4  # a request waits more than it works
_TOKEN_SECONDS = 12 * 3600
_SCOPES = (Scope.READ, Scope.REFRESH, Scope.LINK, Scope.OPERATE)
_REQUESTS_FOR_EACH_EXAMPLE = 1_000  # the whole count over all operations and checks, roughly


def judge(
    running: Deployed, *, phases: str, examples: int, seed: int, operations: Sequence[str] = ()
) -> tuple[bool, str]:
    """Send generated requests; says whether all answers were as documented, and what was found.

    Without names of operations, all are asked.
    """
    url = running.stack.api_url
    token = running.issuer.issue_token(
        _OWNER, expires_in_seconds=_TOKEN_SECONDS, scope=" ".join(_SCOPES)
    )
    command = [
        *(sys.executable, "-m", "schemathesis.cli"),
        *("--config-file", str(_HERE / "schemathesis.toml")),
        *("run", f"{url}/openapi.json", "--url", url),
        *("--checks", "all", "--phases", phases, "--max-examples", str(examples)),
        *(
            "--workers",
            str(_WORKERS),
            "--seed",
            str(seed),
            "--continue-on-failure",
            "--generation-database",
            "none",
        ),
        *(f"--include-operation-id={each}" for each in operations),
    ]
    things = things_of_owner(running, _OWNER)
    environment = os.environ | {
        "FRESHET_TOKEN": token,
        "FRESHET_THINGS": json.dumps(things),
        "PYTHONPATH": os.pathsep.join([str(_ROOT), str(_ROOT / "layers" / "core")]),
        "NO_COLOR": "1",
        "NO_PROXY": "127.0.0.1",
    }
    with TemporaryDirectory() as folder:  # it leaves things where it is run
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False, cwd=folder
        )
    return done.returncode == 0, done.stdout + done.stderr


def main(arguments: list[str]) -> int:
    """Deploy, judge, and say what was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.api", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="about how many requests")
    parser.add_argument("--seed", type=int, default=None, help="to repeat a run")
    given = parser.parse_args(arguments)
    seed = secrets.randbelow(2**32) if given.seed is None else given.seed
    examples = max(1, given.count // _REQUESTS_FOR_EACH_EXAMPLE)
    with deployed(progress=print, enforce_iam=True) as running:
        is_fine, report = judge(
            running, phases="examples,coverage,fuzzing,stateful", examples=examples, seed=seed
        )
    print(report)
    return int(not is_fine)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
