"""CredentialVault: one contract for Secrets Manager and its twin."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from freshet.adapters.vaults import SecretsManagerVault
from freshet.domain.credential import Credential, Secret
from freshet.domain.errors import CredentialMissing, SecretUnavailable
from tests.fakes import FakeVault

ONE = Credential("provider-user-1", Secret("invented-secret-1"))
TWO = Credential("provider-user-2", Secret("invented-secret-2"))


@pytest.fixture(params=["fake", "secrets manager"])
def vault(request: pytest.FixtureRequest) -> Any:
    if request.param == "fake":
        return FakeVault()
    request.getfixturevalue("aws")
    return SecretsManagerVault(boto3.client("secretsmanager"), "freshet/users/")


def test_credential_comes_back_when_it_was_kept(vault: Any) -> None:
    vault.keep("user-1", "snaptrade", ONE)
    assert vault.find("user-1", "snaptrade") == ONE


def test_newest_counts_and_others_stay_when_one_is_replaced(vault: Any) -> None:
    vault.keep("user-1", "a", ONE)
    vault.keep("user-1", "b", ONE)
    vault.keep("user-1", "a", TWO)
    assert vault.find("user-1", "a") == TWO
    assert vault.find("user-1", "b") == ONE


@pytest.mark.parametrize(("user_id", "name"), [("user-2", "snaptrade"), ("user-1", "other")])
def test_credential_is_missing_when_nobody_kept_it(vault: Any, user_id: str, name: str) -> None:
    vault.keep("user-1", "snaptrade", ONE)
    with pytest.raises(CredentialMissing) as missing:
        vault.find(user_id, name)
    assert "invented" not in repr(missing.value)


def test_user_id_may_hold_any_character_when_it_names_a_secret(vault: Any) -> None:
    vault.keep("üser|auth0#1 /x", "snaptrade", ONE)
    assert vault.find("üser|auth0#1 /x", "snaptrade") == ONE


def test_no_version_is_used_up_when_the_same_is_kept_again(aws: None) -> None:
    client = boto3.client("secretsmanager")
    vault = SecretsManagerVault(client, "freshet/users/")
    vault.keep("user-1", "snaptrade", ONE)
    (before,) = client.list_secrets()["SecretList"]
    vault.keep("user-1", "snaptrade", ONE)
    (after,) = client.list_secrets()["SecretList"]
    assert after["SecretVersionsToStages"] == before["SecretVersionsToStages"]
    assert "user-1" not in after["Name"]


class BrokenSecrets:
    """A Secrets Manager that fails."""

    class exceptions:  # noqa: N801 - boto3's name
        ResourceNotFoundException = KeyError

    def get_secret_value(self, **_: Any) -> Any:
        raise ClientError({"Error": {"Code": "InternalServiceError"}}, "GetSecretValue")


def test_trouble_is_ours_and_not_the_users_when_secrets_manager_fails() -> None:
    vault = SecretsManagerVault(BrokenSecrets(), "freshet/users/")
    with pytest.raises(SecretUnavailable):
        vault.find("user-1", "snaptrade")
    with pytest.raises(SecretUnavailable):
        vault.keep("user-1", "snaptrade", ONE)


def test_others_stay_when_one_credential_is_forgotten(vault: Any) -> None:
    vault.keep("user-1", "a", ONE)
    vault.keep("user-1", "b", TWO)
    for _ in range(2):
        vault.forget("user-1", "a")
    vault.forget("user-2", "a")
    assert vault.find("user-1", "b") == TWO
    with pytest.raises(CredentialMissing):
        vault.find("user-1", "a")


def test_credential_can_be_kept_again_when_the_last_was_forgotten(vault: Any) -> None:
    vault.keep("user-1", "a", ONE)
    vault.forget("user-1", "a")
    vault.keep("user-1", "a", TWO)
    assert vault.find("user-1", "a") == TWO


def test_only_ones_own_are_gone_when_a_user_is_forgotten(vault: Any) -> None:
    for user_id in ("user-1", "user-2"):
        vault.keep(user_id, "a", ONE)
        vault.keep(user_id, "b", TWO)
    for _ in range(2):
        vault.forget_user("user-1")
    assert vault.find("user-2", "a") == ONE
    for name in ("a", "b"):
        with pytest.raises(CredentialMissing):
            vault.find("user-1", name)
