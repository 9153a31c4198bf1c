"""Run the simulator as a process: one JSON line on standard output, then serve until stopped."""

import sys

from tests.simulators.common.environment_variables import VariableRefused
from tests.simulators.common.exact_json import dumps
from tests.simulators.common.process import until_told_to_stop
from tests.simulators.snaptrade.simulator import SnapTradeSimulator
from tests.simulators.snaptrade.standalone import (
    announcement,
    has_sample,
    populate,
    settings_from_environment,
)


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    stopped = until_told_to_stop()
    with SnapTradeSimulator(settings_from_environment()) as simulator:
        if has_sample():
            populate(simulator)
        print(dumps(announcement(simulator)), flush=True)
        stopped.wait()


if __name__ == "__main__":
    try:
        main()
    except VariableRefused as error:
        sys.exit(str(error))
