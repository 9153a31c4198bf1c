"""A new link to accounts already known: they live on, and the old link ends on both sides."""

from collections.abc import Iterator

import pytest

from tests.functional.moving_time import set_clock
from tests.functional.relinking import Relinking
from tests.functional.world import USER, a_world

BOTH = pytest.mark.parametrize("provider", ["snaptrade", "plaid"])
NOT_FOUND = 404


@pytest.fixture
def relinking(monkeypatch: pytest.MonkeyPatch) -> Iterator[Relinking]:
    clock = set_clock(monkeypatch)
    with a_world(monkeypatch, clock=clock, deletion_delay_seconds=0) as world:
        world.plaid.control.turn(persistent_account_ids=True)
        yield Relinking(world, clock)


@BOTH
def test_accounts_live_on_under_the_new_link_and_the_old_one_is_removed_upstream(
    relinking: Relinking, provider: str
) -> None:
    old = relinking.link(provider)
    relinking.settle()
    before = relinking.portfolio()
    (account_id,) = relinking.accounts()
    path = f"/v1/accounts/{account_id}/snapshots"
    versions = relinking.world.call("GET", path).body["items"]
    assert versions
    new = relinking.link(provider)
    relinking.settle()
    assert relinking.accounts() == {account_id: new}
    assert relinking.linked() == [new]
    assert relinking.upstream(provider) == 1
    kept = relinking.world.call("GET", path).body["items"]
    assert kept[-len(versions) :] == versions
    assert relinking.portfolio()["totals"] == before["totals"]
    receipt = relinking.receipt(old)
    assert (receipt["status"], receipt["upstream"]["status"]) == ("removed", "removed")
    assert (receipt["superseded_by"], receipt["erased"]["accounts"]) == (new, 0)
    held = relinking.world.rows(f"USER#{USER}#ACCOUNT#", "snapshots")
    assert "ERASED" not in {row["SK"]["S"] for row in held}


@BOTH
def test_nothing_is_merged_when_nothing_proves_that_accounts_are_the_same(
    relinking: Relinking, provider: str
) -> None:
    relinking.world.plaid.control.turn(persistent_account_ids=False)
    relinking.world.simulator.control.turn(institution_account_ids=False)
    linked = [relinking.link(provider) for _ in range(2)]
    relinking.settle()
    assert sorted(relinking.linked()) == sorted(linked)
    assert sorted(relinking.accounts().values()) == sorted(linked)
    assert relinking.upstream(provider) == 2


@BOTH
def test_nothing_passes_when_the_other_link_is_another_users(
    relinking: Relinking, provider: str
) -> None:
    mine, theirs = relinking.link(provider), relinking.link(provider, user_id="user-2")
    relinking.settle()
    assert (relinking.linked(), relinking.linked(user_id="user-2")) == ([mine], [theirs])
    assert list(relinking.accounts().values()) == [mine]
    assert list(relinking.accounts(user_id="user-2").values()) == [theirs]
    assert relinking.upstream(provider) == 2
