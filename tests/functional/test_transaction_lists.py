"""The list of an account's transactions: some days, some at once, and only with its own cursors."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.functional.transaction_stage import Stage, a_stage, requests_to


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    with a_stage(monkeypatch) as built:
        built.link("1.10", "2.20", "3.30")
        yield built


def _amounts(items: list[Any]) -> set[str]:
    return {each["amount"] for each in items if each["type"] == "DIVIDEND"}


def _pages(stage: Stage, **query: str) -> Iterator[list[Any]]:
    cursor: str | None = ""
    while cursor is not None:
        page = stage.shown(**query, **({"cursor": cursor} if cursor else {})).body
        yield page["items"]
        cursor = page["next_cursor"]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("query", "is_shown"),
    [
        ({"from": "2026-11-19"}, True),
        ({"from": "2026-11-20"}, False),
        ({"to": "2026-11-20"}, True),
        ({"to": "2026-11-19"}, False),
        ({"from": "2026-11-19", "to": "2026-11-20"}, True),
    ],
)
def test_from_is_included_and_to_is_not(
    stage: Stage, query: dict[str, str], is_shown: bool
) -> None:
    found = _amounts(stage.shown(**query).body["items"])
    assert found == ({"1.10", "2.20", "3.30"} if is_shown else set())


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-11-31"}, "from"),
        ({"from": "20261119"}, "from"),
        ({"from": "2026-W47-4"}, "from"),
        ({"from": "2026-11-19T00:00:00Z"}, "from"),
        ({"from": ""}, "from"),
        ({"to": "yesterday"}, "to"),
        ({"from": "2026-11-19", "to": "2026-11-19"}, "from"),
        ({"from": "2026-11-20", "to": "2026-11-19"}, "from"),
        ({"limit": "9" * 5000}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "٥"}, "limit"),
        ({"limit": "501"}, "limit"),
    ],
)
def test_bad_query_is_refused_by_name(stage: Stage, query: dict[str, str], field: str) -> None:
    answer = stage.shown(**query)
    assert (answer.status, answer.body["code"]) == (422, "invalid_field")
    assert answer.body["detail"].startswith(f"{field}: ")


def test_one_bounded_query_makes_a_page(stage: Stage) -> None:
    with requests_to("snapshots") as requests:
        assert len(stage.shown(limit="2").body["items"]) == 2
    assert requests == ["Query"]


def test_pages_end_with_a_full_one_when_nothing_is_left(stage: Stage) -> None:
    days = {"from": "2026-11-19"}
    total = len(stage.shown(**days).body["items"])
    assert [len(page) for page in _pages(stage, limit="1", **days)] == [1] * total


def test_cursor_goes_on_where_it_was_when_rows_come_and_go_meanwhile(stage: Stage) -> None:
    whole = stage.shown().body["items"]
    first = stage.shown(limit="2").body
    stage.happen("9.90", days_ago=0)
    stage.activities.pop(0)
    stage.announce()
    stage.world.work()
    rest = stage.shown(limit="100", cursor=first["next_cursor"]).body["items"]
    still = {each["id"] for each in stage.shown().body["items"]}
    assert rest == [each for each in whole[2:] if each["id"] in still]


def test_cursor_stays_within_its_days_when_they_change(stage: Stage) -> None:
    cursor = stage.shown(limit="1").body["next_cursor"]
    assert stage.shown(**{"from": "2026-11-20", "cursor": cursor}).body["items"] == []
    earlier = stage.shown(to="2026-11-01", cursor=cursor).body["items"]
    assert all(each["happened_on"] < "2026-11-01" for each in earlier)


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    "forge",
    [
        lambda cursor: cursor[:-2],
        lambda cursor: cursor + "A",
        lambda cursor: "!" + cursor,
        lambda cursor: "QUJD",
        lambda cursor: "A" * 5000,
        lambda cursor: "",
        lambda cursor: "é",
    ],
)
def test_garbage_is_no_cursor(stage: Stage, forge: Any) -> None:
    cursor = stage.shown(limit="1").body["next_cursor"]
    answer = stage.shown(cursor=forge(cursor))
    assert answer.status == 422 or answer.body["items"]
    if answer.status == 422:
        assert answer.body["detail"].startswith("cursor: ")


def test_cursor_of_another_account_is_refused(stage: Stage) -> None:
    cursor = stage.shown(limit="1").body["next_cursor"]
    stage.link("5.50")
    answer = stage.shown(cursor=cursor)
    assert answer.status == 422
    assert answer.body["detail"].startswith("cursor: ")
