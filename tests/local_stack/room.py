"""Whether there is room on the disks that are written to."""

import shutil
import tempfile
from pathlib import Path

from tests.local_stack.processes import ENVIRONMENTS
from tests.local_stack.stopping import CannotGoOn

_NEEDED_BYTES = 300_000_000


class NoRoom(CannotGoOn):
    """A disk is too full."""

    def __init__(self, place: Path, free: int) -> None:
        super().__init__(
            f"{place} has {free // 1_000_000} MB left. Freshet needs 1 GB in all for what it "
            f"installs and runs; make room, or set TMPDIR to a folder on another disk."
        )


def demand_room() -> None:
    """Raise NoRoom where a stack could not be started."""
    for place in (ENVIRONMENTS, Path(tempfile.gettempdir())):
        free = shutil.disk_usage(place).free
        if free < _NEEDED_BYTES:
            raise NoRoom(place, free)
