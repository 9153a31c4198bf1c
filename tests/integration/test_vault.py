"""CredentialVault: one contract for every store, with the lease and without, and for the twin."""

import traceback
from typing import Any

import boto3
import pytest

from freshet.domain.credential import Credential, Secret
from freshet.domain.errors import CredentialMissing, SecretUnavailable
from freshet.ports import CredentialVault
from tests.clients import DynamoDB, SecretsManager
from tests.integration.vault_bench import (
    ONE,
    TWO,
    VAULTS,
    failing,
    kms_vault,
    secrets_vault,
)

USER = "user-1"


@pytest.fixture(params=VAULTS)
def vault(request: pytest.FixtureRequest) -> CredentialVault:
    return VAULTS[request.param](request)


def test_credential_comes_back_when_it_was_kept(vault: CredentialVault) -> None:
    vault.keep(USER, "snaptrade", ONE)
    assert vault.find(USER, "snaptrade") == ONE


def test_newest_counts_and_others_stay_when_one_is_replaced(vault: CredentialVault) -> None:
    vault.keep(USER, "a", ONE)
    vault.keep(USER, "b", ONE)
    vault.keep(USER, "a", TWO)
    assert vault.find(USER, "a") == TWO
    assert vault.find(USER, "b") == ONE


@pytest.mark.sampled(8)
@pytest.mark.parametrize(("user_id", "name"), [("user-2", "snaptrade"), (USER, "other")])
def test_credential_is_missing_when_nobody_kept_it(
    vault: CredentialVault, user_id: str, name: str
) -> None:
    vault.keep(USER, "snaptrade", ONE)
    with pytest.raises(CredentialMissing) as missing:
        vault.find(user_id, name)
    assert "invented" not in repr(missing.value)


@pytest.mark.sampled(8)
@pytest.mark.parametrize("user_id", ["üser|auth0#1 /x", "a" * 256])
def test_user_id_may_be_anything_when_a_credential_is_kept(
    vault: CredentialVault, user_id: str
) -> None:
    vault.keep(user_id, "snaptrade#ü/1", ONE)
    assert vault.find(user_id, "snaptrade#ü/1") == ONE


def test_one_credential_goes_and_others_stay_when_it_is_forgotten(vault: CredentialVault) -> None:
    for name in ("a", "b"):
        vault.keep(USER, name, ONE)
    vault.keep("user-2", "a", TWO)
    for _ in range(2):
        vault.forget(USER, "a")
        with pytest.raises(CredentialMissing):
            vault.find(USER, "a")
    assert vault.find(USER, "b") == ONE
    assert vault.find("user-2", "a") == TWO


def test_all_credentials_go_when_a_user_is_forgotten(vault: CredentialVault) -> None:
    for name in ("a", "b"):
        vault.keep(USER, name, ONE)
    vault.keep("user-2", "a", TWO)
    for _ in range(2):
        vault.forget_user(USER)
        for name in ("a", "b"):
            with pytest.raises(CredentialMissing):
                vault.find(USER, name)
    assert vault.find("user-2", "a") == TWO


def test_nothing_happens_when_what_is_forgotten_was_never_kept(vault: CredentialVault) -> None:
    vault.forget(USER, "a")
    vault.forget_user(USER)
    vault.keep(USER, "b", ONE)
    vault.forget(USER, "a")
    assert vault.find(USER, "b") == ONE


@pytest.mark.sampled(8)
@pytest.mark.parametrize("verb", ["forget", "forget_user"])
def test_user_links_again_at_once_when_everything_was_forgotten(
    vault: CredentialVault, verb: str
) -> None:
    vault.keep(USER, "a", ONE)
    vault.forget(USER, "a") if verb == "forget" else vault.forget_user(USER)
    vault.keep(USER, "a", TWO)
    assert vault.find(USER, "a") == TWO


def test_no_secret_is_in_a_row_or_a_repr_when_it_is_kept(
    vault: CredentialVault, dynamodb: DynamoDB, capsys: pytest.CaptureFixture[str]
) -> None:
    vault.keep(USER, "a", ONE)
    vault.keep(USER, "a", TWO)
    vault.find(USER, "a")
    rows = dynamodb.scan(TableName="connections")["Items"]
    out = capsys.readouterr()
    for text in (repr(vault), repr(vault.find(USER, "a")), str(rows), out.out + out.err):
        assert "invented" not in text


def test_no_version_is_used_up_when_the_same_is_kept_again(aws: None) -> None:
    client, vault = boto3.client("secretsmanager"), secrets_vault()
    vault.keep(USER, "snaptrade", ONE)
    (before,) = client.list_secrets()["SecretList"]
    vault.keep(USER, "snaptrade", ONE)
    (after,) = client.list_secrets()["SecretList"]
    assert after["SecretVersionsToStages"] == before["SecretVersionsToStages"]
    assert USER not in after["Name"]


@pytest.mark.parametrize("verb", ["forget", "forget_user"])
def test_secret_is_gone_and_not_paid_for_when_it_holds_nothing(aws: None, verb: str) -> None:
    client, vault = boto3.client("secretsmanager"), secrets_vault()
    vault.keep(USER, "a", ONE)
    vault.forget(USER, "a") if verb == "forget" else vault.forget_user(USER)
    assert client.list_secrets(IncludePlannedDeletion=True)["SecretList"] == []


def test_linking_waits_when_the_secret_is_still_being_deleted(aws: None) -> None:
    client, code = boto3.client("secretsmanager"), "InvalidRequestException"
    refused = client.exceptions.InvalidRequestException

    def deleting(times: int) -> SecretsManager:
        return failing(client, "create_secret", times=times, code=code, error=refused)

    secrets_vault(deleting(5)).keep(USER, "a", ONE)
    assert secrets_vault().find(USER, "a") == ONE
    with pytest.raises(SecretUnavailable, match="still being deleted"):
        secrets_vault(deleting(6)).keep("user-2", "a", ONE)


def test_secret_marked_for_deletion_holds_nothing_when_it_is_read(aws: None) -> None:
    client, vault = boto3.client("secretsmanager"), secrets_vault()
    vault.keep(USER, "a", ONE)
    (secret,) = client.list_secrets()["SecretList"]
    client.delete_secret(SecretId=secret["Name"])
    with pytest.raises(CredentialMissing):
        vault.find(USER, "a")


SECRETS_STEPS = ["get_secret_value", "create_secret", "put_secret_value", "delete_secret"]
TABLE_STEPS = ["get_item", "put_item", "get_paginator"]
KEY_STEPS = ["encrypt", "decrypt"]


def _work(vault: CredentialVault) -> None:
    vault.keep(USER, "a", ONE)
    vault.keep(USER, "b", TWO)
    vault.find(USER, "b")
    vault.forget(USER, "b")
    vault.forget_user(USER)


@pytest.mark.parametrize("step", [*SECRETS_STEPS, *TABLE_STEPS, *KEY_STEPS])
def test_trouble_is_ours_and_shows_no_secret_when_aws_fails(dynamodb: DynamoDB, step: str) -> None:
    if step in SECRETS_STEPS:
        vault: CredentialVault = secrets_vault(failing(boto3.client("secretsmanager"), step))
    elif step in TABLE_STEPS:
        vault = kms_vault(failing(dynamodb, step))
    else:
        vault = kms_vault(dynamodb, failing(boto3.client("kms"), step))
    with pytest.raises(SecretUnavailable) as trouble:
        _work(vault)
    assert trouble.value.retryable
    assert "invented" not in "".join(traceback.format_exception(trouble.value))


@pytest.mark.parametrize(
    ("owner", "name", "thief", "other"),
    [(USER, "a", "user-2", "a"), (USER, "a", USER, "b")],
)
def test_ciphertext_opens_nowhere_else_when_its_row_is_copied(
    dynamodb: DynamoDB, owner: str, name: str, thief: str, other: str
) -> None:
    vault = kms_vault(dynamodb)
    vault.keep(owner, name, ONE)
    vault.keep(thief, other, TWO)
    row = _row(dynamodb, owner, name)
    target = {"PK": {"S": f"USER#{thief}"}, "SK": {"S": f"CREDENTIAL#{other}"}}
    dynamodb.put_item(TableName="connections", Item={**row, **target})
    with pytest.raises(CredentialMissing):
        vault.find(thief, other)
    assert vault.find(owner, name) == ONE
    # The user links again, and all is well.
    vault.keep(thief, other, TWO)
    assert vault.find(thief, other) == TWO


def test_credential_is_missing_when_its_ciphertext_is_damaged(dynamodb: DynamoDB) -> None:
    vault = kms_vault(dynamodb)
    vault.keep(USER, "a", ONE)
    row = _row(dynamodb, USER, "a")
    blob = bytearray(row["ciphertext"]["B"])
    blob[-1] ^= 1
    dynamodb.put_item(TableName="connections", Item={**row, "ciphertext": {"B": bytes(blob)}})
    with pytest.raises(CredentialMissing):
        vault.find(USER, "a")


@pytest.mark.parametrize(
    "code", ["AccessDeniedException", "IncorrectKeyException", "DisabledException"]
)
def test_users_are_not_sent_to_link_again_when_the_key_cannot_be_used(
    dynamodb: DynamoDB, code: str
) -> None:
    kms_vault(dynamodb).keep(USER, "a", ONE)
    broken = failing(boto3.client("kms"), "decrypt", code=code)
    with pytest.raises(SecretUnavailable):
        kms_vault(dynamodb, broken).find(USER, "a")


def test_emptied_row_is_taken_away_by_its_expiry(dynamodb: DynamoDB) -> None:
    vault = kms_vault(dynamodb)
    vault.keep(USER, "a", ONE)
    vault.forget(USER, "a")
    assert set(_row(dynamodb, USER, "a")) == {"PK", "SK", "expires_at"}
    vault.keep(USER, "a", TWO)
    assert "expires_at" not in _row(dynamodb, USER, "a")


def test_credential_of_any_usual_size_is_kept_and_a_monster_refused(dynamodb: DynamoDB) -> None:
    vault = kms_vault(dynamodb)
    large = Credential("item-1", Secret("invented" + "x" * 3900))
    vault.keep(USER, "a", large)
    assert vault.find(USER, "a") == large
    monster = Credential("item-1", Secret(large.secret.reveal() * 2))
    with pytest.raises(SecretUnavailable) as refused:
        vault.keep(USER, "a", monster)
    assert "invented" not in "".join(traceback.format_exception(refused.value))
    assert vault.find(USER, "a") == large


def _row(dynamodb: DynamoDB, user_id: str, name: str) -> dict[str, Any]:
    key = {"PK": {"S": f"USER#{user_id}"}, "SK": {"S": f"CREDENTIAL#{name}"}}
    row: dict[str, Any] = dynamodb.get_item(TableName="connections", Key=key)["Item"]
    return row
