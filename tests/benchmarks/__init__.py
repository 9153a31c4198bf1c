"""Measurements beside a yardstick in the same run: ratios to aim at, never a gate."""

import os

# Read when the functions' modules are imported; tests have set theirs.
os.environ.setdefault("POWERTOOLS_SERVICE_NAME", "bench")
os.environ.setdefault("POWERTOOLS_METRICS_NAMESPACE", "Freshet")
