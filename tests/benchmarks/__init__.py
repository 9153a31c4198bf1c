"""Measurements beside a yardstick in the same run: ratios to aim at, never a gate."""

import os

# Read when the functions' modules are imported.
os.environ["POWERTOOLS_SERVICE_NAME"] = "bench"
os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Freshet"
