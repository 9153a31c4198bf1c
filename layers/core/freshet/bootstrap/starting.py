"""When a function is composed."""

import os
from collections.abc import Callable

_LAMBDAS_OWN = "AWS_LAMBDA_FUNCTION_NAME"


def at_start(*composers: Callable[[], object]) -> None:
    """Compose while the module is imported, on Lambda; elsewhere, composers wait for their use.

    Lambda imports a function with a whole processor, and gives its invocations the share that its
    memory buys. Composers keep what they build and do no I/O, so what they raise is a setting that
    cannot be: it ends the start.
    """
    if _LAMBDAS_OWN in os.environ:
        for compose in composers:
            compose()
