"""The register of a user's accounts: one contract for the table and its twin."""

from copy import replace
from typing import Any

import pytest

from freshet.domain.account import Account
from freshet.domain.account_migration import without_account
from freshet.domain.connection import Connection
from freshet.domain.connection_status import ConnectionStatus
from freshet.domain.errors import ConcurrentChange, Erased, MigratedAccounts, NotFound
from freshet.domain.removal_rules import leaving
from tests.builders import CONNECTION_ID, NOON, USER, a_connection, an_account, changed
from tests.integration.stores import Stores

NEWER = "con_" + "b" * 24


@pytest.fixture
def stores(stores: Stores) -> Stores:
    """Two connections of one user."""
    for changes in ({}, {"id": NEWER, "provider_connection_id": "authorization-2"}):
        stores.connections.add(a_connection(**changes), provider_user_id=None)
    return stores


def _older(stores: Stores) -> Connection:
    return stores.connections.get(USER, CONNECTION_ID)


def _left(stores: Stores, account: Account) -> Connection:
    name, migrated = account.report.provider_account_id, _under_the_newer(account)
    return without_account(_older(stores), name, migrated=migrated, now=NOON)


def _under_the_newer(account: Account) -> Account:
    return replace(account, connection_id=NEWER)


def test_account_is_there_and_counted_when_it_is_added(stores: Stores) -> None:
    assert stores.register.read(USER).changes == 0
    account = an_account(institution_account_id="at-the-broker")
    stores.register.add(account, seen=0)
    register = stores.register.read(USER)
    assert (list(register.accounts), register.changes) == ([account], 1)
    assert stores.accounts.get(USER, account.id) == account
    assert _older(stores).account_ids == (account.id,)


def test_second_writer_stores_nothing_when_both_saw_the_same(stores: Stores) -> None:
    first, second = (an_account(provider_account_id=f"account-{each}") for each in (1, 2))
    stores.register.add(first, seen=0)
    with pytest.raises(ConcurrentChange):
        stores.register.add(second, seen=0)
    with pytest.raises(ConcurrentChange):
        stores.register.pass_on(_under_the_newer(first), left=_left(stores, first), seen=0)
    assert list(stores.register.read(USER).accounts) == [first]
    assert _older(stores).migration.migrated_accounts == {}


def test_account_that_is_there_is_not_added_again(stores: Stores) -> None:
    stores.register.add(an_account(), seen=0)
    with pytest.raises(ConcurrentChange):
        stores.register.add(an_account(name="Other"), seen=1)
    assert stores.accounts.get(USER, an_account().id) == an_account()


def test_both_rows_change_at_once_when_an_account_passes_on(stores: Stores) -> None:
    account = an_account()
    stores.register.add(account, seen=0)
    kept = stores.register.pass_on(_under_the_newer(account), left=_left(stores, account), seen=1)
    assert kept == _older(stores)
    assert (kept.migration.migrated_accounts, kept.migration.migrated_at) == (
        {"account-1": account.id},
        NOON,
    )
    assert kept.due_at == NOON
    assert kept.account_ids == ()
    assert stores.connections.get(USER, NEWER).account_ids == (account.id,)
    assert stores.accounts.of_connection(stores.connections.get(USER, CONNECTION_ID)) == []
    assert stores.accounts.of_connection(stores.connections.get(USER, NEWER)) == [
        _under_the_newer(account)
    ]
    assert stores.register.read(USER).changes == 2


def _with_another_version(stores: Stores, left: Connection) -> None:
    stores.connections.change(USER, left.id, lambda row: replace(row, paused=True))


def _passed_before(stores: Stores, left: Connection) -> None:
    account = stores.accounts.get(USER, an_account().id)
    stores.register.pass_on(_under_the_newer(account), left=left, seen=1)


@pytest.mark.parametrize("meanwhile", [_with_another_version, _passed_before])
def test_nothing_passes_when_something_changed_meanwhile(stores: Stores, meanwhile: Any) -> None:
    account = an_account()
    stores.register.add(account, seen=0)
    left = _left(stores, account)
    meanwhile(stores, left)
    before = _older(stores), stores.accounts.get(USER, account.id)
    with pytest.raises(ConcurrentChange):
        changes = stores.register.read(USER).changes
        stores.register.pass_on(_under_the_newer(account), left=left, seen=changes)
    assert (_older(stores), stores.accounts.get(USER, account.id)) == before


def test_nothing_passes_when_the_row_was_erased_meanwhile(stores: Stores) -> None:
    account = an_account()
    stores.register.add(account, seen=0)
    left = _left(stores, account)
    stores.eraser.erase_account(USER, account.id, most=10)
    with pytest.raises(ConcurrentChange):
        stores.register.pass_on(_under_the_newer(account), left=left, seen=1)
    with pytest.raises(NotFound):
        stores.accounts.get(USER, account.id)


@pytest.mark.parametrize("connection_id", [NEWER, "con_" + "c" * 24])
def test_nothing_comes_to_a_connection_that_is_gone_or_leaving(
    stores: Stores, connection_id: str
) -> None:
    account = an_account()
    stores.register.add(account, seen=0)
    stores.connections.change(USER, NEWER, leaving)
    moved = replace(account, connection_id=connection_id)
    with pytest.raises(Erased):
        stores.register.pass_on(moved, left=_left(stores, account), seen=1)
    with pytest.raises(Erased):
        stores.register.add(replace(moved, id="acc_" + "x" * 24), seen=1)
    assert list(stores.register.read(USER).accounts) == [account]


def test_late_reader_stores_nothing_when_the_account_has_passed_on(stores: Stores) -> None:
    account = an_account()
    stores.register.add(account, seen=0)
    stores.register.pass_on(_under_the_newer(account), left=_left(stores, account), seen=1)
    with pytest.raises(MigratedAccounts):
        stores.accounts.save(account.closed())
    assert stores.accounts.get(USER, account.id) == _under_the_newer(account)
    stores.connections.change(
        USER, CONNECTION_ID, lambda row: changed(row, status=ConnectionStatus.REMOVING)
    )
    with pytest.raises(Erased):
        stores.accounts.save(account.closed())


def test_register_is_each_users_own(stores: Stores) -> None:
    stores.register.add(an_account(), seen=0)
    register = stores.register.read("user-2")
    assert (list(register.accounts), register.changes) == ([], 0)
