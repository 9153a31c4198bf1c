"""Outside systems, one module each: the only place that knows boto3 and requests."""
