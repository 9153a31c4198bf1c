"""Run the simulator as a process: one JSON line on standard output, then serve until stopped."""

import os

from tests.sandbox.plaid.knobs import PlaidKnobs
from tests.sandbox.plaid.simulator import PlaidSimulator
from tests.sandbox.plaid.world import PlaidSettings
from tests.sandbox.simulation.exact_json import Document, dumps, loads
from tests.sandbox.simulation.process import until_told_to_stop

# Who is there when a person starts the simulator by hand: (institution, portfolio).
SAMPLE = (
    ("ins_acme", "complete"),
    ("ins_acme", "starter"),
    ("ins_manual", "retirement"),
    ("ins_down", "trader"),
    ("ins_slow", "northern"),
)


def settings_from_environment() -> PlaidSettings:
    """Read the settings; every variable is optional."""
    defaults = PlaidSettings()
    return PlaidSettings(
        client_id=os.environ.get("PLAID_CLIENT_ID", defaults.client_id),
        secret=os.environ.get("PLAID_SECRET", defaults.secret),
        environment=os.environ.get("PLAID_ENVIRONMENT", defaults.environment),
        port=int(os.environ.get("PLAID_PORT", defaults.port)),
        seed=int(os.environ.get("PLAID_SEED", defaults.seed)),
        knobs=PlaidKnobs().turned(loads(os.environ.get("PLAID_KNOBS", "{}"))),
    )


def announcement(simulator: PlaidSimulator) -> Document:
    """Return all that a client needs to know."""
    return {
        "base_url": simulator.url,
        "control_url": simulator.control_url,
        "client_id": simulator.settings.client_id,
        "secret": simulator.settings.secret,
        **simulator.control.state(),
    }


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    stopped = until_told_to_stop()
    with PlaidSimulator(settings_from_environment()) as simulator:
        if os.environ.get("PLAID_POPULATION", "sample") == "sample":
            for institution, portfolio in SAMPLE:
                simulator.control.add_item(institution=institution, portfolio=portfolio)
        print(dumps(announcement(simulator)), flush=True)
        stopped.wait()


if __name__ == "__main__":
    main()
