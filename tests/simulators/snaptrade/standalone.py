"""The simulator as a process of its own: settings, population and what it tells at first."""

from dataclasses import asdict

from tests.simulators.common.environment_variables import (
    choice_variable,
    knobs_variable,
    number_variable,
    port_variable,
    text_variable,
)
from tests.simulators.common.exact_json import Document
from tests.simulators.snaptrade.knobs import Knobs
from tests.simulators.snaptrade.simulator import SnapTradeSimulator
from tests.simulators.snaptrade.world import SimulatorSettings

MAX_CONNECTIONS, MAX_SEED = 1_000_000, 2**31
# How many seeded connections are told at first; the control interface knows them all.
SHOWN_SEEDED = 10
# Who is there when a person starts the simulators by hand: (user, mode, portfolio).
SAMPLE = (
    ("demo-user-1", "delayed", "complete"),
    ("demo-user-1", "realtime", "crypto"),
    ("demo-user-2", "delayed", "starter"),
    ("demo-user-2", "disabled", "trader"),
    ("demo-user-2", "shared", "northern"),
)


def settings_from_environment() -> SimulatorSettings:
    """Read the settings; every variable is optional; raises VariableRefused."""
    defaults = SimulatorSettings()
    return SimulatorSettings(
        client_id=text_variable("SNAPTRADE_CLIENT_ID", defaults.client_id),
        consumer_key=text_variable("SNAPTRADE_CONSUMER_KEY", defaults.consumer_key),
        port=port_variable("SNAPTRADE_PORT"),
        seed=number_variable("SNAPTRADE_SEED", defaults.seed, maximum=MAX_SEED),
        knobs=knobs_variable("SNAPTRADE_KNOBS", Knobs().turned),
        seeded_connections=number_variable(
            "SNAPTRADE_SEEDED_CONNECTIONS", 0, maximum=MAX_CONNECTIONS
        ),
    )


def has_sample() -> bool:
    """Tell whether the sample users are wanted; raises VariableRefused."""
    return choice_variable("SNAPTRADE_POPULATION", ("sample", "none")) == "sample"


def populate(simulator: SnapTradeSimulator) -> None:
    """Add the sample users and their connections."""
    control = simulator.control
    for user_id in dict.fromkeys(row[0] for row in SAMPLE):
        control.add_user(user_id)
    for user_id, mode, portfolio in SAMPLE:
        control.add_connection(user_id, mode=mode, portfolio=portfolio)


def announcement(simulator: SnapTradeSimulator) -> Document:
    """Return all that a client needs to know."""
    settings, control = simulator.settings, simulator.control
    shown = min(settings.seeded_connections, SHOWN_SEEDED)
    return {
        "base_url": simulator.url,
        "control_url": simulator.control_url,
        "client_id": settings.client_id,
        "consumer_key": settings.consumer_key,
        **control.state(),
        "seeded": [asdict(control.seeded(index)) for index in range(shown)],
    }
