"""What an account held and was worth, read through the API over several days."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.functional.moving_time import MovingClock, set_clock
from tests.functional.world import Answer, World, a_world


class Days:
    """One account over some days; each `read` is a daily one."""

    def __init__(self, world: World, clock: MovingClock) -> None:
        self.world, self.clock = world, clock
        self.connection_id, self.at_provider = world.link(portfolio=["empty"])
        (self.provider_account_id,) = self.at_provider.account_ids

    def hold(self, **units: str) -> None:
        positions = [a_line(symbol, number) for symbol, number in units.items()]
        self.world.simulator.control.replace_holdings(
            self.provider_account_id, positions=positions, balances=[]
        )

    def read(self) -> None:
        self.world.plan()
        self.world.work()

    def next_day(self) -> None:
        self.clock.advance(days=1, hours=1)

    def get(self, path: str, **query: str) -> Answer:
        accounts = f"/v1/connections/{self.connection_id}/accounts"
        (account,) = self.world.call("GET", accounts).body["items"]
        return self.world.call("GET", f"/v1/accounts/{account['id']}{path}", query=query)


def a_line(symbol: str, units: str, *, price: str = "10.00") -> dict[str, Any]:
    return {
        "instrument": {"kind": "stock", "id": symbol, "symbol": symbol, "currency": "USD"},
        "units": units,
        "price": price,
        "cost_basis": "8.00",
        "currency": "USD",
    }


@pytest.fixture
def days(monkeypatch: pytest.MonkeyPatch) -> Iterator[Days]:
    clock = set_clock(monkeypatch)
    clock.advance(hours=6)  # the markets are open
    with a_world(monkeypatch, clock=clock) as world:
        days = Days(world, clock)
        days.hold(AAA="3")
        days.world.work()
        days.next_day()
        days.hold(AAA="5", BBB="1.50")
        days.read()
        days.next_day()
        days.hold(BBB="1.50")
        days.read()
        yield days


def test_changes_tell_every_line_before_and_after(days: Days) -> None:
    items = days.get("/changes").body["items"]
    told = [
        (
            each["kind"],
            each["instrument"]["symbol"],
            each["before"] and each["before"]["units"],
            each["after"] and each["after"]["units"],
        )
        for each in items
    ]
    assert told == [
        ("closed", "AAA", "5", None),
        ("units", "AAA", "3", "5"),
        ("opened", "BBB", None, "1.50"),
    ]


def test_pages_together_are_the_whole_when_every_list_is_paged(days: Days) -> None:
    for path in ("/changes", "/snapshots", "/history"):
        whole = days.get(path).body
        assert whole["next_cursor"] is None
        found: list[Any] = []
        query: dict[str, str] = {"limit": "1"}
        while True:
            page = days.get(path, **query).body
            found += page["items"]
            if page["next_cursor"] is None:
                break
            query["cursor"] = page["next_cursor"]
        assert found == whole["items"]
        assert len(found) > 1


def test_history_has_a_close_for_each_day_and_today_still_open(days: Days) -> None:
    items = days.get("/history").body["items"]
    assert [(each["day"], each["origin"], each["totals"][0]["positions"]) for each in items] == [
        ("2026-11-22", "close", "15"),
        ("2026-11-21", "close", "65"),
        ("2026-11-20", "close", "30"),
    ]
    (first,) = days.get("/history", to="2026-11-21").body["items"]
    assert first["day"] == "2026-11-20"
    later = days.get("/history", **{"from": "2026-11-21"}).body["items"]
    assert [each["day"] for each in later] == ["2026-11-22", "2026-11-21"]


def test_days_without_a_read_are_gaps(days: Days) -> None:
    days.clock.advance(days=3)
    items = days.get("/history").body["items"]
    assert [each["origin"] for each in items[:4]] == ["gap", "gap", "gap", "close"]
    assert [each["totals"] for each in items[:3]] == [None, None, None]


@pytest.mark.sampled(4)
@pytest.mark.parametrize(
    ("as_of", "symbols"),
    [
        ("2026-11-19", None),
        ("2026-11-20", ["AAA"]),
        ("2026-11-21", ["AAA", "BBB"]),
        ("2026-11-22", ["BBB"]),
        ("2026-11-20T11:00:00Z", None),
        ("2026-11-21T00:00:00Z", ["AAA"]),
        ("2026-11-22T06:00:00+01:00", ["AAA", "BBB"]),
    ],
)
def test_holdings_are_those_of_the_moment_when_it_is_asked_for(
    days: Days, as_of: str, symbols: list[str] | None
) -> None:
    answer = days.get("/holdings", as_of=as_of)
    assert answer.status == 200
    shown = answer.body["positions"]
    assert (shown and sorted(each["instrument"]["symbol"] for each in shown)) == symbols
    assert answer.body["freshness"]["status"] == ("none" if symbols is None else "fresh")


@pytest.mark.sampled(2)
@pytest.mark.parametrize("as_of", ["2026-11-23", "2027-01-01T00:00:00Z", "yesterday", "", "2026"])
def test_moment_is_refused_by_name_when_it_is_none_or_yet_to_come(days: Days, as_of: str) -> None:
    answer = days.get("/holdings", as_of=as_of)
    assert (answer.status, answer.body["code"]) == (422, "invalid_field")
    assert answer.body["detail"].startswith("as_of: ")


@pytest.mark.parametrize("path", ["/holdings", "/snapshots", "/changes", "/history"])
def test_account_of_another_user_does_not_exist(days: Days, path: str) -> None:
    accounts = f"/v1/connections/{days.connection_id}/accounts"
    (account,) = days.world.call("GET", accounts).body["items"]
    answer = days.world.call("GET", f"/v1/accounts/{account['id']}{path}", user_id="user-2")
    assert (answer.status, answer.body["code"]) == (404, "not_found")
    missing = days.world.call("GET", f"/v1/accounts/acc_{'a' * 24}{path}")
    assert answer.body == missing.body
    assert days.world.call("GET", f"/v1/accounts/x{path}").status == 404


@pytest.mark.sampled(5, by="path")
@pytest.mark.parametrize("path", ["/holdings", "/snapshots", "/changes", "/history"])
@pytest.mark.parametrize("cursor", ["!", "QVQjeA==", "Q0hBTkdFI3hAeQ==", "VkVSU0lPTg=="])
def test_cursor_is_refused_by_name_when_it_is_not_ours(days: Days, path: str, cursor: str) -> None:
    answer = days.get(path, cursor=cursor)
    assert (answer.status, answer.body["code"]) == (422, "invalid_field"), answer.body
    assert answer.body["detail"].startswith("cursor: ")


def test_nothing_is_sent_again_when_the_caller_has_it(days: Days) -> None:
    path = days.get("/holdings")
    etag = path.headers["ETag"]
    accounts = f"/v1/connections/{days.connection_id}/accounts"
    (account,) = days.world.call("GET", accounts).body["items"]
    holdings = f"/v1/accounts/{account['id']}/holdings"
    known = {"if-none-match": f'"other", W/{etag}'}
    answer = days.world.call("GET", holdings, headers=known)
    assert (answer.status, answer.body, answer.headers["ETag"]) == (304, None, etag)
    days.next_day()
    days.read()
    answer = days.world.call("GET", holdings, headers=known)
    assert answer.status == 200
    assert answer.headers["ETag"] != etag


def test_answer_is_new_when_only_the_freshness_has_turned(days: Days) -> None:
    etag = days.get("/holdings").headers["ETag"]
    days.clock.advance(days=3)
    answer = days.get("/holdings")
    assert answer.body["freshness"]["status"] == "stale"
    assert answer.headers["ETag"] != etag


def test_positions_are_paged_and_never_mixed_when_they_move_between_pages(days: Days) -> None:
    days.hold(AAA="1", BBB="2", CCC="3")
    days.next_day()
    days.read()
    first = days.get("/holdings", limit="2").body
    assert [each["instrument"]["symbol"] for each in first["positions"]] == ["AAA", "BBB"]
    assert first["totals"][0]["positions"] == "60"
    cursor = first["next_cursor"]
    rest = days.get("/holdings", limit="2", cursor=cursor).body
    assert [each["instrument"]["symbol"] for each in rest["positions"]] == ["CCC"]
    assert rest["next_cursor"] is None
    days.next_day()
    days.read()
    answer = days.get("/holdings", limit="2", cursor=cursor)
    assert (answer.status, answer.body["code"]) == (409, "holdings_moved")


def test_long_answer_is_compressed_when_the_caller_accepts_it(days: Days) -> None:
    days.hold(**{f"S{number}": "1" for number in range(40)})
    days.next_day()
    days.read()
    accounts = f"/v1/connections/{days.connection_id}/accounts"
    (account,) = days.world.call("GET", accounts).body["items"]
    path = f"/v1/accounts/{account['id']}/holdings"
    plain = days.world.call("GET", path)
    squeezed = days.world.call("GET", path, headers={"accept-encoding": "br, gzip"})
    assert squeezed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert squeezed.body == plain.body
