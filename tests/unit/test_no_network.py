"""The unit suite cannot reach anything."""

import socket

import pytest


@pytest.mark.parametrize("method", ["connect", "connect_ex"])
def test_connection_is_refused_when_a_unit_test_opens_a_socket(method: str) -> None:
    with socket.socket() as opened, pytest.raises(AssertionError, match="no network"):
        getattr(opened, method)(("127.0.0.1", 9))
