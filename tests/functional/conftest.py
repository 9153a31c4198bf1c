"""The functions as deployed, from event to effect: only AWS itself is moto's."""

from collections.abc import Iterator

import pytest

from tests.functional.world import World, a_world


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with a_world(monkeypatch) as built:
        yield built
