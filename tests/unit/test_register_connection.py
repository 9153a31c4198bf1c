"""Registering what exists at the provider already."""

from datetime import timedelta
from typing import Any

import pytest

from freshet.domain.cadence import Cadence
from freshet.domain.commands import ReadReason
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.credential import Credential, Secret
from freshet.domain.errors import AlreadyOwned, SecretUnavailable
from freshet.domain.provider import Provider
from freshet.registry import TRAITS
from freshet.services.register_connection import (
    RegisterConnectionDependencies,
    Registration,
    register_connection,
)
from tests.builders import NOON, USER, ones
from tests.fakes import FakeVault
from tests.unit.stage import Stage

CREDENTIAL = Credential("snaptrade-user-9", Secret("invented"))


def _register(stage: Stage, **changes: Any) -> Connection:
    values: dict[str, Any] = {
        "user_id": USER,
        "provider": Provider.SNAPTRADE,
        "provider_connection_id": "authorization-9",
        "credential": CREDENTIAL,
        "cadence": Cadence(),
    }
    parts = RegisterConnectionDependencies(
        owners=stage.connections,
        inbox=stage.inbox,
        connections=stage.connections,
        vault=stage.vault,
        reads=stage.reads,
        traits=TRAITS,
        random_bytes=ones,
        clock=stage.clock,
    )
    return register_connection(Registration(**(values | changes)), deps=parts)


def test_connection_is_due_and_its_first_load_asked_for_when_it_is_new() -> None:
    stage = Stage()
    connection = _register(stage)
    assert (connection.link.status, connection.due_at) == (ConnectionStatus.INITIALISING, NOON)
    assert stage.vault.find(USER, connection.link.credential_name) == CREDENTIAL
    (command,) = stage.reads.commands
    assert (command.connection_id, command.reason) == (connection.id, ReadReason.FIRST_LOAD)


@pytest.mark.parametrize(("every", "expected"), [(None, None), (timedelta(hours=24), NOON)])
def test_purchase_is_planned_at_once_only_when_the_cadence_asks(
    every: timedelta | None, expected: object
) -> None:
    connection = _register(Stage(), cadence=Cadence(refresh_every=every))
    assert connection.purchases.next_refresh_at == expected


def test_same_connection_is_given_back_when_it_is_registered_again() -> None:
    stage = Stage()
    existing = stage.connection
    again = _register(stage, provider_connection_id="authorization-1")
    assert again == existing
    (command,) = stage.reads.commands  # the new credential may have mended it
    assert (command.connection_id, command.reason) == (existing.id, ReadReason.FIRST_LOAD)


def test_other_users_connection_is_not_taken_over_when_registered() -> None:
    stage = Stage()
    with pytest.raises(AlreadyOwned):
        _register(stage, user_id="user-2", provider_connection_id="authorization-1")
    assert stage.reads.commands == []
    assert stage.connections.of_user("user-2") == []
    assert stage.vault.held_by_name == {}


class BrokenVault(FakeVault):
    """A vault that stores nothing."""

    def keep(self, user_id: str, name: str, credential: Credential) -> None:
        raise SecretUnavailable("credential could not be stored")


def test_nothing_is_registered_when_the_credential_could_not_be_kept() -> None:
    stage = Stage()
    stage.vault = BrokenVault()
    with pytest.raises(SecretUnavailable):
        _register(stage)
    assert len(stage.connections.rows) == 1
