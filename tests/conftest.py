"""What every test may rely on: no real AWS, whatever the developer's shell says."""

import gc
import os

# The stand-ins make much garbage: looking for it less often saves an eighth of the time.
gc.set_threshold(100_000, 50, 100)

# Read when modules are imported, so set before any of ours is.
os.environ["POWERTOOLS_SERVICE_NAME"] = "test"
os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Freshet"
os.environ.pop("AWS_ENDPOINT_URL", None)
os.environ.pop("AWS_PROFILE", None)
