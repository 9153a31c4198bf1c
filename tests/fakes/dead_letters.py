"""A dead-letter queue in memory."""

from collections.abc import Sequence

from freshet.domain.dead_letters import DeadLetter

_BATCH = 10


class FakeDeadLetters:
    """The port DeadLetters in memory; what was taken stays hidden until `reappear`."""

    def __init__(self, *bodies: str) -> None:
        self.letters = [
            DeadLetter(id=f"m-{at}", receipt=f"r-{at}", body=body, group=None, attributes={})
            for at, body in enumerate(bodies)
        ]
        self.hidden: set[str] = set()
        self.sent: list[str] = []
        self.refused: set[str] = set()

    def take(self) -> Sequence[DeadLetter]:
        taken = [each for each in self.letters if each.id not in self.hidden][:_BATCH]
        self.hidden |= {each.id for each in taken}
        return taken

    def send_back(self, letters: Sequence[DeadLetter]) -> Sequence[DeadLetter]:
        accepted = [each for each in letters if each.body not in self.refused]
        self.sent += [each.body for each in accepted]
        return accepted

    def forget(self, letters: Sequence[DeadLetter]) -> int:
        gone = {each.id for each in letters}
        self.letters = [each for each in self.letters if each.id not in gone]
        return len(gone)

    def count(self) -> int:
        return len(self.letters)

    def reappear(self) -> None:
        """Let time pass until what was taken and not deleted can be taken again."""
        self.hidden = set()
