"""An operator empties a dead-letter queue: sends back what is in it, or throws it away.

A message is deleted after its copy was accepted, so it may be sent back twice, never lost. Twice
does no harm: a webhook's event is claimed once, a refresh is called once for its id, a removal
and a read end as they would have after the first.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta

from msgspec import Struct

from freshet.domain.dead_letters import DeadLetter
from freshet.domain.errors import InvalidField
from freshet.observability import logger
from freshet.ports import Clock, DeadLetters

ENOUGH = timedelta(seconds=40)
"""No more are taken after that: `sam remote invoke` waits 60 seconds."""


class GivenUp(Struct, frozen=True):
    """A dead-letter queue, and whether its messages are turns of a schedule."""

    letters: DeadLetters
    are_turns: bool = False
    """The next turn does the work, so that nothing is to be repeated."""


class EmptyDeadLettersDependencies(Struct, frozen=True):
    """What emptying needs from outside: the queues by name."""

    queues: Mapping[str, GivenUp]
    clock: Clock


class Emptied(Struct, frozen=True, kw_only=True):
    """How many were sent back, how many deleted without it, and about how many are left."""

    moved: int = 0
    deleted: int = 0
    left: int = 0


def redrive(name: str, *, most: int, deps: EmptyDeadLettersDependencies) -> Emptied:
    """Send messages back to their queue; a turn of a schedule is deleted, as a later one did it.

    Raises InvalidField for an unknown name, and QueueUnavailable.
    """
    queue = _queue(name, deps)
    moved = deleted = 0
    for letters in _taken(queue, most, deps):
        turns = letters if queue.are_turns else []
        sent = [] if queue.are_turns else queue.letters.send_back(letters)
        queue.letters.forget([*sent, *turns])
        _tell("Dead letters were sent back", name, sent)
        _tell("Dead letters of a schedule were deleted", name, turns)
        moved, deleted = moved + len(sent), deleted + len(turns)
    return Emptied(moved=moved, deleted=deleted, left=queue.letters.count())


def purge(name: str, *, most: int, deps: EmptyDeadLettersDependencies) -> Emptied:
    """Delete messages for good; the log keeps their ids.

    Raises InvalidField for an unknown name, and QueueUnavailable.
    """
    queue = _queue(name, deps)
    deleted = 0
    for letters in _taken(queue, most, deps):
        _tell("Dead letters were deleted", name, letters)
        deleted += queue.letters.forget(letters)
    return Emptied(deleted=deleted, left=queue.letters.count())


def _queue(name: str, deps: EmptyDeadLettersDependencies) -> GivenUp:
    if name not in deps.queues:
        raise InvalidField("queue", f"must be one of {', '.join(sorted(deps.queues))}")
    return deps.queues[name]


def _taken(
    queue: GivenUp, most: int, deps: EmptyDeadLettersDependencies
) -> Iterator[Sequence[DeadLetter]]:
    # At most as many as there are now: what is given up again meanwhile waits for the next event.
    end, left = deps.clock() + ENOUGH, min(most, queue.letters.count())
    while left > 0 and deps.clock() < end:
        letters = queue.letters.take()
        if not letters:
            return
        yield letters
        left -= len(letters)


def _tell(message: str, name: str, letters: Sequence[DeadLetter]) -> None:
    if letters:
        logger.warning(message, queue=name, message_ids=[each.id for each in letters])
