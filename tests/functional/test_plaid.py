"""Plaid through the same functions: queued purchases, silent results, signed webhooks."""

from decimal import Decimal
from typing import Any

import pytest

from tests.functional.world import World

ONE_REFRESH = Decimal("0.12")


def _ledger(world: World) -> Decimal:
    rows = [row for row in world.rows("USER#") if row["SK"]["S"].startswith("LEDGER#")]
    return sum((Decimal(row["cost"]["M"]["amount"]["S"]) for row in rows), Decimal(0))


def _refresh(world: World, connection_id: str) -> dict[str, Any]:
    answer = world.call("POST", f"/v1/connections/{connection_id}/refresh")
    assert answer.status == 202, answer
    return dict(answer.body)


def _state(world: World, refresh: dict[str, Any]) -> dict[str, Any]:
    return dict(world.call("GET", f"/v1/refreshes/{refresh['id']}").body)


def test_an_item_is_read_and_shown_like_any_connection(world: World) -> None:
    connection_id, _ = world.link_item(portfolio="complete")
    world.work()
    shown = world.call("GET", f"/v1/connections/{connection_id}").body
    assert (shown["provider"], shown["status"]) == ("plaid", "active")
    assert shown["refresh"]["cost"] == {"amount": "0.12", "currency": "USD"}
    accounts = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    kinds: set[str] = set()
    for account in accounts:
        if account["kind"] == "investment":
            holdings = world.call("GET", f"/v1/accounts/{account['id']}/holdings").body
            kinds |= {each["instrument"]["kind"] for each in holdings["positions"]}
    assert {"stock", "etf", "option", "crypto", "mutualfund", "bond"} <= kinds
    assert "deposit" in {account["kind"] for account in accounts}


def test_an_option_counts_contracts_and_is_worth_a_hundred_underlyings_each(world: World) -> None:
    connection_id, _ = world.link_item(portfolio=["trader"])
    world.work()
    (account,) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    holdings = world.call("GET", f"/v1/accounts/{account['id']}/holdings").body
    options = [each for each in holdings["positions"] if each["instrument"]["option"]]
    assert options
    for position in options:
        worth = Decimal(position["units"]) * Decimal(position["price"]) * 100
        assert Decimal(position["value"]) == worth


def test_a_refresh_is_queued_bought_once_and_closed_by_a_read(world: World) -> None:
    connection_id, _ = world.link_item()
    world.work()
    refresh = _refresh(world, connection_id)
    assert refresh["status"] == "reserved"
    assert world.plaid.control.bill().count == 0
    world.work()
    assert _state(world, refresh)["status"] == "complete"
    assert world.plaid.control.bill().total == _ledger(world) == ONE_REFRESH


def test_nothing_changed_means_no_webhook_and_still_an_end(world: World) -> None:
    connection_id, _ = world.link_item()
    world.work()
    world.plaid.control.turn(refresh_outcome="unchanged")
    refresh = _refresh(world, connection_id)
    world.work()
    assert _state(world, refresh)["status"] == "complete"
    assert world.plaid.control.deliveries() == []


def test_a_redelivered_command_buys_nothing_more(world: World) -> None:
    connection_id, _ = world.link_item()
    world.work()
    _refresh(world, connection_id)
    (command,) = world.messages("refresh")
    for _ in range(3):
        world.redeliver("refresh", command)
    assert world.plaid.control.bill().total == _ledger(world) == ONE_REFRESH


def test_an_institution_that_cannot_refresh_is_remembered_and_read_instead(world: World) -> None:
    connection_id, _ = world.link_item(institution="ins_manual")
    world.work()
    refresh = _refresh(world, connection_id)
    world.work()
    refused = _state(world, refresh)
    assert (refused["status"], refused["reason"]) == ("refused", "refresh_unsupported")
    again = _refresh(world, connection_id)
    assert (again["method"], again["cost"]["amount"]) == ("read", "0")
    assert world.plaid.control.bill().total == _ledger(world) == 0


def test_an_outage_costs_nothing_and_is_tried_again_in_hours(world: World) -> None:
    connection_id, _ = world.link_item(institution="ins_down", refresh_every="PT24H")
    world.work()
    assert world.plan() == 1
    world.work()
    (refresh,) = world.call("GET", f"/v1/connections/{connection_id}/refreshes").body["items"]
    assert (refresh["status"], refresh["provider"]["code"]) == ("refused", "INSTITUTION_DOWN")
    assert world.plan() == 0
    assert world.plaid.control.bill().total == _ledger(world) == 0


def test_a_broken_login_needs_the_user_and_a_repair_ends_it(world: World) -> None:
    connection_id, item = world.link_item()
    world.work()
    control = world.plaid.control
    control.break_login(item.item_id)
    assert world.deliver_plaid(world.plaid_webhook("ITEM", "ERROR")) == 200
    world.work()
    assert world.call("GET", f"/v1/connections/{connection_id}").body["status"] == "needs_user"
    control.repair_login(item.item_id)
    assert world.deliver_plaid(world.plaid_webhook("ITEM", "LOGIN_REPAIRED")) == 200
    world.work()
    assert world.call("GET", f"/v1/connections/{connection_id}").body["status"] == "active"


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    "forge",
    ["other_key", "unknown_kid", "expired_key", "none", "hs256", "two_parts", "upper_digest"],
)
def test_a_forged_webhook_is_refused(world: World, forge: str) -> None:
    _, item = world.link_item()
    world.plaid.control.rotate_key()  # an expired key exists only after a rotation
    world.plaid.control.send_webhook(item.item_id, "HOLDINGS", "DEFAULT_UPDATE", forge=forge)
    assert world.deliver_plaid(world.plaid_webhook("HOLDINGS", "DEFAULT_UPDATE")) == 401
    assert world.messages("webhook") == []


@pytest.mark.parametrize("tamper", ["byte", "indent"])
def test_a_changed_body_is_refused(world: World, tamper: str) -> None:
    _, item = world.link_item()
    world.plaid.control.send_webhook(item.item_id, "HOLDINGS", "DEFAULT_UPDATE", tamper=tamper)
    assert world.deliver_plaid(world.plaid_webhook("HOLDINGS", "DEFAULT_UPDATE")) == 401


@pytest.mark.parametrize(("offset", "status"), [(-86_500, 401), (120, 401), (-200, 200)])
def test_a_webhook_must_be_of_its_time(world: World, offset: int, status: int) -> None:
    _, item = world.link_item()
    world.plaid.control.send_webhook(
        item.item_id, "HOLDINGS", "DEFAULT_UPDATE", iat_offset_seconds=offset
    )
    assert world.deliver_plaid(world.plaid_webhook("HOLDINGS", "DEFAULT_UPDATE")) == status


def test_a_known_key_outlives_its_process_when_a_delivery_has_verified_with_it(
    world: World,
) -> None:
    _, item = world.link_item()
    for forge, status in (("other_key", 401), (None, 200), (None, 200)):
        world.plaid.control.send_webhook(
            item.item_id, "HOLDINGS", "DEFAULT_UPDATE", **({"forge": forge} if forge else {})
        )
        assert world.deliver_plaid(world.plaid_webhook("HOLDINGS", "DEFAULT_UPDATE")) == status
        asked = world.plaid.control.requests()["operations"]["webhook_verification_key_get"]
        world.restart()
    # The forgery left nothing behind: the next process asked; after a genuine one, none did.
    assert asked == {"200": 2}
    world.plaid.control.turn(key_outcome="500")
    world.plaid.control.send_webhook(item.item_id, "HOLDINGS", "DEFAULT_UPDATE")
    assert world.deliver_plaid(world.plaid_webhook("HOLDINGS", "DEFAULT_UPDATE")) == 200


@pytest.mark.parametrize("outcome", ["429", "500"])
def test_a_key_service_in_trouble_proves_nothing(world: World, outcome: str) -> None:
    _, item = world.link_item()
    world.plaid.control.turn(key_outcome=outcome)
    world.plaid.control.send_webhook(item.item_id, "HOLDINGS", "DEFAULT_UPDATE")
    assert world.deliver_plaid(world.plaid_webhook("HOLDINGS", "DEFAULT_UPDATE")) == 503


def test_transactions_need_an_opt_in(world: World) -> None:
    connection_id, _ = world.link_item()
    world.work()
    answer = world.call("POST", f"/v1/connections/{connection_id}/transactions/sync")
    assert answer.status == 422
    assert answer.body["code"] == "transactions_not_enabled"
    assert "investments_transactions_get" not in world.plaid.control.requests()["operations"]


def test_transactions_are_read_where_opted_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAID_TRANSACTIONS", "yes")
    connection_id, _ = world.link_item(portfolio=["everyday"])
    world.work()
    (account,) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    page = world.call("GET", f"/v1/accounts/{account['id']}/transactions").body
    assert page["items"]
    days = [each["happened_on"] for each in page["items"]]
    assert days == sorted(days, reverse=True)


@pytest.mark.sampled(2)
@pytest.mark.parametrize("kind", ["html", "empty", "truncated", "wrong_shape", "drop"])
def test_a_bad_answer_changes_no_holdings_and_is_recorded(world: World, kind: str) -> None:
    connection_id, item = world.link_item(portfolio=["everyday"])
    world.work()
    (account,) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    before = world.call("GET", f"/v1/accounts/{account['id']}/holdings").body
    world.plaid.control.add_fault("investments_holdings_get", kind, times=99)
    world.plaid.control.send_webhook(item.item_id, "HOLDINGS", "DEFAULT_UPDATE")
    world.deliver_plaid(world.plaid_webhook("HOLDINGS", "DEFAULT_UPDATE"))
    world.work()
    after = world.call("GET", f"/v1/accounts/{account['id']}/holdings").body
    assert after["positions"] == before["positions"]
    assert after["freshness"]["fetched_at"] == before["freshness"]["fetched_at"]
    shown = world.call("GET", f"/v1/connections/{connection_id}").body
    assert shown["status"] == "degraded"
    assert shown["status_reason"]


def test_missing_and_unknown_fields_are_no_trouble(world: World) -> None:
    world.plaid.control.turn(newer_fields=False, extra_fields=True)
    connection_id, _ = world.link_item(portfolio=["oddities"])
    world.work()
    (account,) = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    assert world.call("GET", f"/v1/accounts/{account['id']}/holdings").body["positions"]


def _shown(world: World, connection_id: str) -> list[Any]:
    accounts = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
    (account,) = [each for each in accounts if each["kind"] == "investment"]
    path = f"/v1/accounts/{account['id']}/transactions"
    return list(world.call("GET", path, query={"limit": "500"}).body["items"])


def test_history_is_read_when_it_was_loaded_after_the_first_read(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAID_TRANSACTIONS", "yes")
    control = world.plaid.control
    control.turn(history_mode="async", history_at_link="recent", history_delay_seconds=3600)
    connection_id, item = world.link_item(portfolio=["everyday"])
    world.work()
    recent = _shown(world, connection_id)
    control.finish_history(item.item_id)
    received = world.plaid_webhook("INVESTMENTS_TRANSACTIONS", "HISTORICAL_UPDATE")
    assert world.deliver_plaid(received) == 200
    world.work()
    whole = _shown(world, connection_id)
    (account,) = [each for each in world.plaid.world.items[item.item_id].accounts if each.holdings]
    assert len(recent) < len(whole) == len(account.transactions)


def test_what_is_new_or_cancelled_is_read_when_a_webhook_says_so(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLAID_TRANSACTIONS", "yes")
    connection_id, item = world.link_item(portfolio=["everyday"])
    world.work()
    before = _shown(world, connection_id)
    _refresh(world, connection_id)
    world.work()
    received = world.plaid_webhook("INVESTMENTS_TRANSACTIONS", "DEFAULT_UPDATE")
    assert world.deliver_plaid(received) == 200
    world.work()
    assert len(_shown(world, connection_id)) == len(before) + 1
    (account,) = [each for each in world.plaid.world.items[item.item_id].accounts if each.holdings]
    account.transactions.pop(0)
    world.plaid.control.send_webhook(item.item_id, "INVESTMENTS_TRANSACTIONS", "DEFAULT_UPDATE")
    received = world.plaid_webhook("INVESTMENTS_TRANSACTIONS", "DEFAULT_UPDATE")
    assert world.deliver_plaid(received) == 200
    world.work()
    assert _shown(world, connection_id) == before
