"""One clock for the functions and both providers; it runs by itself and jumps when told to."""

import sys
import time
from datetime import datetime, timedelta

import pytest

from freshet import bootstrap, wiring
from freshet.bootstrap import http_api, operating, purchasing, vaults
from freshet.wiring import providers
from tests.builders import NOON

# All modules that read the clock by its name: loaded now, so that none learns another's clock.
_READERS = (bootstrap, http_api, operating, purchasing, providers, vaults)


class MovingClock:
    """Starts at noon; real time passes, so that what follows is later than what it follows."""

    def __init__(self) -> None:
        self._offset = timedelta(0)
        self._started = time.monotonic()

    def __call__(self) -> datetime:
        return NOON + self._offset + timedelta(seconds=time.monotonic() - self._started)

    def advance(self, **step: float) -> None:
        self._offset += timedelta(**step)


def set_clock(monkeypatch: pytest.MonkeyPatch) -> MovingClock:
    """Give every part that is built from now on a clock that a test can move."""
    clock = MovingClock()
    known = {module.__name__ for module in _READERS} | {"freshet.wiring"}
    ours = {name: module for name, module in sys.modules.items() if name.startswith("freshet")}
    name = wiring.utc_now.__name__
    found = {each for each, module in ours.items() if vars(module).get(name) is wiring.utc_now}
    assert found == known, "another module reads the clock: load it here, too"
    for module in _READERS:
        monkeypatch.setattr(module, name, clock)
    return clock
