"""A new link to accounts already known: they live on, and the old link ends on both sides."""

from collections.abc import Iterator

import pytest

from tests.functional.linking import arrive, connections, open_session, session_now
from tests.functional.moving_time import set_clock
from tests.functional.relinking import HOLDER, Relinking
from tests.functional.world import USER, a_world

BOTH = pytest.mark.parametrize("provider", ["snaptrade", "plaid"])
NOT_FOUND = 404
LATE = ("CONNECTION_UPDATED", "CONNECTION_FIXED")


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


@BOTH
def test_new_link_takes_over_when_the_old_one_is_broken(
    relinking: Relinking, provider: str
) -> None:
    old = relinking.link(provider)
    relinking.settle()
    (account_id,) = relinking.accounts()
    relinking.break_login(provider)
    relinking.settle()
    (broken,) = connections(relinking.world)
    assert broken["status"] == "needs_user"
    new = relinking.link(provider)
    relinking.settle()
    assert relinking.accounts() == {account_id: new}
    assert relinking.linked() == [new]
    assert relinking.upstream(provider) == 1
    assert relinking.receipt(old)["superseded_by"] == new


@BOTH
def test_rest_stays_with_the_old_link_when_the_new_one_has_only_some_accounts(
    relinking: Relinking, provider: str
) -> None:
    old = relinking.link(provider, portfolio=("everyday", "retirement"))
    relinking.settle()
    before, totals = relinking.accounts(), relinking.portfolio()["totals"]
    new = relinking.link(provider, portfolio=("everyday",))
    relinking.settle()
    after = relinking.accounts()
    assert after.keys() == before.keys()
    assert sorted(after.values()) == sorted((old, new))
    assert relinking.portfolio()["totals"] == totals
    assert relinking.upstream(provider) == 2
    # A day later, when both are read again.
    relinking.clock.advance(hours=24)
    relinking.settle()
    assert relinking.accounts() == after


@BOTH
def test_accounts_have_one_owner_when_two_tabs_link_at_once(
    relinking: Relinking, provider: str
) -> None:
    _, new = relinking.link(provider), relinking.link(provider)
    relinking.world.work()
    assert list(relinking.accounts().values()) == [new]
    relinking.settle()
    assert list(relinking.accounts().values()) == [new]
    assert relinking.linked() == [new]
    assert relinking.upstream(provider) == 1


@BOTH
def test_what_the_user_removes_stays_removed_when_the_new_link_is_read_meanwhile(
    relinking: Relinking, provider: str
) -> None:
    old = relinking.link(provider)
    relinking.settle()
    (account_id,), totals = relinking.accounts(), relinking.portfolio()["totals"]
    new = relinking.link(provider)
    command = relinking.taken("snapshot", new)
    assert relinking.receipt(old)["status"] == "removing"
    relinking.world.redeliver("snapshot", command)
    assert relinking.portfolio()["totals"] == totals  # each of both has the account, one counts
    relinking.settle(turns=12)
    (other_id,) = relinking.accounts()
    assert other_id != account_id
    assert relinking.world.call("GET", f"/v1/accounts/{account_id}/holdings").status == NOT_FOUND
    assert relinking.receipt(old)["erased"]["accounts"] == 1


def test_webhooks_of_the_old_link_change_nothing_when_they_come_late(relinking: Relinking) -> None:
    world = relinking.world
    relinking.link("snaptrade")
    relinking.settle()
    ((account_id, _),) = relinking.accounts().items()
    (shown,) = connections(world)
    told = [
        world.simulator.control.send_webhook(shown["provider_ids"]["connection"], each)
        for each in LATE
    ]
    assert len(told) == len(LATE)
    late = [world.listener.next(each) for each in LATE]
    new = relinking.link("snaptrade")
    relinking.settle()
    for received in (*late, *world.webhooks("CONNECTION_DELETED", 1)):
        assert world.deliver(received) == 200
        relinking.settle(turns=1)
    assert relinking.accounts() == {account_id: new}
    assert relinking.linked() == [new]


def test_session_is_completed_by_the_new_link_when_accounts_pass(relinking: Relinking) -> None:
    relinking.link("plaid")
    relinking.settle()
    session = open_session(relinking.world, provider="plaid")
    control = relinking.world.plaid.control
    token = control.complete_link(session["link_token"], portfolio=["everyday"], holder=HOLDER)
    body = {"provider": "plaid", "public_token": token, "link_session_id": session["id"]}
    new = arrive(relinking.world, **body).body["id"]
    relinking.settle()
    followed = session_now(relinking.world, session)
    assert (followed["status"], followed["connection_id"]) == ("completed", new)
    assert list(relinking.accounts().values()) == [new]
