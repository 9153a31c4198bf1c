"""All that stands beside the product. Whatever of it is run, the shell's settings reach nothing."""

import sys
from pathlib import Path

from tests.environment import clean

_CORE = str(Path(__file__).resolve().parents[1] / "layers" / "core")
# Run with -m, where nobody says where our package is, as the settings of pytest do.
if _CORE not in sys.path:
    sys.path.insert(0, _CORE)
clean()
