"""A boto3 client for tests whose threads meet at one row."""

import threading
from typing import Any


class OneAtATime:
    """A client whose requests are single steps, as at DynamoDB: moto's are not thread-safe."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return self._locked(found) if callable(found) and name != "get_paginator" else found

    def _locked(self, call: Any) -> Any:
        def locked(**arguments: Any) -> Any:
            with self._lock:
                return call(**arguments)

        return locked
