"""What a user sees of transactions, and what another user does not (promise 12)."""

from datetime import date

import pytest

from freshet.domain.errors import NotFound
from freshet.domain.transactions import identified
from freshet.services.show_transactions import account_transactions
from tests.builders import USER, a_transaction
from tests.unit.stage import ACCOUNT_ID, Stage


def _stage() -> Stage:
    stage = Stage()
    days = [a_transaction(happened_on=date(2026, 11, day)) for day in (17, 18, 19)]
    stage.transactions.store(USER, ACCOUNT_ID, list(identified(days)))
    return stage


def test_newest_come_first_and_the_rest_follows_when_read_in_pages() -> None:
    stage = _stage()
    days, mark = [], None
    for _ in range(2):
        found, mark = account_transactions(
            USER, ACCOUNT_ID, limit=2, after=mark, parts=stage.showing
        )
        days.append([each.happened_on.day for each in found])
    assert (days, mark) == ([[19, 18], [17]], None)


def test_page_is_empty_when_nothing_happened_yet() -> None:
    shown = account_transactions(USER, ACCOUNT_ID, limit=2, after=None, parts=Stage().showing)
    assert shown == ([], None)


@pytest.mark.parametrize(
    ("user_id", "account_id"), [("user-2", ACCOUNT_ID), (USER, "acc_" + "b" * 24)]
)
def test_same_nothing_is_found_when_it_is_anothers_and_when_it_does_not_exist(
    user_id: str, account_id: str
) -> None:
    with pytest.raises(NotFound):
        account_transactions(user_id, account_id, limit=2, after=None, parts=_stage().showing)
