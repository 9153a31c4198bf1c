"""From a registered connection to holdings in the API, each step by its own function."""

from decimal import Decimal

from tests.functional.world import World


def test_a_delayed_connection_is_read_bought_and_read_again(world: World) -> None:
    connection_id, at_provider = world.link(refresh_every="PT24H")
    world.work()
    before = world.call("GET", f"/v1/connections/{connection_id}").body
    assert before["status"] == "active"
    assert before["data_mode"] == "delayed"
    offer = before["refresh"]
    assert (offer["method"], offer["cost"]) == (
        "purchase",
        {"amount": "0.05", "currency": "USD"},
    )
    assert (offer["refusal"], offer["open_refresh_id"]) == (None, None)
    assert world.simulator.control.bill().count == 0

    assert world.plan() == 1
    world.work()
    assert world.simulator.control.bill().total == Decimal("0.05")

    for received in world.webhooks("ACCOUNT_HOLDINGS_UPDATED", len(at_provider.account_ids)):
        assert world.deliver(received) == 200
    world.work()

    (row,) = [row for row in world.rows("USER#") if row["SK"]["S"].startswith("REFRESH#")]
    refresh = world.call("GET", f"/v1/refreshes/{row['id']['S']}").body
    assert refresh["status"] == "complete"
    assert refresh["accounts"]["done"] == refresh["accounts"]["expected"] > 0

    accounts = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    readable = [account for account in accounts if account["freshness"]["status"] == "fresh"]
    assert readable
    holdings = world.call("GET", f"/v1/accounts/{readable[0]['id']}/holdings").body
    assert holdings["version"] is not None
    assert holdings["positions"]
