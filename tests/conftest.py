"""What every test may rely on: no real AWS, whatever the developer's shell says."""

import os

# Read when modules are imported, so set before any of ours is.
os.environ["POWERTOOLS_SERVICE_NAME"] = "test"
os.environ["POWERTOOLS_METRICS_NAMESPACE"] = "Freshet"
os.environ.pop("AWS_ENDPOINT_URL", None)
os.environ.pop("AWS_PROFILE", None)
