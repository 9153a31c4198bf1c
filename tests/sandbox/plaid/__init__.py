"""A simulator of Plaid Investments that shares no code with the product."""

from tests.sandbox.plaid.control import PlaidControlClient, SimulatedItem
from tests.sandbox.plaid.declared import Declared
from tests.sandbox.plaid.knobs import PlaidKnobs
from tests.sandbox.plaid.simulator import PlaidSimulator
from tests.sandbox.plaid.world import PlaidSettings
from tests.sandbox.simulation.client import ControlRefused

__all__ = [
    "ControlRefused",
    "Declared",
    "PlaidControlClient",
    "PlaidKnobs",
    "PlaidSettings",
    "PlaidSimulator",
    "SimulatedItem",
]
