"""CredentialVault: one contract for Secrets Manager and its twin."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from freshet.adapters.plaid.keys import PlaidKeys
from freshet.adapters.provider_keys import SecretKeys
from freshet.adapters.snaptrade.keys import SnapTradeKeys
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


@pytest.mark.parametrize("parse", [SnapTradeKeys.from_document, PlaidKeys.from_document])
@pytest.mark.parametrize(
    "text",
    ["not json: invented-key", "[]", '"invented-key"', "{}", '{"client_id": "c"}', "null"],
)
def test_keys_are_unavailable_without_showing_when_their_secret_is_malformed(
    aws: None, text: str, parse: Any
) -> None:
    client = boto3.client("secretsmanager")
    arn = client.create_secret(Name="keys", SecretString=text)["ARN"]
    keys = SecretKeys(client, arn, parse=parse, monotonic=lambda: 0.0)
    with pytest.raises(SecretUnavailable) as failed:
        keys.current()
    assert "invented" not in repr(failed.value)
    assert failed.value.__suppress_context__


@pytest.mark.parametrize(("seconds", "expected"), [(300.0, "old"), (300.1, "new")])
def test_keys_are_read_again_when_they_were_held_for_five_minutes(
    aws: None, seconds: float, expected: str
) -> None:
    client = boto3.client("secretsmanager")
    texts = [json.dumps({"client_id": "c", "consumer_key": key}) for key in ("old", "new")]
    arn = client.create_secret(Name="keys", SecretString=texts[0])["ARN"]
    times = [0.0, seconds]
    keys = SecretKeys(
        client, arn, parse=SnapTradeKeys.from_document, monotonic=lambda: times.pop(0)
    )
    assert keys.current().consumer_key.reveal() == "old"
    client.put_secret_value(SecretId=arn, SecretString=texts[1])
    assert keys.current().consumer_key.reveal() == expected
