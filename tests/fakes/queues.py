"""The queues in memory."""

from collections.abc import Iterable, Sequence


class FakeQueue[Command]:
    """The ports ReadQueue and RefreshQueue in memory."""

    def __init__(self) -> None:
        self.commands: list[Command] = []
        self.refuse_next = 0

    def send(self, commands: Iterable[Command]) -> Sequence[Command]:
        arriving = list(commands)
        refused, self.refuse_next = arriving[: self.refuse_next], 0
        self.commands += arriving[len(refused) :]
        return refused

    def drain(self) -> list[Command]:
        """Take everything out."""
        commands, self.commands = self.commands, []
        return commands
