"""Moves and rotations whose process dies at any step: nothing is lost without being said."""

from itertools import count

import boto3
import pytest

from freshet.adapters.dynamodb.connections import DynamoConnections
from freshet.adapters.dynamodb.table import Table
from freshet.adapters.dynamodb.user_lease import LEASE
from freshet.adapters.leased_vault import LeasedVault
from freshet.adapters.vault_on_the_move import VaultOnTheMove
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.credential import Credential
from freshet.domain.errors import CredentialMissing
from freshet.services.move_credentials import (
    MoveCredentialsDependencies,
    MoveStatus,
    move_credentials,
)
from freshet.services.rotate_credential import (
    RotateCredentialDependencies,
    Rotation,
    rotate_credential,
)
from tests.builders import CONNECTION_ID, NOON, USER, a_connection, changed
from tests.clients import DynamoDB
from tests.fakes import FakeBus, FakeClock, FakeQueue, FakeRotation, FakeVault
from tests.integration.dying_client import Died
from tests.integration.vault_bench import (
    ONE,
    TWO,
    Mortality,
    a_lease,
    kms_vault,
    secrets_vault,
)

IMMORTAL = 10_000


def _move(dynamodb: DynamoDB, mortality: Mortality, clock: FakeClock) -> MoveStatus:
    mortal = mortality.of(dynamodb)
    parts = MoveCredentialsDependencies(
        old=secrets_vault(mortality.of(boto3.client("secretsmanager"))),
        new=kms_vault(mortal, mortality.of(boto3.client("kms"))),
        lease=a_lease(mortal, clock),
        clock=clock,
    )
    (line,) = move_credentials([USER], deps=parts)
    return line.status


def test_every_credential_is_found_and_the_move_ends_when_it_died_at_any_step(
    dynamodb: DynamoDB,
) -> None:
    clock, old, new = FakeClock(NOON), secrets_vault(), kms_vault(dynamodb)
    reader = VaultOnTheMove(new=new, old=old)
    for steps in count():
        old.keep(USER, "a", ONE)
        old.keep(USER, "b", TWO)
        new.forget_user(USER)
        try:
            assert _move(dynamodb, Mortality(steps), clock) is MoveStatus.MOVED
        except Died:
            has_ended = False
        else:
            has_ended = True
        assert (reader.find(USER, "a"), reader.find(USER, "b")) == (ONE, TWO), steps
        clock.advance(LEASE)
        expected = {MoveStatus.MOVED, MoveStatus.NOTHING_TO_MOVE}
        assert _move(dynamodb, Mortality(IMMORTAL), clock) in expected
        assert (new.find(USER, "a"), new.find(USER, "b")) == (ONE, TWO), steps
        assert old.held(USER) == {}
        if has_ended:
            break
    assert steps > 10


def test_reader_finds_it_when_it_moves_between_its_two_looks(dynamodb: DynamoDB) -> None:
    clock, old, new = FakeClock(NOON), secrets_vault(), kms_vault(dynamodb)
    old.keep(USER, "a", ONE)

    class Meanwhile(FakeVault):
        def find(self, user_id: str, name: str) -> Credential:
            _move(dynamodb, Mortality(IMMORTAL), clock)
            return old.find(user_id, name)

    assert VaultOnTheMove(new=new, old=Meanwhile()).find(USER, "a") == ONE


def test_forgotten_credential_does_not_come_back_when_forgetting_died_half_way(
    dynamodb: DynamoDB,
) -> None:
    for steps in count():
        old, new = secrets_vault(), kms_vault(dynamodb)
        old.keep(USER, "a", ONE)
        new.keep(USER, "a", TWO)
        mortality = Mortality(steps)
        dying = VaultOnTheMove(
            new=kms_vault(mortality.of(dynamodb)),
            old=secrets_vault(mortality.of(boto3.client("secretsmanager"))),
        )
        try:
            dying.forget(USER, "a")
        except Died:
            assert VaultOnTheMove(new=new, old=old).find(USER, "a") == TWO
            continue
        with pytest.raises(CredentialMissing):
            VaultOnTheMove(new=new, old=old).find(USER, "a")
        break
    assert steps == 4


class Rotations:
    """One connection at a provider that remembers, over vaults of Secrets Manager or KMS."""

    def __init__(self, dynamodb: DynamoDB, store: str) -> None:
        self.dynamodb = dynamodb
        self.store = store
        self.clock = FakeClock(NOON)
        self.connections = DynamoConnections(Table(dynamodb, "connections"))
        self.connections.add(a_connection(credential_name="a"), provider_user_id=None)
        self.provider = FakeRotation(ONE)
        self.vault(Mortality(IMMORTAL)).keep(USER, "a", ONE)

    def vault(self, mortality: Mortality) -> LeasedVault:
        mortal = mortality.of(self.dynamodb)
        lease = a_lease(mortal, self.clock)
        if self.store == "kms":
            return LeasedVault(kms_vault(mortal, mortality.of(boto3.client("kms"))), lease)
        return LeasedVault(secrets_vault(mortality.of(boto3.client("secretsmanager"))), lease)

    def rotate(self, mortality: Mortality) -> Rotation:
        vault = self.vault(mortality)
        connections = DynamoConnections(Table(mortality.of(self.dynamodb), "connections"))
        parts = RotateCredentialDependencies(
            connections=connections,
            vault=vault,
            lease=vault.lease,
            rotation=self.provider,
            reads=FakeQueue(),
            bus=FakeBus(),
            wait=self.clock.advance,
            clock=self.clock,
        )
        return rotate_credential(USER, CONNECTION_ID, deps=parts)

    def link_again(self) -> None:
        self.provider.valid = ONE
        self.vault(Mortality(IMMORTAL)).keep(USER, "a", ONE)
        self.connections.change(
            USER, CONNECTION_ID, lambda each: changed(each, status=ConnectionStatus.ACTIVE)
        )


@pytest.mark.parametrize("store", ["secrets manager", "kms"])
def test_next_event_repairs_or_says_so_when_a_rotation_died_at_any_step(
    dynamodb: DynamoDB, store: str
) -> None:
    rotations, ends = Rotations(dynamodb, store), set()
    for steps in count():
        try:
            rotations.rotate(Mortality(steps))
        except Died:
            has_ended = False
        else:
            has_ended = True
        rotations.clock.advance(LEASE)
        end = rotations.rotate(Mortality(IMMORTAL))
        ends.add(end)
        status = rotations.connections.get(USER, CONNECTION_ID).link.status
        if end is Rotation.ROTATED:
            kept = rotations.vault(Mortality(IMMORTAL)).find(USER, "a")
            assert kept == rotations.provider.valid
            assert status is ConnectionStatus.ACTIVE
        else:
            assert end is Rotation.LOST
            assert status is ConnectionStatus.NEEDS_USER
        rotations.link_again()
        if has_ended:
            break
    assert ends == {Rotation.ROTATED, Rotation.LOST}
