"""Unit tests: no network."""

import socket
from collections.abc import Iterator

import pytest


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
