"""Every vault, real or fake, and clients that fail or die at a step."""

from collections.abc import Callable
from typing import Any, cast

import boto3
import pytest
from botocore.exceptions import ClientError

from freshet.adapters.dynamodb.table import Table
from freshet.adapters.dynamodb.user_lease import DynamoUserLease
from freshet.adapters.kms_vault import KeyService, KmsVault
from freshet.adapters.leased_vault import LeasedVault
from freshet.adapters.vault_on_the_move import VaultOnTheMove
from freshet.adapters.vaults import SecretsManagerVault
from freshet.domain.credential import Credential, Secret
from freshet.ports import CredentialVault
from tests.builders import NOON, zeros
from tests.clients import DynamoDB, SecretsManager
from tests.fakes import FakeClock, FakeUserLease, FakeVault
from tests.integration.dying_client import Died

ONE = Credential("provider-user-1", Secret("invented-secret-1"))
TWO = Credential("provider-user-2", Secret("invented-secret-2"))
PREFIX = "freshet/users/"

type Build = Callable[[pytest.FixtureRequest], CredentialVault]


def secrets_vault(client: SecretsManager | None = None) -> SecretsManagerVault:
    """Build the vault of Secrets Manager, which does not wait."""
    return SecretsManagerVault(client or boto3.client("secretsmanager"), PREFIX, lambda _: None)


def kms_vault(dynamodb: DynamoDB, key_service: KeyService | None = None) -> KmsVault:
    """Build the vault of KMS, around the same key each time."""
    client = boto3.client("kms")
    keys = client.list_keys()["Keys"]
    arn = keys[0]["KeyArn"] if keys else client.create_key()["KeyMetadata"]["Arn"]
    table = Table(dynamodb, "connections")
    return KmsVault(key_service or client, arn, table, FakeClock(NOON))


def a_lease(dynamodb: DynamoDB, clock: FakeClock | None = None, **changes: Any) -> DynamoUserLease:
    """Build the lease; waiting moves the clock."""
    clock = clock or FakeClock(NOON)
    values: dict[str, Any] = {
        "clock": clock,
        "wait": clock.advance,
        "random_bytes": zeros,
    } | changes
    return DynamoUserLease(Table(dynamodb, "connections"), **values)


def _fake(request: pytest.FixtureRequest) -> FakeVault:
    return FakeVault()


def _secrets(request: pytest.FixtureRequest) -> SecretsManagerVault:
    request.getfixturevalue("aws")
    return secrets_vault()


def _kms(request: pytest.FixtureRequest) -> KmsVault:
    return kms_vault(request.getfixturevalue("dynamodb"))


def _moving(request: pytest.FixtureRequest) -> VaultOnTheMove:
    return VaultOnTheMove(new=_kms(request), old=_secrets(request))


def _leased(build: Build) -> Build:
    def built(request: pytest.FixtureRequest) -> LeasedVault:
        return LeasedVault(build(request), a_lease(request.getfixturevalue("dynamodb")))

    return built


def _leased_fake(request: pytest.FixtureRequest) -> LeasedVault:
    return LeasedVault(FakeVault(), FakeUserLease())


VAULTS: dict[str, Build] = {
    "fake": _fake,
    "secrets manager": _secrets,
    "kms": _kms,
    "on the move": _moving,
    "leased fake": _leased_fake,
    "leased secrets manager": _leased(_secrets),
    "leased kms": _leased(_kms),
    "leased on the move": _leased(_moving),
}


def failing[Client](
    client: Client,
    operation: str,
    *,
    times: int = 99,
    code: str = "InternalServiceError",
    error: type[ClientError] = ClientError,
    is_late: bool = False,
) -> Client:
    """Give a client of AWS, one of whose operations fails a number of times.

    `is_late`: it does its work, and only the answer is lost.
    """
    proxy = _Failing(client, operation, times, code, error, is_late=is_late)
    return cast("Client", proxy)  # it passes every operation on


class _Failing:
    def __init__(
        self,
        client: Any,
        operation: str,
        times: int,
        code: str,
        error: type[ClientError],
        *,
        is_late: bool,
    ) -> None:
        self._client, self._operation, self._left = client, operation, times
        self._code, self._error, self._is_late = code, error, is_late

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return self._failing(found, name) if name == self._operation else found

    def _failing(self, call: Any, name: str) -> Any:
        def failing(*places: Any, **arguments: Any) -> Any:
            if not self._left:
                return call(*places, **arguments)
            self._left -= 1
            if self._is_late:
                call(*places, **arguments)
            message = f"refused: {arguments}"  # the worst that a service could say
            raise self._error({"Error": {"Code": self._code, "Message": message}}, name)

        return failing


class Mortality:
    """Counts the steps of several clients together; after the last one the process is no more."""

    def __init__(self, steps: int) -> None:
        self.left = steps

    def of[Client](self, client: Client) -> Client:
        return cast("Client", _Mortal(client, self))  # it passes every operation on

    def step(self) -> None:
        if not self.left:
            raise Died
        self.left -= 1


class _Mortal:
    def __init__(self, client: Any, mortality: Mortality) -> None:
        self._client = client
        self._mortality = mortality

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return self._stepping(found) if callable(found) else found

    def _stepping(self, call: Any) -> Any:
        def stepping(*places: Any, **arguments: Any) -> Any:
            self._mortality.step()
            return call(*places, **arguments)

        return stepping
