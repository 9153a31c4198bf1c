"""The demo's command: once through, or staying up."""

import argparse
import time
from collections.abc import Callable

from rich.console import Console

from tests.console import Console as Page
from tests.demo.acts import first_reads, play
from tests.demo.staying import set_up, stay
from tests.local_stack.deployed import deployed
from tests.local_stack.frontends import frontend_parameters

_PORT = 4510


def main() -> int:
    """Run the demo or stay up; 0 only if everything expected has happened."""
    parser = argparse.ArgumentParser(description="Freshet at work on this machine")
    parser.add_argument("--stay", action="store_true", help="keep it up until Ctrl-C")
    parser.add_argument("--port", type=int, default=_PORT, help=f"with --stay; {_PORT}")
    parser.add_argument("--origins", default="", help="with --stay: more frontends, by commas")
    options = parser.parse_args()
    console, started = Console(), time.monotonic()
    tell = _teller(console, started)
    if options.stay:
        return _dev(console, tell, options.port, options.origins.replace(",", " ").split())
    with deployed(progress=tell) as running:
        return 0 if play(running, console, tell, started) else 1


def _dev(console: Console, tell: Callable[[str], None], port: int, origins: list[str]) -> int:
    # A deployment must be told from where its API is called, so the page comes first.
    with Page(port + 1) as page:
        parameters = frontend_parameters([*page.origins, *origins])
        with deployed(progress=tell, port=port, parameters=parameters) as running:
            first_reads(running, console, tell)
            tell("Inventing a past for one account of ana's")
            stay(running, page, set_up(running, page))
    return 0


def _teller(console: Console, started: float) -> Callable[[str], None]:
    def tell(step: str) -> None:
        console.print(f"[dim]{time.monotonic() - started:5.1f} s[/]  {step}")

    return tell
