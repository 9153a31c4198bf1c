"""Processes that stop after a chosen step: any request to AWS or to a provider.

What is stopped before a request leaves no other traces than what is stopped after the one before.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from freshet import wiring
from freshet.adapters.transport import Answer, Endpoint, Transport
from freshet.wiring import providers
from tests.depth import many, sample
from tests.functional.moving_time import MovingClock
from tests.functional.world import World

_SERVICES = ("dynamodb", "sqs", "events", "secretsmanager")


SHARES = range(many(in_gate=1, deep=4))
"""Many stops are shared out over worlds: moto takes longer for each row that is there already."""
_MOST_IN_GATE = 4
_READS = {"GetItem", "BatchGetItem", "Query", "GetSecretValue"}


def stops_of(
    planned: Sequence[str], *, share: int = 0, shares: int = 1, are_writes_alike: bool = False
) -> list[int]:
    """Say after which steps one world's processes stop.

    Whatever the seed, each kind of write and of call to a provider is among them, the last step
    before a provider is called, and a request that only reads, before and after that. Where writes
    are alike, one of them stands for all: there the unit tests stop at every step.
    """
    at_provider = next((at for at, step in enumerate(planned) if not _is_aws(step)), 0)
    kinds = [
        (at > at_provider) if step.rpartition(" ")[2] in _READS or are_writes_alike else step
        for at, step in enumerate(planned)
    ]
    if at_provider:
        kinds[at_provider - 1] = "the last before a provider"
    drawn = sample(range(len(planned)), _MOST_IN_GATE, kind=kinds.__getitem__)
    return drawn[share::shares]


def _is_aws(step: str) -> bool:
    return step.partition(" ")[0] in _SERVICES


class Stopped(BaseException):
    """The process is gone: nothing of ours may catch this."""


class Steps:
    """Counts the outside steps of one invocation, and stops it at one of them if told to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._names: list[str] | None = None
        self._last: int | None = None
        monkeypatch.setattr(providers, Transport.__name__, lambda **_: _Watched(self))
        for service in _SERVICES:
            wiring.client(service).meta.events.register("after-call", self._after_call)

    @contextmanager
    def watched(self, *, until: int | None = None) -> Iterator[list[str]]:
        """Count what is done in here; with `until`, stop when that step has been counted."""
        self._names, self._last = [], until
        try:
            yield self._names
        finally:
            self._names = None

    def take(self, name: str) -> None:
        """Count a step; raises Stopped where this is the last one."""
        if self._names is None:
            return
        self._names.append(name)
        if len(self._names) - 1 == self._last:
            raise Stopped(name)

    def _after_call(self, model: Any, **_: Any) -> None:
        self.take(f"{model.service_model.service_name} {model.name}")


@dataclass(slots=True)
class Stage:
    """A world whose invocations can be stopped, and whose time can pass."""

    world: World
    clock: MovingClock
    steps: Steps


class _Watched(Transport):
    """The real transport; each request is a step."""

    def __init__(self, steps: Steps) -> None:
        super().__init__()
        self._steps = steps

    def send(self, endpoint: Endpoint, request: requests.Request) -> Answer:
        answer = super().send(endpoint, request)
        self._steps.take(f"{endpoint.provider} {endpoint.operation}")
        return answer
