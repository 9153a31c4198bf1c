"""A simulator of SnapTrade that shares no code with the product."""

from tests.simulators.common.client import ControlRefused
from tests.simulators.snaptrade.control import ControlClient
from tests.simulators.snaptrade.knobs import Knobs
from tests.simulators.snaptrade.simulator import SnapTradeSimulator
from tests.simulators.snaptrade.world import SimulatorSettings

__all__ = [
    "ControlClient",
    "ControlRefused",
    "Knobs",
    "SimulatorSettings",
    "SnapTradeSimulator",
]
