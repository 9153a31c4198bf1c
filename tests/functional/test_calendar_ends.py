"""Days and instants that nobody means, or that are spelt oddly, are refused by the field's name."""

import base64
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.functional.moving_time import set_clock
from tests.functional.world import Answer, World, a_world

WEST, EAST = "America/Los_Angeles", "Pacific/Kiritimati"
LISTS = ("transactions", "snapshots", "changes", "history")
ODD_DAYS = (
    *("0001-01-01", "0001-01-02", "1899-12-31", "2200-01-01", "9999-12-31", "9999-12-30"),
    *("20261120", "2026-W47-5", "2026W475", "2026-324", "2026-11-2", " 2026-11-20", "2026-11-20\n"),
    *("2026-11-31", "٢٠٢٦-11-20", "2026-11-20T00:00:00Z", "yesterday", "", "2026-11"),
)
ODD_INSTANTS = (
    *("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-14:00"),
    *("1900-01-01T00:00:00+14:00", "2199-12-31T23:59:59-14:00"),
    *("2026-11-20T1200", "2026-11-20T12", "2026-11-20T12:00", "2026-11-20T12:00Z"),
    *("20261120T120000Z", "2026-W47-5T12:00:00Z", "2026-11-20T12:00:00", "2026-11-20T12:00:00,5Z"),
    *("2026-11-20 12:00:00Z", "2026-11-20T12:00:00 01:00", "2026-11-20T12:00:00+0100"),
    *("2026-11-20T12:00:00+01", "2026-11-20T12:00:00+01:00:00", "2026-11-20T25:00:00Z"),
    *("2026-11-20T12:00:00+24:00", "2026-11-20T12:00:00.Z", "2026-11-20T12:00:00Z\n"),
)
SOUND_MOMENTS = (
    *("1900-01-01", "1900-01-01T00:00:00Z", "1900-01-01T14:00:00+14:00", "2026-11-19"),
    *("2026-11-20T11:00:00Z", "2026-11-20t11:00:00.123456789z", "2026-11-20T12:00:00+01:00"),
    *("2026-11-20T00:00:00-05:00", "2026-11-20T11:00:00-00:00"),
)
BENT_DAYS = ("0001-01-01", "1899-12-31", "2200-01-01", "9999-12-31", "20261120", "2026-W47-5", "")
ENDS = ("1900-01-01", "2199-12-31")


@dataclass(frozen=True, slots=True)
class Books:
    """One account that was read, in a deployment whose days end in some zone."""

    world: World
    account_id: str

    def get(self, name: str, **query: str) -> Answer:
        return self.world.call("GET", f"/v1/accounts/{self.account_id}/{name}", query=query)


@pytest.fixture(params=[WEST, EAST])
def books(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Books]:
    with a_world(monkeypatch, clock=set_clock(monkeypatch)) as world:
        monkeypatch.setenv("REPORTING_TIME_ZONE", request.param)
        connection_id, _ = world.link(portfolio=["everyday"])
        world.work()
        accounts = world.call("GET", f"/v1/connections/{connection_id}/accounts").body["items"]
        yield Books(world, accounts[0]["id"])


def _demand_refusal(answer: Answer, field: str) -> None:
    assert (answer.status, answer.body["code"]) == (422, "invalid_field"), answer.text
    assert answer.body["detail"].startswith(f"{field}: "), answer.text


@pytest.mark.parametrize("name", LISTS)
def test_list_refuses_odd_days_and_takes_the_ends_of_our_time(books: Books, name: str) -> None:
    for field in ("from", "to"):
        for day in ODD_DAYS:
            _demand_refusal(books.get(name, **{field: day}), field)
        for day in ENDS:
            for limit in ("1", "500"):
                assert books.get(name, **{field: day, "limit": limit}).status == 200
    both = dict(zip(("from", "to"), ENDS, strict=True))
    assert books.get(name, **both).body == books.get(name).body


def test_moment_is_refused_when_it_is_odd(books: Books) -> None:
    for text in (*ODD_DAYS, *ODD_INSTANTS):
        if text != "2026-11-20T00:00:00Z":
            _demand_refusal(books.get("holdings", as_of=text), "as_of")


def test_message_says_what_would_be_right(books: Books) -> None:
    day = books.get("history", to="0001-01-01").body["detail"]
    moment = books.get("holdings", as_of="20261120").body["detail"]
    bounds = "between 1900-01-01 and 2199-12-31"
    assert day == f"to: must be a day such as 2026-11-20, {bounds}"
    assert moment == f"as_of: must be a day or an instant such as 2026-11-20T15:00:00Z, {bounds}"


def test_moment_is_taken_when_it_is_a_day_or_as_in_rfc_3339(books: Books) -> None:
    for text in SOUND_MOMENTS:
        assert books.get("holdings", as_of=text).status == 200, text


@pytest.mark.parametrize("name", LISTS)
def test_cursor_is_refused_when_its_day_was_bent(books: Books, name: str) -> None:
    for day in BENT_DAYS:
        for limit in ("1", "500"):
            answer = books.get(name, cursor=_cursor(books, name, day), limit=limit)
            _demand_refusal(answer, "cursor")
    assert books.get(name, cursor=_cursor(books, name, "2026-11-20")).status == 200


def _cursor(books: Books, name: str, day: str) -> str:
    marks = {
        "transactions": f"{books.account_id}/transactions/{day}#x-0",
        "snapshots": f"VERSION#{day}T00:00:00.000000Z~",
        "changes": f"CHANGE#{day}T00:00:00.000000Z~#000@0",
        "history": f"DAY#{day}",
    }
    return base64.urlsafe_b64encode(marks[name].encode()).decode()
