"""Ending in order when told to, also where a shell has started us with signals ignored."""

import errno
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def stop_in_order() -> None:
    """Turn the first signal to stop into KeyboardInterrupt; further ones disturb no cleaning up.

    A shell starts what it runs in the background with SIGINT ignored, and Python leaves it so.
    """

    def stop(number: int, frame: FrameType | None) -> None:
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_IGN)
        _Stop.is_wanted = True
        if not _Stop.is_put_off:
            raise KeyboardInterrupt

    for each in _SIGNALS:
        signal.signal(each, stop)


class _Stop:
    is_wanted = False
    is_put_off = False


@contextmanager
def undisturbed() -> Iterator[None]:
    """Put a signal to stop off until the block has ended: what it starts is known by then."""
    _Stop.is_put_off = True
    try:
        yield
    finally:
        _Stop.is_put_off = False
    if _Stop.is_wanted:
        raise KeyboardInterrupt


class CannotGoOn(Exception):
    """Something that is not a bug keeps a command from its work; the text is for its user."""


def run_to_exit(main: Callable[[], int]) -> None:
    """Run a command; what it cannot do ends in a sentence, and so does being stopped."""
    try:
        stop_in_order()
        status = main()
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.", file=sys.stderr)
        status = 130
    except CannotGoOn as error:
        print(error, file=sys.stderr)
        status = 1
    except OSError as error:
        if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EROFS}:
            raise
        print(f"Cannot write: {error}. Freshet needs 1 GB.", file=sys.stderr)
        status = 1
    sys.exit(status)
