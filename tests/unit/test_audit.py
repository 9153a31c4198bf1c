"""The audit: what is billed, known, gone or disabled, user after user; nothing is deleted."""

from datetime import timedelta
from typing import Any

import pytest

from freshet.domain.audit import FindingKind
from freshet.domain.call_errors import LoginRequired, ProviderDown
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.credential import Credential, Secret
from freshet.domain.provider import Provider
from freshet.ports import FoundConnection
from freshet.services.audit_users import AuditDependencies, audit_users
from tests.builders import NOON, USER, a_connection, an_answer
from tests.fakes import (
    FakeAuditBook,
    FakeClock,
    FakeConnections,
    FakeDirectory,
    FakeDiscovery,
    FakeVault,
)

SNAPTRADE = Provider.SNAPTRADE


class Audit:
    """Users at SnapTrade, some of them known here with what they linked."""

    def __init__(self, *names: str, users_each_time: int = 10) -> None:
        self.directory, self.discovery = FakeDirectory(*names), FakeDiscovery()
        self.connections, self.vault = FakeConnections(), FakeVault()
        self.book, self.clock = FakeAuditBook(), FakeClock(NOON)
        self.users_each_time = users_each_time

    def know(self, name: str, *connections: str, user_id: str = USER, **changes: Any) -> None:
        credential = Credential(name, Secret(f"secret of {name}"))
        self.vault.keep(user_id, f"snaptrade#{name}", credential)
        for number, each in enumerate(connections):
            values = {
                "id": f"con_{number}_{name}",
                "user_id": user_id,
                "provider_connection_id": each,
                "credential_name": f"snaptrade#{name}",
            }
            connection = a_connection(**(values | changes))
            self.connections.add(connection, provider_user_id=name)

    def bills(self, name: str, *connections: str, is_disabled: bool = False) -> None:
        credential = Credential(name, Secret(f"secret of {name}"))
        self.discovery.by_secret[f"secret of {name}"] = [
            FoundConnection(
                provider_connection_id=each, credential=credential, is_disabled=is_disabled
            )
            for each in connections
        ]

    def run(self) -> list[tuple[str, str]]:
        parts = AuditDependencies(
            directory=self.directory,
            discovery=self.discovery,
            owners=self.connections,
            connections=self.connections,
            vault=self.vault,
            book=self.book,
            clock=self.clock,
            users_each_time=self.users_each_time,
        )
        audit_users(SNAPTRADE, deps=parts)
        return [(each.kind, each.subject) for each, _, _ in self.book.report(SNAPTRADE)]


def test_nothing_is_found_when_both_sides_say_the_same() -> None:
    audit = Audit("u-1")
    audit.know("u-1", "a-1")
    audit.bills("u-1", "a-1")
    assert audit.run() == []


def test_user_is_found_when_nobody_here_knows_whom_the_provider_bills() -> None:
    assert Audit("stranger").run() == [("unknown_user", "stranger")]


def test_connection_is_found_when_it_is_billed_and_not_known_here() -> None:
    audit = Audit("u-1")
    audit.know("u-1", "a-1")
    audit.bills("u-1", "a-1", "a-2")
    assert audit.run() == [("unknown_connection", "a-2")]


def test_connection_is_found_when_its_provider_lists_it_no_more() -> None:
    audit = Audit("u-1")
    audit.know("u-1", "a-1", "a-2")
    audit.bills("u-1", "a-1")
    assert audit.run() == [("gone_upstream", "a-2")]
    ((finding, _, _),) = audit.book.report(SNAPTRADE)
    assert (finding.user_id, finding.connection_id) == (USER, "con_1_u-1")


def test_connection_is_found_when_it_is_disabled_and_billed() -> None:
    audit = Audit("u-1")
    audit.know("u-1", "a-1")
    audit.bills("u-1", "a-1", is_disabled=True)
    assert audit.run() == [("disabled_but_billed", "a-1")]


@pytest.mark.parametrize("status", [ConnectionStatus.REMOVING, ConnectionStatus.REMOVED])
@pytest.mark.parametrize("listed", [(), ("a-1",)])
def test_connection_on_its_way_out_is_nobodys_finding(
    status: ConnectionStatus, listed: tuple[str, ...]
) -> None:
    audit = Audit("u-1")
    audit.know("u-1", "a-1", status=status)
    audit.bills("u-1", *listed, is_disabled=True)
    assert audit.run() == []


def test_other_provider_users_connections_are_not_held_against_this_one() -> None:
    audit = Audit("u-1", "u-2")
    audit.know("u-1", "a-1")
    audit.know("u-2", "a-2")
    audit.bills("u-1", "a-1")
    audit.bills("u-2", "a-2")
    assert audit.run() == []


@pytest.mark.parametrize("is_refused", [True, False])
def test_user_is_found_when_the_credential_does_not_open_anything(is_refused: bool) -> None:
    audit = Audit("u-1")
    audit.know("u-1", "a-1")
    if is_refused:
        audit.discovery.by_secret["secret of u-1"] = LoginRequired(an_answer())
    else:
        audit.vault = FakeVault()
    assert audit.run() == [("unreadable_user", "u-1")]


def test_every_user_gets_a_turn_when_there_are_more_than_one_time_can_take() -> None:
    audit = Audit("s-1", "s-2", "s-3", users_each_time=2)
    assert [subject for _, subject in audit.run()] == ["s-1", "s-2"]
    assert [subject for _, subject in audit.run()] == ["s-1", "s-2", "s-3"]
    audit.clock.advance(timedelta(hours=1))
    audit.run()
    seen = {each.subject: last for each, _, last in audit.book.report(SNAPTRADE)}
    assert seen == {"s-1": audit.clock.now, "s-2": audit.clock.now, "s-3": NOON}


def test_finding_keeps_when_it_was_first_seen() -> None:
    audit = Audit("stranger")
    audit.run()
    audit.clock.advance(timedelta(days=1))
    audit.run()
    ((_, first, last),) = audit.book.report(SNAPTRADE)
    assert (first, last) == (NOON, NOON + timedelta(days=1))


def test_audit_goes_on_with_the_same_user_when_the_provider_did_not_answer() -> None:
    audit = Audit("s-1", "u-2", "z-3")
    audit.know("u-2", "a-2")
    audit.discovery.by_secret["secret of u-2"] = ProviderDown(NOON + timedelta(minutes=5))
    assert audit.run() == [(FindingKind.UNKNOWN_USER, "s-1")]
    audit.bills("u-2", "a-2")
    audit.run()
    assert [subject for _, subject in audit.run()] == ["s-1", "z-3"]
