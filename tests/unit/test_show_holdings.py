"""What a user sees of stored data, and what another user does not."""

import pytest

from freshet.domain.errors import NotFound
from freshet.domain.freshness import FreshnessStatus
from freshet.services.show_holdings import account_holdings, connection_accounts
from tests.builders import CONNECTION_ID, USER, an_account
from tests.unit.stage import ACCOUNT_ID, Stage


def test_holdings_are_shown_with_their_freshness_when_stored() -> None:
    stage = Stage()
    stage.read()
    shown = account_holdings(USER, ACCOUNT_ID, deps=stage.showing, now=stage.clock())
    assert shown.snapshot == stage.snapshots.latest(USER, ACCOUNT_ID)
    assert shown.freshness.status is FreshnessStatus.FRESH


def test_nothing_is_claimed_when_nothing_was_loaded_yet() -> None:
    stage = Stage()
    shown = account_holdings(USER, ACCOUNT_ID, deps=stage.showing, now=stage.clock())
    assert shown.snapshot is None
    assert shown.freshness.status is FreshnessStatus.PENDING


def test_every_account_is_shown_when_a_connection_is_listed() -> None:
    stage = Stage()
    stage.read()
    stage.accounts.save(an_account(provider_account_id="account-2"))
    shown = connection_accounts(USER, CONNECTION_ID, deps=stage.showing, now=stage.clock())
    pending = {each.account.id: each.summary is None for each in shown}
    assert pending == {ACCOUNT_ID: False, an_account(provider_account_id="account-2").id: True}


def test_same_nothing_is_found_when_it_is_anothers_and_when_it_does_not_exist() -> None:
    stage = Stage()
    stage.read()
    now = stage.clock()
    for user_id, account_id in (("user-2", ACCOUNT_ID), (USER, "acc_" + "b" * 24)):
        with pytest.raises(NotFound):
            account_holdings(user_id, account_id, deps=stage.showing, now=now)
    for user_id, connection_id in (("user-2", CONNECTION_ID), (USER, "con_" + "b" * 24)):
        with pytest.raises(NotFound):
            connection_accounts(user_id, connection_id, deps=stage.showing, now=now)
