"""What a user sees of transactions, and what another user does not."""

from datetime import date
from typing import Any

import pytest

from freshet.domain.days import EVERY_DAY, DayRange
from freshet.domain.errors import NotFound
from freshet.domain.transaction_windows import Changes
from freshet.domain.transactions import identified
from freshet.services.show_transactions import account_transactions
from tests.builders import USER, a_transaction
from tests.unit.stage import ACCOUNT_ID, Stage


def _stage() -> Stage:
    stage = Stage()
    days = [a_transaction(happened_on=date(2026, 11, day)) for day in (17, 18, 19)]
    changes = Changes(written=tuple(identified("acc_1", days)))
    stage.transactions.apply(USER, ACCOUNT_ID, changes, revision=0)
    return stage


def _page(stage: Stage, *, user_id: str = USER, account_id: str = ACCOUNT_ID, **wanted: Any) -> Any:
    usual: dict[str, Any] = {"days": EVERY_DAY, "limit": 2, "after": None}
    return account_transactions(user_id, account_id, **(usual | wanted), deps=stage.showing)


def test_newest_come_first_and_the_rest_follows_when_read_in_pages() -> None:
    stage = _stage()
    days, mark = [], None
    for _ in range(2):
        found, mark = _page(stage, after=mark)
        days.append([each.happened_on.day for each in found])
    assert (days, mark) == ([[19, 18], [17]], None)


def test_page_is_empty_when_nothing_happened_yet() -> None:
    assert _page(Stage()) == ([], None)


def test_days_outside_are_left_out_when_only_some_are_wanted() -> None:
    wanted = DayRange(first=date(2026, 11, 18), before=date(2026, 11, 19))
    found, mark = _page(_stage(), days=wanted)
    assert ([each.happened_on.day for each in found], mark) == ([18], None)


@pytest.mark.parametrize(
    ("user_id", "account_id"), [("user-2", ACCOUNT_ID), (USER, "acc_" + "b" * 24)]
)
def test_same_nothing_is_found_when_it_is_anothers_and_when_it_does_not_exist(
    user_id: str, account_id: str
) -> None:
    with pytest.raises(NotFound):
        _page(_stage(), user_id=user_id, account_id=account_id)
