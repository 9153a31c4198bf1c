"""Everything a user owns at one glance."""

from decimal import Decimal

from tests.functional.test_histories import a_line
from tests.functional.world import World


def test_accounts_of_both_providers_are_added_up_by_currency(world: World) -> None:
    _, at_snaptrade = world.link(portfolio=["empty"])
    world.link_item(portfolio="generated-3")
    (account_id,) = at_snaptrade.account_ids
    world.simulator.control.replace_holdings(
        account_id, positions=[a_line("AAA", "3")], balances=[]
    )
    world.work()
    portfolio = world.call("GET", "/v1/portfolio").body
    counted = [each for each in portfolio["accounts"] if each["is_counted"]]
    assert len({each["connection_id"] for each in counted}) == 2
    sums: dict[str, Decimal] = {}
    for account in counted:
        for total in account["totals"]:
            so_far = sums.get(total["currency"], Decimal(0))
            sums[total["currency"]] = so_far + Decimal(total["total"])
    shown = {each["currency"]: Decimal(each["total"]) for each in portfolio["totals"]}
    assert shown == sums
    assert shown["USD"] > 30
    assert portfolio["freshness"]["status"] == "fresh"
    assert counted[0]["positions"] is None


def test_positions_are_there_when_they_are_asked_for(world: World) -> None:
    world.link_item(portfolio="generated-3")
    world.work()
    portfolio = world.call("GET", "/v1/portfolio", query={"include": "positions"}).body
    (account,) = (each for each in portfolio["accounts"] if each["is_counted"])
    path = f"/v1/accounts/{account['id']}/holdings"
    assert account["positions"] == world.call("GET", path).body["positions"]
    answer = world.call("GET", "/v1/portfolio", query={"include": "orders"})
    assert (answer.status, answer.body["code"]) == (422, "invalid_field")


def test_closed_account_is_shown_and_not_counted(world: World) -> None:
    connection_id, at_provider = world.link(mode="realtime", portfolio=["everyday", "trader"])
    world.work()
    before = world.call("GET", "/v1/portfolio").body
    gone = at_provider.account_ids[0]
    world.simulator.control.close_account(gone, announce=False)
    world.call("POST", f"/v1/connections/{connection_id}/refresh")
    world.work()
    after = world.call("GET", "/v1/portfolio").body
    assert len(after["accounts"]) == len(before["accounts"]) == 2
    closed = [each for each in after["accounts"] if each["status"] == "closed"]
    assert [each["provider_ids"]["account"] for each in closed] == [gone]
    assert closed[0]["totals"]
    assert not closed[0]["is_counted"]
    assert closed[0]["freshness"]["reason"] == "account_closed"
    assert after["totals"] != before["totals"]


def test_portfolio_is_empty_and_not_stale_when_nothing_is_linked(world: World) -> None:
    shown = world.call("GET", "/v1/portfolio").body
    assert shown == {"accounts": [], "totals": [], "reconciliation": None, "freshness": None}


def test_holdings_of_all_accounts_are_paged_by_account(world: World) -> None:
    connection_id, _ = world.link(portfolio=["everyday", "trader"])
    world.link_item(portfolio="generated-3")
    world.work()
    whole = world.call("GET", "/v1/holdings").body
    assert whole["next_cursor"] is None
    assert len(whole["items"]) == 3
    for item in whole["items"]:
        path = f"/v1/accounts/{item['account_id']}/holdings"
        assert world.call("GET", path).body["positions"] == item["positions"]
    found, query = [], {"limit": "1"}
    for _ in whole["items"]:
        page = world.call("GET", "/v1/holdings", query=query).body
        found += page["items"]
        query["cursor"] = page["next_cursor"]
    assert page["next_cursor"] is None
    assert [each["account_id"] for each in found] == [each["account_id"] for each in whole["items"]]
    of_one = world.call("GET", "/v1/holdings", query={"connection_id": connection_id}).body
    assert len(of_one["items"]) == 2


def test_holdings_of_another_users_connection_do_not_exist(world: World) -> None:
    connection_id, _ = world.link(portfolio=["everyday"])
    world.work()
    query = {"connection_id": connection_id}
    assert world.call("GET", "/v1/holdings", query=query, user_id="user-2").status == 404
    assert world.call("GET", "/v1/holdings", query={"connection_id": "x"}).status == 404
    assert world.call("GET", "/v1/holdings", user_id="user-2").body["items"] == []
