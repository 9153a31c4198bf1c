"""Measurements beside a yardstick in the same run: ratios to aim at, never a gate."""

import os
import sys
from pathlib import Path

# Run with -m, where nobody says where our package is, as the settings of pytest do.
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "layers" / "core"))

# Read when the functions' modules are imported.
os.environ["POWERTOOLS_SERVICE_NAME"] = "bench"
os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Freshet"
