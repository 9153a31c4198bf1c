"""The operator's door: fields are named, values never are."""

import json
from datetime import timedelta
from typing import Any

import pytest

from freshet.domain.provider import Provider
from freshet.operations.operator import Operator
from freshet.operations.purchases import PurchaseOperations
from freshet.operations.registrations import RegistrationOperations
from freshet.operations.webhooks import WebhookOperations
from freshet.registry import TRAITS, credential_form_of
from freshet.services.register_connection import RegisterConnectionDependencies
from freshet.services.switch_purchases import SwitchPurchasesDependencies
from tests.builders import USER, an_event, ones
from tests.unit.stage import Stage

SECRET = "invented-user-secret"
NO_USER_IDS = ("", "   ", "x" * 256, "half an emoji \ud83d")
EVENT: dict[str, Any] = {
    "operation": "register_connection",
    "user_id": USER,
    "provider": "snaptrade",
    "provider_connection_id": "authorization-9",
    "credential": {"user_id": "snaptrade-user-9", "user_secret": SECRET},
}


def _run(event: dict[str, Any], stage: Stage | None = None) -> dict[str, Any]:
    stage = stage or Stage()
    registering = RegisterConnectionDependencies(
        owners=stage.connections,
        inbox=stage.inbox,
        connections=stage.connections,
        vault=stage.vault,
        reads=stage.reads,
        traits=TRAITS,
        random_bytes=ones,
        clock=stage.clock,
    )
    operations = {
        **RegistrationOperations(registering, credential_form_of).operations(),
        **PurchaseOperations(SwitchPurchasesDependencies(stage.budgets)).operations(),
        **WebhookOperations(stage.processing).operations(),
    }
    return Operator(operations).run(event)


def test_connection_is_registered_when_the_event_is_whole() -> None:
    stage = Stage()
    answer = _run(EVENT | {"read_every": "PT6H", "refresh_every": "P1D"}, stage)
    connection = stage.connections.get(USER, answer["connection_id"])
    assert answer == {"connection_id": connection.id, "status": "initialising"}
    assert connection.cadence.read_every == timedelta(hours=6)
    assert connection.cadence.refresh_every == timedelta(days=1)
    assert stage.vault.find(USER, connection.link.credential_name).secret.reveal() == SECRET


@pytest.mark.parametrize("user_id", NO_USER_IDS)
def test_user_is_refused_whom_no_token_could_name(user_id: str) -> None:
    stage = Stage()
    answer = _run(EVENT | {"user_id": user_id}, stage)
    assert answer["error"]["code"] == "invalid_field"
    assert answer["error"]["detail"].startswith("user_id: ")
    assert not stage.reads.drain()


def test_item_is_registered_when_the_event_is_plaids() -> None:
    stage = Stage()
    item = {
        "provider": "plaid",
        "provider_connection_id": "item-9",
        "credential": {"access_token": SECRET},
    }
    connection = stage.connections.get(USER, _run(EVENT | item, stage)["connection_id"])
    assert connection.provider is Provider.PLAID
    credential = stage.vault.find(USER, connection.link.credential_name)
    assert (credential.subject, credential.secret.reveal()) == ("item-9", SECRET)


@pytest.mark.parametrize("provider", ["snaptrade", "plaid"])
def test_other_providers_credential_is_refused_without_its_value(provider: str) -> None:
    credentials = {
        "plaid": {"user_id": "u", "user_secret": SECRET},
        "snaptrade": {"access_token": SECRET},
    }
    answer = _run(EVENT | {"provider": provider, "credential": credentials[provider]})
    assert answer["error"]["code"] == "invalid_field"
    assert SECRET not in json.dumps(answer)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"user_id": ""}, "user_id"),
        ({"user_id": "x" * 257}, "user_id"),
        ({"user_id": 7}, "user_id"),
        ({"provider": "acme-x"}, "provider"),
        ({"provider_connection_id": None}, "provider_connection_id"),
        ({"credential": {"user_id": "u", "user_secret": ""}}, "credential.user_secret"),
        ({"credential": {"user_id": "u", "user_secret": [SECRET]}}, "credential.user_secret"),
        ({"credential": {"user_secret": SECRET}}, "credential.user_id"),
        ({"credential": SECRET}, "credential"),
        ({"read_every": "PT1M"}, "read_every"),
        ({"read_every": "PT5H59M"}, "read_every"),
        ({"read_every": "P31D"}, "read_every"),
        ({"read_every": -1}, "read_every"),
        ({"refresh_every": "P99D"}, "refresh_every"),
        ({"refresh_every": "PT59M"}, "refresh_every"),
        ({"surprise": SECRET}, "surprise"),
    ],
)
def test_field_is_named_without_its_value_when_it_is_wrong(
    changes: dict[str, Any], field: str
) -> None:
    stage = Stage()
    answer = _run(EVENT | changes, stage)
    assert answer["error"]["code"] == "invalid_field"
    assert answer["error"]["detail"].startswith(f"{field}: ")
    for value in (SECRET, "acme-x", "xxx"):
        assert value not in json.dumps(answer)
    assert len(stage.connections.rows) == 1
    assert stage.vault.held_by_name == {}


@pytest.mark.parametrize("operation", [None, "", "drop_everything", ["register_connection"]])
def test_operation_is_refused_when_nobody_knows_it(operation: object) -> None:
    answer = _run(EVENT | {"operation": operation})
    assert answer["error"]["code"] == "invalid_field"
    assert "drop_everything" not in json.dumps(answer)


def test_other_users_connection_is_not_named_when_it_is_taken() -> None:
    answer = _run(EVENT | {"user_id": "user-2", "provider_connection_id": "authorization-1"})
    assert answer["error"]["code"] == "already_owned"
    assert USER not in json.dumps(answer)


@pytest.mark.parametrize(
    ("operation", "is_stopped"), [("stop_purchases", True), ("resume_purchases", False)]
)
def test_new_state_is_told_when_the_kill_switch_is_turned(operation: str, is_stopped: bool) -> None:
    stage = Stage()
    for _ in range(2):
        assert _run({"operation": operation}, stage) == {"purchases_stopped": is_stopped}
        assert stage.refreshes.is_stopped() is is_stopped


def test_purchases_go_on_when_they_are_resumed() -> None:
    stage = Stage()
    _run({"operation": "stop_purchases"}, stage)
    _run({"operation": "resume_purchases"}, stage)
    stage.buy()
    assert stage.provider.billed == 1


def test_switch_is_not_turned_when_the_event_says_more_than_that() -> None:
    stage = Stage()
    answer = _run({"operation": "stop_purchases", "until": "tomorrow"}, stage)
    assert answer["error"]["detail"].startswith("until: ")
    assert not stage.refreshes.is_stopped()


def test_item_may_be_read_more_often_when_its_provider_allows_it() -> None:
    item = {
        "provider": "plaid",
        "provider_connection_id": "item-9",
        "credential": {"access_token": SECRET},
    }
    assert "connection_id" in _run(EVENT | item | {"read_every": "PT1H"})


def test_events_are_replayed_when_an_operator_asks() -> None:
    stage = Stage()
    stage.hear(an_event())
    stage.hear(an_event(id="event-2", provider_connection_id="authorization-9"))
    one = {"operation": "replay_webhook", "provider": "snaptrade", "event_id": "event-1"}
    assert _run(one, stage) == {"worked": True}
    assert _run(one | {"event_id": "event-2"}, stage) == {"worked": False}
    assert _run(one | {"event_id": "event-9"}, stage)["error"]["code"] == "not_found"
    all_of_one = {
        "operation": "replay_webhooks",
        "provider": "snaptrade",
        "provider_connection_id": "authorization-1",
    }
    assert _run(all_of_one, stage) == {"parked_events_worked": 0}
    parked = {"operation": "replay_parked_webhooks", "provider": "snaptrade"}
    assert _run(parked, stage) == {"parked_events_worked": 0}
    assert _run(EVENT, stage)["status"] == "initialising"
    assert stage.inbox.waiting == {}
