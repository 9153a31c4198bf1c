"""Run the simulator as a process: one JSON line on standard output, then serve until stopped."""

import os

from tests.sandbox.simulation.exact_json import Document, dumps, loads
from tests.sandbox.simulation.process import until_told_to_stop
from tests.sandbox.snaptrade.knobs import Knobs
from tests.sandbox.snaptrade.simulator import SnapTradeSimulator
from tests.sandbox.snaptrade.world import SimulatorSettings

# Who is there when a person starts the simulator by hand: (user, mode, portfolio).
SAMPLE = (
    ("demo-user-1", "delayed", "complete"),
    ("demo-user-1", "realtime", "crypto"),
    ("demo-user-2", "delayed", "starter"),
    ("demo-user-2", "disabled", "trader"),
    ("demo-user-2", "shared", "northern"),
)


def settings_from_environment() -> SimulatorSettings:
    """Read the settings; every variable is optional."""
    defaults = SimulatorSettings()
    return SimulatorSettings(
        client_id=os.environ.get("SNAPTRADE_CLIENT_ID", defaults.client_id),
        consumer_key=os.environ.get("SNAPTRADE_CONSUMER_KEY", defaults.consumer_key),
        port=int(os.environ.get("SNAPTRADE_PORT", defaults.port)),
        seed=int(os.environ.get("SNAPTRADE_SEED", defaults.seed)),
        knobs=Knobs().turned(loads(os.environ.get("SNAPTRADE_KNOBS", "{}"))),
        seeded_connections=int(os.environ.get("SNAPTRADE_SEEDED_CONNECTIONS", "0")),
    )


def populate(simulator: SnapTradeSimulator) -> None:
    """Add the sample users and connections."""
    for user_id in dict.fromkeys(row[0] for row in SAMPLE):
        simulator.control.add_user(user_id)
    for user_id, mode, portfolio in SAMPLE:
        simulator.control.add_connection(user_id, mode=mode, portfolio=portfolio)


def announcement(simulator: SnapTradeSimulator) -> Document:
    """Return all that a client needs to know."""
    return {
        "base_url": simulator.url,
        "control_url": simulator.control_url,
        "client_id": simulator.settings.client_id,
        "consumer_key": simulator.settings.consumer_key,
        **simulator.control.state(),
    }


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    stopped = until_told_to_stop()
    with SnapTradeSimulator(settings_from_environment()) as simulator:
        if os.environ.get("SNAPTRADE_POPULATION", "sample") == "sample":
            populate(simulator)
        print(dumps(announcement(simulator)), flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
