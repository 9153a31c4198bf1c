"""When a function is composed."""

from collections.abc import Callable

from freshet.wiring import is_on_lambda


def at_start(*composers: Callable[[], object]) -> None:
    """Compose while the module is imported, on Lambda; elsewhere, composers wait for their use.

    Lambda imports a function with a whole processor, and gives its invocations the share that its
    memory buys. Composers keep what they build and do no I/O, so what they raise is a setting that
    cannot be: it ends the start.
    """
    if is_on_lambda():
        for compose in composers:
            compose()
