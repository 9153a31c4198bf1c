"""Purchases among faults: each ends under a name, with one call at most and straight books."""

from collections.abc import Iterator

import pytest

from tests.depth import sample
from tests.functional.books import Books, books_of
from tests.functional.lost_writes import LostWrites
from tests.functional.moving_time import MovingClock, set_clock
from tests.functional.world import USER, World, a_world
from tests.simulators.snaptrade.control_answers import SimulatedConnection

SMALL = ["everyday"]
WRITES_OF_A_PURCHASE = 5
TURNS = 6


class Scene:
    """A world whose time passes, and a user's command to buy."""

    def __init__(self, world: World, clock: MovingClock) -> None:
        self.world, self.clock = world, clock
        self.commands: dict[str, str] = {}

    def command(self, user_id: str = USER) -> SimulatedConnection:
        """Link a connection that buys by itself and take its command from the queue."""
        connection_id, original = self.world.link(
            user_id=user_id, refresh_every="PT24H", portfolio=SMALL
        )
        self.world.work()
        self.world.plan()
        found = [each for each in self.world.messages("refresh") if connection_id in each]
        (self.commands[user_id],) = found
        return original

    def deliver(self, user_id: str = USER) -> bool:
        """Work the command; False if it is going to come again."""
        answer = self.world.redeliver("refresh", self.commands[user_id])
        return not answer["batchItemFailures"]

    def settle(self, minutes: int = 4, turns: int = TURNS) -> None:
        """Let planner and workers have their turns."""
        for _ in range(turns):
            self.clock.advance(minutes=minutes)
            self.world.plan()
            self.world.work()


@pytest.fixture
def scene(monkeypatch: pytest.MonkeyPatch) -> Iterator[Scene]:
    # What fails is to reach our code: the SDK's own second try would hide it, and take time.
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    clock = set_clock(monkeypatch)
    with a_world(monkeypatch, clock=clock) as world:
        yield Scene(world, clock)


def _throttle(scene: Scene, seconds: int) -> None:
    scene.world.simulator.control.add_fault(
        "refresh", "status", status=429, code="0000", times=0, for_seconds=seconds
    )


def _ended(scene: Scene, original: SimulatedConnection, user_id: str = USER) -> Books:
    books = books_of(scene.world, user_id, original)
    books.demand_promises()
    return books


def test_refresh_is_refused_unpaid_when_the_provider_throttles_for_ten_minutes(
    scene: Scene,
) -> None:
    original = scene.command()
    _throttle(scene, seconds=600)
    assert scene.deliver()
    assert books_of(scene.world, USER, original).status == "reserved"
    scene.settle(minutes=1, turns=12)
    books = _ended(scene, original)
    assert (books.status, books.billed) == ("refused", [])
    assert books.booked == 0
    assert books.refreshes[0]["reason"]["S"] == "provider_rate_limited_here"


def test_refresh_is_bought_once_when_the_provider_throttles_for_a_while(scene: Scene) -> None:
    original = scene.command()
    _throttle(scene, seconds=90)
    assert scene.deliver()
    scene.settle(minutes=1, turns=14)
    books = _ended(scene, original)
    assert books.status == "complete"
    assert [books.booked] == books.billed


def test_person_learns_when_to_come_back_when_the_provider_throttles(scene: Scene) -> None:
    connection_id, original = scene.world.link(portfolio=SMALL)
    scene.world.work()
    _throttle(scene, seconds=600)
    path, headers = f"/v1/connections/{connection_id}/refresh", {"idempotency-key": "press-1"}
    for _ in range(2):
        answer = scene.world.call("POST", path, headers=headers)
        assert (answer.status, answer.body["code"]) == (429, "rate_limited")
        assert int(answer.headers["Retry-After"]) > 0
    assert _ended(scene, original).status == "refused"


@pytest.mark.parametrize("kind", ["accept_then_drop", "html"])
def test_refresh_is_paid_once_when_the_answer_to_it_is_spoilt(scene: Scene, kind: str) -> None:
    original = scene.command()
    scene.world.simulator.control.add_fault("refresh", kind, status=200)
    assert scene.deliver()
    assert scene.deliver()
    scene.settle()
    books = _ended(scene, original)
    assert books.status == "complete"
    assert [books.booked] == books.billed


@pytest.mark.parametrize("error", ["InternalServerError", "ThrottlingException"])
def test_books_cover_the_bill_when_any_write_is_lost(scene: Scene, error: str) -> None:
    scene.command("user-whole")
    lost = LostWrites()
    assert scene.deliver("user-whole")
    assert len(lost.names) == WRITES_OF_A_PURCHASE
    cases = [(at, done) for at in range(WRITES_OF_A_PURCHASE) for done in (False, True)]
    if error == "ThrottlingException":
        cases = [case for case in cases if not case[1]]  # what is throttled is never applied
    # The write before the call is in each sample: it decides who may call.
    cases = sample(cases, 5, kind=lambda case: (lost.names[case[0]], case[0] == 1, case[1]))
    originals = {}
    for number, is_applied in cases:
        user_id = f"user-{number}-{is_applied}"
        originals[user_id] = scene.command(user_id)
        lost.plan(number, error, is_applied=is_applied)
        assert not scene.deliver(user_id), "nobody noticed the loss"
    scene.clock.advance(minutes=4)
    assert all(scene.deliver(user_id) for user_id in originals)
    scene.settle()
    called = {}
    for user_id, original in originals.items():
        books = _ended(scene, original, user_id)
        assert books.status == ("complete" if books.billed else "timed_out")
        called[user_id] = bool(books.billed)
    # Nobody calls who does not know whether the call is on record.
    assert called["user-1-False"]
    assert not called.get("user-1-True")


def test_refresh_is_bought_at_once_when_transactions_clash_for_a_moment(scene: Scene) -> None:
    scene.command("user-whole")
    lost = LostWrites()
    assert scene.deliver("user-whole")
    clashing = [at for at, name in enumerate(lost.names) if name == "TransactWriteItems"]
    assert len(clashing) == 3
    for number in clashing:
        original = scene.command(f"user-{number}")
        lost.plan(number, "TransactionCanceledException")
        assert scene.deliver(f"user-{number}")
        books = books_of(scene.world, f"user-{number}", original)
        assert (books.status, len(books.billed)) == ("accepted", 1)
        books.demand_agreement()
