"""A simulator of SnapTrade that shares no code with the product."""

from tests.sandbox.simulation.client import ControlRefused
from tests.sandbox.snaptrade.control import ControlClient
from tests.sandbox.snaptrade.knobs import Knobs
from tests.sandbox.snaptrade.simulator import SnapTradeSimulator
from tests.sandbox.snaptrade.world import SimulatorSettings

__all__ = [
    "ControlClient",
    "ControlRefused",
    "Knobs",
    "SimulatorSettings",
    "SnapTradeSimulator",
]
