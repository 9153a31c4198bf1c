"""A simulator of Plaid Investments that shares no code with the product."""

from tests.simulators.common.client import ControlRefused
from tests.simulators.plaid.control import PlaidControlClient, SimulatedItem
from tests.simulators.plaid.declared import Declared
from tests.simulators.plaid.knobs import PlaidKnobs
from tests.simulators.plaid.simulator import PlaidSimulator
from tests.simulators.plaid.world import PlaidSettings

__all__ = [
    "ControlRefused",
    "Declared",
    "PlaidControlClient",
    "PlaidKnobs",
    "PlaidSettings",
    "PlaidSimulator",
    "SimulatedItem",
]
