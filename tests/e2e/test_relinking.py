"""A new link to accounts that are known already, on the deployed stack: none is lost or twice."""

from typing import Any

import pytest

from tests.e2e.frontend import Frontend
from tests.local_stack.deployed import Deployed
from tests.patience import eventually

HOLDER = "twice"


def _link(running: Deployed, user: Frontend, provider: str) -> str:
    if provider == "snaptrade":
        return running.link(user.user_id, portfolio=["everyday"], holder=HOLDER)
    return running.link_item(user.user_id, portfolio=["everyday"], holder=HOLDER)


def _loaded_accounts(user: Frontend) -> list[dict[str, Any]]:
    accounts = list(user.api.get("/v1/portfolio").body["accounts"])
    return accounts if all(each["totals"] for each in accounts) else []


def _linked_after_a_turn(running: Deployed, user: Frontend) -> list[str]:
    running.plan()  # the schedule has the old link read, which finds its accounts gone
    return [each["id"] for each in user.connections()]


@pytest.mark.parametrize("provider", ["snaptrade", "plaid"])
def test_accounts_live_on_under_the_new_link_and_the_old_one_goes(
    running: Deployed, provider: str
) -> None:
    running.plaid.turn(persistent_account_ids=True)
    user = Frontend(running, f"again-{provider}")
    old = _link(running, user, provider)
    before = eventually(lambda: _loaded_accounts(user), until=bool)
    totals = user.api.get("/v1/portfolio").body["totals"]
    new = _link(running, user, provider)
    eventually(lambda: _linked_after_a_turn(running, user), until=lambda linked: linked == [new])
    after = _loaded_accounts(user)
    assert {each["id"] for each in after} == {each["id"] for each in before}
    assert {each["connection_id"] for each in after} == {new}
    assert user.api.get("/v1/portfolio").body["totals"] == totals
    (account, *_) = after
    versions = user.api.items(f"/v1/accounts/{account['id']}/snapshots")
    assert len(versions) == 1
    assert user.api.get(f"/v1/connections/{old}").status == 404
