"""Genuine inputs changed at random, again and again: nothing of that may be taken for genuine."""

import sys
from pathlib import Path

# Run with -m, where nobody says where our package is, as the settings of pytest do.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers" / "core"))
