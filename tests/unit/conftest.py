"""Unit tests: no network, and property tests that are the same every time."""

import socket
from collections.abc import Iterator

import pytest
from hypothesis import settings

settings.register_profile(
    "repeatable", derandomize=True, max_examples=30, deadline=None, database=None
)
settings.load_profile("repeatable")


class NetworkRefused(AssertionError):
    """A unit test tried to leave the process."""


def _refuse(*_: object) -> None:
    raise NetworkRefused("unit tests have no network")


# Per module: Hypothesis repeats a test many times within one function-scoped fixture.
@pytest.fixture(autouse=True, scope="module")
def no_network() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", _refuse)
        patch.setattr(socket.socket, "connect_ex", _refuse)
        yield
