"""Serve both simulators: one JSON line on standard output, then go on until stopped.

The line has one object per provider: where to call, with which keys, and who is there.
"""

import errno
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from tests.simulators.common.environment_variables import VariableRefused
from tests.simulators.common.exact_json import Document, dumps
from tests.simulators.common.process import until_told_to_stop
from tests.simulators.common.simulator import Simulator
from tests.simulators.plaid import PlaidSimulator
from tests.simulators.plaid import standalone as plaid
from tests.simulators.snaptrade import SnapTradeSimulator
from tests.simulators.snaptrade import standalone as snaptrade


class PortTaken(Exception):
    """Somebody else listens where a simulator should; the text names the variable."""

    def __init__(self, name: str, port: int) -> None:
        super().__init__(f"{name}: port {port} is taken")


def main() -> int:
    """Serve until SIGTERM or SIGINT; returns the exit code."""
    stopped = until_told_to_stop()
    try:
        with serving() as announced:
            print(dumps(announced), flush=True)
            stopped.wait()
    except (VariableRefused, PortTaken) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


@contextmanager
def serving() -> Iterator[Document]:
    """Run both simulators as the environment says; raises VariableRefused or PortTaken."""
    snaptrade_settings = snaptrade.settings_from_environment()
    plaid_settings = plaid.settings_from_environment()
    has_users, has_items = snaptrade.has_sample(), plaid.has_sample()
    with ExitStack() as running:
        first = running.enter_context(
            _bound(lambda: SnapTradeSimulator(snaptrade_settings), "SNAPTRADE_PORT",
                   snaptrade_settings.port)
        )  # fmt: skip
        second = running.enter_context(
            _bound(lambda: PlaidSimulator(plaid_settings), "PLAID_PORT", plaid_settings.port)
        )
        if has_users:
            snaptrade.populate(first)
        if has_items:
            plaid.populate(second)
        yield {
            "snaptrade": snaptrade.announcement(first),
            "plaid": plaid.announcement(second),
        }


def _bound[S: Simulator](make: Callable[[], S], name: str, port: int) -> S:
    try:
        return make()
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise PortTaken(name, port) from error


if __name__ == "__main__":
    sys.exit(main())
