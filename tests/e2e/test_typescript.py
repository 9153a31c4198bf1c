"""The browser client, compiled strictly and run against the deployed stack."""

import json
from pathlib import Path

import pytest

from tests.local_stack.deployed import Deployed
from tests.patience import eventually
from tests.typescript.workshop import compiled, run_driver, why_not

USER = "typescript"


def test_the_browser_client_lists_refreshes_and_is_told_why_not(
    running: Deployed, tmp_path: Path
) -> None:
    if reason := why_not():
        pytest.skip(reason)
    scripts = compiled(tmp_path)
    connection_id = running.link(USER, portfolio=["everyday"])
    api = running.api(USER)
    path = f"/v1/connections/{connection_id}/accounts"
    eventually(lambda: api.items(path), until=_are_loaded)
    token = running.issuer.issue_token(USER)
    done = run_driver(scripts, running.stack.api_url, token, connection_id)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert seen["accounts"] == [each["id"] for each in api.items(path)]
    assert all(age.startswith("As of ") for age in seen["ages"])
    assert (seen["statuses"][0], seen["statuses"][-1]) == ("accepted", "complete")
    assert seen["refused"] == {"status": 429, "code": "refresh_too_soon"}


def _are_loaded(accounts: list[dict[str, dict[str, object]]]) -> bool:
    return bool(accounts) and all(each["freshness"]["fetched_at"] for each in accounts)
