"""Dead letters: sent back and then deleted, or thrown away; the log knows ids alone."""

from typing import Any

import pytest

from freshet.operations.dead_letters import DeadLetterOperations
from freshet.operations.operator import Operator
from freshet.services.empty_dead_letters import ENOUGH, EmptyDeadLettersDependencies, GivenUp
from tests.builders import NOON
from tests.fakes import FakeClock, FakeDeadLetters

REDRIVE: dict[str, Any] = {"operation": "redrive", "queue": "snapshot"}
PURGE: dict[str, Any] = {"operation": "purge", "queue": "snapshot", "yes": True}
AUDIT = '{"audit": "snaptrade"}'


def _run(event: dict[str, Any], letters: FakeDeadLetters, **changes: Any) -> dict[str, Any]:
    queues = {
        "snapshot": GivenUp(letters),
        "audit": GivenUp(letters, are_turns=True),
    }
    clock = changes.get("clock", FakeClock(NOON))
    deps = EmptyDeadLettersDependencies(queues, clock)
    return Operator(DeadLetterOperations(deps).operations()).run(event)


def test_everything_goes_back_when_there_is_more_than_one_batch() -> None:
    letters = FakeDeadLetters(*(f"work-{number}" for number in range(23)))
    assert _run(REDRIVE, letters) == {"moved": 23, "deleted": 0, "left": 0}
    assert letters.sent == [f"work-{number}" for number in range(23)]


def test_letter_stays_when_its_queue_did_not_take_it() -> None:
    letters = FakeDeadLetters("one", "two", "three")
    letters.refused = {"two"}
    assert _run(REDRIVE, letters) == {"moved": 2, "deleted": 0, "left": 1}
    letters.refused = set()
    letters.reappear()
    assert _run(REDRIVE, letters) == {"moved": 1, "deleted": 0, "left": 0}
    assert letters.sent == ["one", "three", "two"]


def test_turn_of_a_schedule_is_deleted_and_not_repeated() -> None:
    letters = FakeDeadLetters(AUDIT, AUDIT)
    answer = _run(REDRIVE | {"queue": "audit"}, letters)
    assert answer == {"moved": 0, "deleted": 2, "left": 0}
    assert letters.sent == []


def test_no_more_are_taken_than_were_asked_for() -> None:
    letters = FakeDeadLetters(*"abcdefghijklmnopqrstuvwxyz")
    assert _run(REDRIVE | {"most": 5}, letters)["left"] == 16  # by tens


def test_event_ends_in_time_when_the_queue_is_slow() -> None:
    clock = FakeClock(NOON)

    class Slow(FakeDeadLetters):
        def forget(self, letters: Any) -> int:
            clock.advance(ENOUGH)
            return super().forget(letters)

    letters = Slow(*"abcdefghijklmnopqrstuvwxyz")
    assert _run(REDRIVE, letters, clock=clock) == {"moved": 10, "deleted": 0, "left": 16}


def test_purge_deletes_and_leaves_ids_alone_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    letters = FakeDeadLetters("secret-body", AUDIT)
    assert _run(PURGE, letters) == {"moved": 0, "deleted": 2, "left": 0}
    assert letters.sent == []
    (line,) = [vars(each) for each in caplog.records]
    assert (line["queue"], line["message_ids"]) == ("snapshot", ["m-0", "m-1"])
    assert "secret-body" not in str(line)


@pytest.mark.parametrize(
    ("event", "field"),
    [
        (REDRIVE | {"queue": "other"}, "queue"),
        (REDRIVE | {"most": 0}, "most"),
        ({"operation": "purge", "queue": "snapshot"}, "yes"),
        (PURGE | {"yes": False}, "yes"),
        (PURGE | {"yes": "true"}, "yes"),
    ],
)
def test_nothing_is_done_when_a_field_is_wrong(event: dict[str, Any], field: str) -> None:
    letters = FakeDeadLetters("one")
    assert _run(event, letters)["error"]["detail"].startswith(f"{field}: ")
    assert (letters.count(), letters.sent) == (1, [])
