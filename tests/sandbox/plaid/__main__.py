"""Run the simulator as a process: one JSON line on standard output, then serve until stopped."""

import sys

from tests.sandbox.plaid.simulator import PlaidSimulator
from tests.sandbox.plaid.standalone import (
    announcement,
    has_sample,
    populate,
    settings_from_environment,
)
from tests.sandbox.simulation.environment_variables import VariableRefused
from tests.sandbox.simulation.exact_json import dumps
from tests.sandbox.simulation.process import until_told_to_stop


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    stopped = until_told_to_stop()
    with PlaidSimulator(settings_from_environment()) as simulator:
        if has_sample():
            populate(simulator)
        print(dumps(announcement(simulator)), flush=True)
        stopped.wait()


if __name__ == "__main__":
    try:
        main()
    except VariableRefused as error:
        sys.exit(str(error))
