"""What a user has in few requests: one contract for both tables and their twins."""

import pytest

from freshet.domain.account import Account
from freshet.domain.errors import NotFound
from freshet.domain.snapshot import HoldingsSnapshot, judge
from tests.builders import CONNECTION_ID, NEW_YORK, USER, a_connection, a_reading, an_account
from tests.integration.stores import Stores

OTHER = "con_other"


@pytest.fixture
def accounts(money: Stores) -> list[Account]:
    """Store two accounts of one connection, one of another, and a stranger's."""
    for user, connection_id in ((USER, OTHER), ("user-2", CONNECTION_ID)):
        connection = a_connection(
            user_id=user, id=connection_id, provider_connection_id=f"{user}-{connection_id}"
        )
        money.connections.add(connection, provider_user_id=None)
    own = [
        an_account(provider_account_id="account-1"),
        an_account(provider_account_id="account-2"),
        an_account(id="acc_zzz", connection_id=OTHER, provider_account_id="account-3"),
    ]
    for account in (*own, an_account(id="acc_stranger", user_id="user-2")):
        money.accounts.save(account)
    return sorted(own, key=lambda each: each.id)


def _load(stores: Stores, account: Account) -> HoldingsSnapshot:
    outcome = judge(None, a_reading(), zone=NEW_YORK)
    assert stores.snapshots.store(USER, account.id, outcome, before=None)
    assert outcome.latest is not None
    return outcome.latest


def test_all_connections_and_accounts_of_a_user_are_listed(
    money: Stores, accounts: list[Account]
) -> None:
    connections, listed = money.overview.of_user(USER)
    assert list(connections) == list(money.connections.of_user(USER))
    assert listed == accounts


def test_pages_hold_every_account_once_with_its_connection(
    money: Stores, accounts: list[Account]
) -> None:
    found: list[Account] = []
    start, is_first = None, True
    while is_first or start is not None:
        is_first = False
        connections, page, start = money.overview.page_of_user(USER, start=start, limit=2)
        assert {each.connection_id for each in page} == connections.keys()
        assert len(page) <= 2
        found += page
    assert found == accounts


def test_page_is_empty_when_it_begins_behind_the_last_account(
    money: Stores, accounts: list[Account]
) -> None:
    del accounts
    assert money.overview.page_of_user(USER, start="acc_zzzz", limit=2) == ({}, [], None)


def test_account_comes_with_its_newest_holdings_when_it_was_loaded(
    money: Stores, accounts: list[Account]
) -> None:
    latest = _load(money, accounts[0])
    assert money.overview.of_account(USER, accounts[0].id) == (accounts[0], latest)
    assert money.overview.of_account(USER, accounts[1].id) == (accounts[1], None)


def test_anothers_account_is_not_found(money: Stores, accounts: list[Account]) -> None:
    del accounts
    with pytest.raises(NotFound):
        money.overview.of_account(USER, "acc_stranger")


def test_connections_accounts_come_with_what_they_are_worth(
    money: Stores, accounts: list[Account]
) -> None:
    own = [each for each in accounts if each.connection_id == CONNECTION_ID]
    latest = _load(money, own[1])
    connection = money.connections.get(USER, CONNECTION_ID)
    (first, nothing), (second, summary) = money.overview.of_connection(connection)
    assert [first, second] == own
    assert nothing is None
    assert summary is not None
    assert (summary.version, summary.line_count) == (latest.version, 1)


@pytest.mark.parametrize(("most_lines", "fitting"), [(0, 1), (1, 2), (2, 3), (9, 3)])
def test_holdings_end_before_the_account_whose_lines_are_too_many(
    money: Stores, accounts: list[Account], most_lines: int, fitting: int
) -> None:
    first, third = _load(money, accounts[0]), _load(money, accounts[2])
    ids = [each.id for each in accounts]
    shown = money.overview.holdings_that_fit(USER, ids, most_lines=most_lines)
    assert shown == [first, None, third][:fitting]


def test_newest_of_several_accounts_tells_which_are_not_loaded(
    money: Stores, accounts: list[Account]
) -> None:
    latest = _load(money, accounts[0])
    ids = [each.id for each in accounts[:2]]
    assert money.snapshots.newest_of(USER, ids) == {ids[0]: latest, ids[1]: None}
