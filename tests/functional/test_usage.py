"""What is spent and left, what a refresh would cost, and the kill switch."""

from typing import Any

import pytest

from tests.functional.world import SCOPES, World

OPERATOR = f"{SCOPES} freshet/operate"
DRY_RUN = '{"dry_run": true}'


def _five_cents(amount: str = "0.05") -> dict[str, str]:
    return {"amount": amount, "currency": "USD"}


def _refresh(world: World, connection_id: str, **request: Any) -> Any:
    return world.call("POST", f"/v1/connections/{connection_id}/refresh", **request)


def test_a_user_sees_what_is_spent_and_left_and_when_it_resets(world: World) -> None:
    bought, unused = world.link()[0], world.link()[0]
    world.work()
    _refresh(world, bought)
    answer = world.call("GET", "/v1/usage")
    assert answer.status == 200
    user, deployment = answer.body["user"], answer.body["deployment"]
    assert (user["day"]["refreshes"], user["day"]["limit"], user["day"]["left"]) == (1, 20, 19)
    assert user["month"]["spent"] == _five_cents()
    assert user["day"]["resets_at"].endswith("T00:00:00.000000Z")
    assert user["month"]["resets_at"].endswith("-01T00:00:00.000000Z")
    shown = {each["connection_id"]: each for each in answer.body["connections"]}
    assert {each: shown[each]["day"]["left"] for each in shown} == {bought: 3, unused: 4}
    assert shown[unused]["month"]["spent"] == _five_cents("0.00")
    assert deployment is None


def test_an_operator_sees_the_deployments_month_too(world: World) -> None:
    for user_id in ("user-1", "user-2"):
        connection_id, _ = world.link(user_id=user_id)
        world.work()
        _refresh(world, connection_id, user_id=user_id)
    shown = world.call("GET", "/v1/usage", scope=OPERATOR).body
    assert shown["user"]["day"]["refreshes"] == 1
    month = shown["deployment"]["month"]
    assert month["spent"] == _five_cents("0.10")
    assert month["budget"] == _five_cents("10.00")
    assert month["left"] == _five_cents("9.90")
    assert shown["deployment"]["purchases_stopped"] is False


def test_nothing_is_left_and_never_less_when_a_limit_was_lowered(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id, _ = world.link()
    world.work()
    _refresh(world, connection_id)
    monkeypatch.setenv("DEPLOYMENT_MONTHLY_BUDGET_USD", "0.01")
    monkeypatch.setenv("CONNECTION_DAILY_REFRESHES", "1")
    world.restart()
    shown = world.call("GET", "/v1/usage", scope=OPERATOR).body
    assert shown["connections"][0]["day"]["left"] == 0
    assert shown["deployment"]["month"]["left"] == _five_cents("0.00")


def test_a_dry_run_tells_the_price_and_does_nothing(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    before = world.lasting_rows()
    answer = _refresh(world, connection_id, body=DRY_RUN)
    assert answer.status == 200
    assert answer.body["method"] == "purchase"
    assert answer.body["would_join"] is None
    assert answer.body["cost"] == _five_cents()
    after = answer.body["budgets_after"]
    assert (after["connection"]["left"], after["user"]["left"]) == (3, 19)
    assert after["deployment"] is None
    assert world.lasting_rows() == before
    assert world.simulator.control.bill().count == 0
    operator = _refresh(world, connection_id, body=DRY_RUN, scope=OPERATOR).body
    assert operator["budgets_after"]["deployment"]["left"] == _five_cents("9.95")


def test_a_dry_run_of_an_item_tells_plaids_price(world: World) -> None:
    connection_id, _ = world.link_item(portfolio=["everyday"])
    world.work()
    assert _refresh(world, connection_id, body=DRY_RUN).body["cost"] == _five_cents("0.12")
    assert world.messages("refresh") == []


def test_a_dry_run_names_the_refresh_it_would_join(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    opened = _refresh(world, connection_id).body
    told = _refresh(world, connection_id, body=DRY_RUN).body
    assert told["would_join"] == opened["id"]
    assert told["cost"]["amount"] == "0"


def test_a_dry_run_gives_the_very_refusal(world: World) -> None:
    connection_id, _ = world.link(mode="disabled")
    world.work()
    told = _refresh(world, connection_id, body=DRY_RUN)
    refused = _refresh(world, connection_id)
    assert (told.status, told.body) == (refused.status, refused.body)
    assert told.status == 402


def test_a_key_of_a_refresh_is_not_one_of_a_dry_run(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    headers = {"idempotency-key": "press-1"}
    assert _refresh(world, connection_id, body=DRY_RUN, headers=headers).status == 200
    assert _refresh(world, connection_id, headers=headers).status == 202
    refused = _refresh(world, connection_id, body=DRY_RUN, headers=headers)
    assert (refused.status, refused.body["code"]) == (422, "idempotency_mismatch")


@pytest.mark.sampled(4, by="path")
@pytest.mark.parametrize("path", ["/v1/refreshes", "/v1/connections/{}/refresh"])
@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ('{"dry_run": "yes"}', 422, "dry_run"),
        ('{"dry_run": null}', 422, "dry_run"),
        ('{"dry_run": 1}', 422, "dry_run"),
        ('{"dryrun": true}', 422, "dryrun"),
        ("{", 400, None),
    ],
)
def test_a_dry_run_is_never_taken_for_a_real_one(
    world: World, path: str, body: str, status: int, word: str | None
) -> None:
    connection_id, _ = world.link()
    world.work()
    answer = world.call("POST", path.format(connection_id), body=body)
    assert answer.status == status
    assert word is None or answer.body["detail"].startswith(word)
    assert world.simulator.control.bill().count == 0


def test_a_sync_of_transactions_knows_no_dry_run(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    path = f"/v1/connections/{connection_id}/transactions/sync"
    assert world.call("POST", path, body=DRY_RUN).status == 422


def test_the_kill_switch_stops_purchases_until_they_are_resumed(world: World) -> None:
    connection_id, _ = world.link()
    world.work()
    for _ in range(2):
        assert world.operate({"operation": "stop_purchases"}) == {"purchases_stopped": True}
    for body in (None, DRY_RUN):
        refused = _refresh(world, connection_id, body=body)
        assert (refused.status, refused.body["code"]) == (503, "purchases_stopped")
    shown = world.call("GET", "/v1/usage", scope=OPERATOR).body
    assert shown["deployment"]["purchases_stopped"] is True
    for _ in range(2):
        assert world.operate({"operation": "resume_purchases"}) == {"purchases_stopped": False}
    assert _refresh(world, connection_id).status == 202


def test_todays_price_is_shown_and_paid_when_a_new_one_has_begun(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    connection_id, _ = world.link()
    world.work()
    prices = "0.05,2026-01-01=0.06,2999-01-01=9.00"
    monkeypatch.setenv("SNAPTRADE_REFRESH_PRICE_USD", prices)
    world.restart()
    shown = world.call("GET", f"/v1/connections/{connection_id}").body
    assert shown["refresh"]["cost"] == _five_cents("0.06")
    providers = world.call("GET", "/v1/providers").body["items"]
    (snaptrade,) = (each for each in providers if each["name"] == "snaptrade")
    assert snaptrade["refresh"]["cost"] == _five_cents("0.06")
    assert _refresh(world, connection_id).body["cost"] == _five_cents("0.06")
    (line,) = (row for row in world.rows("USER#") if row["SK"]["S"].startswith("LEDGER#"))
    assert line["cost"]["M"]["amount"]["S"] == "0.06"
