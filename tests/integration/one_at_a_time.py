"""A boto3 client for tests whose threads meet at one row."""

import threading
from typing import Any, cast


def one_at_a_time[Client](client: Client) -> Client:
    """Give a client whose requests are single steps, as at DynamoDB: moto's are not thread-safe."""
    return cast("Client", _OneAtATime(client))  # it passes every operation on


class _OneAtATime:
    def __init__(self, client: Any) -> None:
        self._client = client
        self._lock = threading.Lock()

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return self._locked(found) if callable(found) else found

    def get_paginator(self, name: str) -> "_Pages":
        return _Pages(self._client.get_paginator(name), self._lock)

    def _locked(self, call: Any) -> Any:
        def locked(**arguments: Any) -> Any:
            with self._lock:
                return call(**arguments)

        return locked


class _Pages:
    """A paginator whose pages are read in one step."""

    def __init__(self, paginator: Any, lock: threading.Lock) -> None:
        self._paginator = paginator
        self._lock = lock

    def paginate(self, **arguments: Any) -> list[Any]:
        with self._lock:
            return list(self._paginator.paginate(**arguments))
