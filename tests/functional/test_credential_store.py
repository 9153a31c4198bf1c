"""Users' credentials on the way from Secrets Manager into the table, and replaced by providers."""

import json
from typing import Any

import boto3
import pytest

from tests.builders import USER
from tests.functional.world import World, sample_event
from tests.leaks import leaks, rows_content


@pytest.fixture
def key_arn(world: World) -> str:
    return str(boto3.client("kms").create_key()["KeyMetadata"]["Arn"])


def choose_kms(world: World, key_arn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Deploy with CredentialStore=kms."""
    monkeypatch.setenv("CREDENTIAL_STORE", "kms")
    monkeypatch.setenv("CREDENTIAL_KMS_ARN", key_arn)
    world.restart()


def user_secrets() -> list[str]:
    """The names of users' secrets in Secrets Manager."""
    every = boto3.client("secretsmanager").list_secrets()["SecretList"]
    return [each["Name"] for each in every if each["Name"].startswith("freshet/users/")]


def move(world: World, *user_ids: str) -> Any:
    """Send the operator's event."""
    return world.operate(sample_event("operator_move_credentials") | {"user_ids": list(user_ids)})


def rotate(world: World, connection_id: str) -> dict[str, Any]:
    """Send the operator's event."""
    event = {"user_id": USER, "connection_id": connection_id}
    return world.operate(sample_event("operator_rotate_credential") | event)


def status_after_a_read(world: World, connection_id: str) -> str:
    """Have a connection read now, and tell how it is."""
    command = {"user_id": USER, "connection_id": connection_id, "reason": "first_load"}
    world.redeliver("snapshot", json.dumps(command))
    return str(world.call("GET", f"/v1/connections/{connection_id}").body["status"])


def test_users_are_read_before_while_and_after_their_credentials_move(
    world: World, key_arn: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old, _ = world.link(portfolio=["everyday"])
    item, _ = world.link_item(portfolio=["everyday"])
    assert len(user_secrets()) == 1
    choose_kms(world, key_arn, monkeypatch)
    assert status_after_a_read(world, old) == "active"
    new, _ = world.link(portfolio=["everyday"])
    for _ in range(2):
        assert {status_after_a_read(world, each) for each in (old, item, new)} == {"active"}
        (line,) = move(world, USER)["users"]
    assert line == {"user_id": USER, "status": "nothing_to_move", "reason": None}
    assert user_secrets() == []
    assert {status_after_a_read(world, each) for each in (old, item, new)} == {"active"}
    assert len([row for row in world.rows("USER#") if "ciphertext" in row]) == 3


def test_no_credential_is_in_the_clear_when_it_was_moved_and_rotated(
    world: World,
    key_arn: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    connection, _ = world.link(portfolio=["everyday"])
    item_id, item = world.link_item(portfolio=["everyday"])
    before = world.simulator.control.state()["users"][0]["user_secret"]
    choose_kms(world, key_arn, monkeypatch)
    answers = [move(world, USER), rotate(world, connection), rotate(world, item_id)]
    after = world.simulator.control.state()["users"][0]["user_secret"]
    assert before != after
    left = {
        "answers": json.dumps(answers).encode(),
        "rows": rows_content(world.rows("")),
        "logs": capsys.readouterr().out.encode(),
    }
    secrets = {"old secret": before, "new secret": after, "access token": item.access_token}
    assert leaks(left, secrets) == []


@pytest.mark.parametrize("store", ["secretsmanager", "kms"])
@pytest.mark.parametrize("provider", ["snaptrade", "plaid"])
def test_connection_works_on_when_its_credential_was_rotated(
    world: World, key_arn: str, monkeypatch: pytest.MonkeyPatch, store: str, provider: str
) -> None:
    if store == "kms":
        choose_kms(world, key_arn, monkeypatch)
    link = world.link if provider == "snaptrade" else world.link_item
    connection_id, _ = link(portfolio=["everyday"])
    for _ in range(2):
        assert rotate(world, connection_id) == {"connection_id": connection_id, "status": "rotated"}
        assert status_after_a_read(world, connection_id) == "active"


@pytest.mark.parametrize(
    ("provider", "operation"),
    [("snaptrade", "reset_user_secret"), ("plaid", "item_access_token_invalidate")],
)
def test_user_must_link_again_when_the_new_credential_never_arrived(
    world: World, provider: str, operation: str
) -> None:
    is_snaptrade = provider == "snaptrade"
    link = world.link if is_snaptrade else world.link_item
    connection_id, _ = link(portfolio=["everyday"])
    control = world.simulator.control if is_snaptrade else world.plaid.control
    control.add_fault(operation, "accept_then_drop", times=1)
    assert rotate(world, connection_id)["error"]["code"] == "credential_lost"
    shown = world.call("GET", f"/v1/connections/{connection_id}").body
    assert (shown["status"], shown["status_reason"]) == ("needs_user", "credential_lost")
    assert rotate(world, connection_id)["error"]["code"] == "credential_missing"
    assert user_secrets() == []
