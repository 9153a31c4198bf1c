"""The browser client, compiled strictly and run against the deployed stack."""

import json
from pathlib import Path

import pytest

from freshet.domain.provider import Provider
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
    running.link_item(USER, portfolio="starter")
    api = running.api(USER)
    accounts = eventually(lambda: api.get("/v1/portfolio").body["accounts"], until=_are_read)
    token = running.issuer.issue_token(USER)
    done = run_driver(scripts, running.stack.api_url, token, connection_id)
    assert done.returncode == 0, done.stderr
    seen = json.loads(done.stdout)
    assert sorted(seen["accounts"]) == sorted(each["id"] for each in accounts)
    *dated, bare = sorted(seen["ages"])
    assert all(age.startswith("As of ") for age in dated)
    assert bare == "Nothing to show: no investments"
    assert (seen["statuses"][0], seen["statuses"][-1]) == ("accepted", "complete")
    assert seen["refused"] == {"status": 429, "code": "refresh_too_soon"}


def _are_read(accounts: list[dict[str, dict[str, object]]]) -> bool:
    """Tell whether the accounts of both providers are there, and none is being loaded."""
    statuses = [each["freshness"]["status"] for each in accounts]
    return statuses.count("fresh") == len(Provider) and "none" in statuses
