"""Ports that die at a chosen call, before or after it takes effect."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.unit.stage import Stage


class Crash(BaseException):
    """The process is gone: nothing of ours may catch this."""


@dataclass
class Crashes:
    """Counts calls to ports and dies at some of them; (number, is_after_effect)."""

    planned: dict[int, bool] = field(default_factory=dict)
    calls: int = 0

    def around(self, call: Any, *arguments: Any, **keywords: Any) -> Any:
        number, self.calls = self.calls, self.calls + 1
        if self.planned.get(number) is False:
            raise Crash
        answer = call(*arguments, **keywords)
        if self.planned.get(number):
            raise Crash
        return Mortal(answer, self) if hasattr(answer, "refresh") else answer


class Mortal:
    def __init__(self, inner: Any, crashes: Crashes) -> None:
        self._inner = inner
        self._crashes = crashes

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._inner, name)
        if not callable(found):
            return found
        return lambda *given, **named: self._crashes.around(found, *given, **named)


PORTS = (
    *("connections", "accounts", "refreshes", "snapshots", "transactions"),
    *("providers", "reads", "buys", "bus", "inbox"),
)


def make_mortal(stage: Stage, crashes: Crashes, *ports: str) -> None:
    """Let some of a stage's ports die as planned, or those of reading and buying."""
    for port in ports or PORTS:
        setattr(stage, port, Mortal(getattr(stage, port), crashes))


class MortalStage(Stage):
    """A stage whose ports die as planned; `crashes` counts every call to them."""

    def __init__(self, crashes: Crashes, **connection: Any) -> None:
        super().__init__(**connection)
        self.crashes = crashes
        make_mortal(self, crashes)

    def survive[*Given](self, step: Callable[[*Given], object], *arguments: *Given) -> bool:
        """Do a step; False if it died."""
        try:
            step(*arguments)
        except Crash:
            return False
        return True
