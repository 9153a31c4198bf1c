"""Plaid on the deployed stack: queued purchase, silence when nothing changed, signed webhooks."""

from typing import Any

from tests.local_stack.deployed import Deployed
from tests.patience import eventually


def _linked(running: Deployed, user_id: str, **options: Any) -> str:
    connection_id = running.link_item(user_id, **options)
    eventually(
        lambda: running.api(user_id).get(f"/v1/connections/{connection_id}").body,
        until=lambda shown: shown["status"] == "active",
    )
    return connection_id


def _finished(running: Deployed, user_id: str, location: str) -> dict[str, Any]:
    return dict(
        eventually(
            lambda: running.api(user_id).get(location).body,
            until=lambda refresh: bool(refresh["is_terminal"]),
        )
    )


def test_a_purchase_is_answered_at_once_and_made_by_a_worker(running: Deployed) -> None:
    billed = running.plaid.bill().count
    connection_id = _linked(running, "nora", portfolio=["everyday"])
    answer = running.api("nora").post(f"/v1/connections/{connection_id}/refresh")
    assert (answer.status, answer.body["is_terminal"]) == (202, False)
    finished = _finished(running, "nora", answer.headers["Location"])
    assert (finished["status"], finished["cost"]["amount"]) == ("complete", "0.12")
    assert running.plaid.bill().count == billed + 1


def test_a_webhook_of_plaids_brings_new_holdings_in(running: Deployed) -> None:
    connection_id = _linked(running, "olaf", portfolio=["everyday"])
    api = running.api("olaf")
    (account,) = api.items(f"/v1/connections/{connection_id}/accounts")
    before = api.get(f"/v1/accounts/{account['id']}/holdings").body
    running.plaid.replace_holdings(
        account["provider_ids"]["account"], holdings=[], securities=[], announce=True
    )
    shown = eventually(
        lambda: api.get(f"/v1/accounts/{account['id']}/holdings").body,
        until=lambda holdings: holdings["freshness"]["reason"] == "empty_unconfirmed",
    )
    assert shown["positions"] == before["positions"]


def test_a_forged_webhook_is_refused_by_the_deployed_receiver(running: Deployed) -> None:
    item_id = _item_of(running, _linked(running, "pia", portfolio=["everyday"]))
    webhook_id = running.plaid.send_webhook(
        item_id, "HOLDINGS", "DEFAULT_UPDATE", forge="other_key"
    )
    (delivery,) = eventually(
        lambda: [each for each in running.plaid.deliveries() if each["webhook_id"] == webhook_id],
        until=lambda found: bool(found) and bool(found[0]["attempts"]),
    )
    assert delivery["attempts"][0]["status"] == 401


def test_an_item_that_cannot_be_refreshed_costs_nothing(running: Deployed) -> None:
    billed = running.plaid.bill().count
    connection_id = _linked(running, "quin", institution="ins_manual", portfolio=["everyday"])
    answer = running.api("quin").post(f"/v1/connections/{connection_id}/refresh")
    finished = _finished(running, "quin", answer.headers["Location"])
    assert (finished["status"], finished["reason"]) == ("refused", "refresh_unsupported")
    again = running.api("quin").post(f"/v1/connections/{connection_id}/refresh")
    assert again.body["method"] == "read"
    assert running.plaid.bill().count == billed


def test_our_ledger_equals_the_providers_bill(running: Deployed) -> None:
    assert running.booked() == running.billed()
    assert running.billed()["plaid"] > 0


def _item_of(running: Deployed, connection_id: str) -> str:
    shown = running.api("pia").get(f"/v1/connections/{connection_id}").body
    return str(shown["provider_ids"]["connection"])
