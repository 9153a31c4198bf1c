"""Outside systems, one module each: the only place that knows botocore and requests."""
