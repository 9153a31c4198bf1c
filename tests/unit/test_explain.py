"""The stories: in plain sentences with times, by an id and its owner, and without a secret."""

from typing import Any

import pytest

from freshet.domain.call_errors import AnswerLost
from freshet.operations.operator import Operator
from freshet.operations.settlements import SettlementOperations
from freshet.operations.stories import StoryOperations
from freshet.services.explain import ExplainDependencies
from freshet.services.settle_refresh import SettleRefreshDependencies
from tests.builders import CONNECTION_ID, USER, a_refresh_command, an_answer, an_event
from tests.unit.stage import Stage

REFRESH_ID = a_refresh_command().refresh_id
OF_CONNECTION = {"id": CONNECTION_ID, "user_id": USER}
OF_REFRESH = {"id": REFRESH_ID, "user_id": USER}


def _run(stage: Stage, **event: Any) -> dict[str, Any]:
    deps = ExplainDependencies(
        connections=stage.connections,
        owners=stage.connections,
        refreshes=stage.refreshes,
        inbox=stage.inbox,
        clock=stage.clock,
    )
    operations = StoryOperations(deps).operations()
    return Operator(operations).run({"operation": "explain"} | event)


def _told(stage: Stage, **event: Any) -> str:
    answer = _run(stage, **event)
    assert "\n".join(answer["story"]) == answer["text"]
    return str(answer["text"])


def test_connection_tells_how_it_is_and_when_it_is_read_next_and_why() -> None:
    stage = Stage()
    stage.read()
    text = _told(stage, **OF_CONNECTION)
    assert f"belongs to user {USER}" in text
    assert "2026-11-20 12:00:00 UTC: the last read" in text
    assert "Its status is active." in text
    assert "its next read, as it is read every" in text


def test_connection_tells_its_purchases_and_what_they_cost() -> None:
    stage = Stage()
    stage.buy()
    text = _told(stage, **OF_CONNECTION)
    assert f"2026-11-20 12:00:00 UTC: purchase {REFRESH_ID} for" in text
    assert "accepted, 0.05 USD." in text
    assert f"Refresh {REFRESH_ID} is open." in text


def test_connection_tells_that_its_user_must_link_again() -> None:
    stage = Stage(status="needs_user", status_reason="login_required")
    text = _told(stage, **OF_CONNECTION)
    assert "Its status is needs_user because of login_required." in text
    assert "not read until its user links again" in text
    assert "its next read" not in text


def test_connection_tells_what_a_webhook_left_to_be_read() -> None:
    stage = Stage()
    stage.hear(an_event())
    assert "a webhook announced its" in _told(stage, **OF_CONNECTION)


def test_connection_is_found_by_its_providers_id() -> None:
    stage = Stage()
    wanted = {"id": stage.connection.link.provider_connection_id, "provider": "snaptrade"}
    assert _told(stage, **wanted) == _told(stage, **OF_CONNECTION)


def test_refresh_tells_everything_from_the_request_to_the_settlement() -> None:
    stage = Stage()
    stage.provider.refresh_failures = [AnswerLost(an_answer())]
    stage.buy()
    assert "It is unknown because of" in _told(stage, **OF_REFRESH)
    for _ in range(4):
        stage.later(minutes=5)
        stage.read()
    settling = SettlementOperations(SettleRefreshDependencies(stage.refreshes, stage.clock))
    settled = {
        "operation": "settle_refresh",
        "user_id": USER,
        "refresh_id": REFRESH_ID,
        "billed": {"amount": "0.00", "currency": "USD"},
        "invoice": "INV-1",
        "by": "a.person",
        "reason": "not named",
    }
    assert "error" not in Operator(settling.operations()).run(settled)
    story = _run(stage, **OF_REFRESH)["story"]
    assert story[0].startswith("2026-11-20 12:00:00 UTC: ")
    text = "\n".join(story)
    for sentence in (
        "0.05 USD were reserved in the budgets of 2026-11-20, 2026-11.",
        "2026-11-20 12:00:00 UTC: the provider was called, attempt 1.",
        "There is no answer of the provider on record.",
        "it ended as timed_out",
        "Its line in the ledger: 0.05 USD, assumed",
        "a.person settled it at 0.00 USD by invoice INV-1.",
        "It costs 0.00 USD.",
    ):
        assert sentence in text


def test_webhook_tells_whose_it_is_and_what_is_owed() -> None:
    stage, event = Stage(), an_event()
    stage.hear(event)
    wanted = {"id": event.id, "provider": str(event.provider)}
    text = _told(stage, **wanted)
    assert f"It belongs to connection {CONNECTION_ID}." in text
    assert "marked and was not read since" in text
    stage.later(seconds=1)
    stage.read()
    assert "Nothing of that connection waits" in _told(stage, **wanted)


def test_webhook_tells_that_it_is_parked() -> None:
    stage, event = Stage(), an_event(provider_connection_id="unheard-of")
    stage.hear(event)
    assert "It is parked" in _told(stage, id=event.id, provider=str(event.provider))
    waiting = _told(stage, id="unheard-of", provider=str(event.provider))
    assert f"webhook {event.id}" in waiting


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"id": CONNECTION_ID}, "user_id"),
        ({"id": REFRESH_ID}, "user_id"),
        ({"id": "5b1c1a52"}, "provider"),
        ({"id": "5b1c1a52", "provider": "other"}, "provider"),
        ({}, "id"),
    ],
)
def test_field_is_named_when_the_id_is_no_key_alone(event: dict[str, str], field: str) -> None:
    assert _run(Stage(), **event)["error"]["detail"].startswith(f"{field}: ")


@pytest.mark.parametrize(
    "event",
    [
        OF_CONNECTION | {"user_id": "user-2"},
        OF_REFRESH,
        {"id": "unheard-of", "provider": "snaptrade"},
    ],
)
def test_nothing_is_told_of_what_is_not_there(event: dict[str, str]) -> None:
    assert _run(Stage(), **event)["error"]["code"] == "not_found"


def test_times_pass_in_the_story() -> None:
    stage = Stage()
    stage.later(hours=1)
    stage.read()
    assert "2026-11-20 13:00:00 UTC: the last read" in _told(stage, **OF_CONNECTION)
