"""Accounts: one contract for the table and its twin."""

from datetime import date, timedelta
from typing import Any

import pytest

from freshet.domain.account import AccountStatus
from freshet.domain.errors import NotFound
from tests.builders import CONNECTION_ID, NOON, USER, a_connection, an_account
from tests.integration.stores import Stores


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"value": None, "name": None, "number": None, "raw_type": None, "synced_at": None},
        {"status": AccountStatus.CLOSED, "has_holdings": False, "is_loaded": False},
        {
            "transactions_read_to": date(2026, 11, 18),
            "transactions_synced_on": date(2026, 11, 19),
            "transactions_read_at": NOON,
            "history_read_at": NOON - timedelta(days=1),
        },
        {"institution_account_id": "at-the-broker"},
        {"kind": "carbon_credits", "is_paper": True, "source": '{"ünknown": 1.10}'},
    ],
)
def test_account_comes_back_as_it_went_when_stored(money: Stores, changes: Any) -> None:
    account = an_account(**changes)
    money.accounts.save(account)
    assert money.accounts.get(USER, account.id) == account


def test_account_is_replaced_when_it_is_stored_again(money: Stores) -> None:
    money.accounts.save(an_account())
    money.accounts.save(an_account().closed())
    assert money.accounts.of_connection(money.connections.get(USER, CONNECTION_ID)) == [
        an_account().closed()
    ]


def test_only_a_connections_own_accounts_are_listed_when_asked(money: Stores) -> None:
    own = [an_account(provider_account_id=f"account-{number}") for number in range(3)]
    other = an_account(id="acc_other", connection_id="con_other")
    stranger = an_account(id="acc_stranger", user_id="user-2")
    money.connections.add(
        a_connection(id="con_other", provider_connection_id="other"), provider_user_id=None
    )
    money.connections.add(
        a_connection(user_id="user-2", provider_connection_id="third"), provider_user_id=None
    )
    for account in (*own, other, stranger):
        money.accounts.save(account)
    listed = money.accounts.of_connection(money.connections.get(USER, CONNECTION_ID))
    assert listed == sorted(own, key=lambda account: account.id)


def test_same_nothing_is_found_when_it_is_anothers_and_when_it_does_not_exist(
    money: Stores,
) -> None:
    money.accounts.save(an_account())
    for user_id, account_id in (("user-2", an_account().id), (USER, "acc_" + "b" * 24)):
        with pytest.raises(NotFound):
            money.accounts.get(user_id, account_id)
