"""A DynamoDB client whose process dies after a number of writes."""

from typing import Any, cast

from tests.clients import DynamoDB

_WRITES = frozenset(
    {"put_item", "update_item", "delete_item", "transact_write_items", "batch_write_item"}
)


class Died(BaseException):
    """The process is no more; nobody catches this."""


def dying(client: DynamoDB, *, writes: int) -> DynamoDB:
    """Give a client that passes everything on until the writes are used up."""
    return cast("DynamoDB", _DyingClient(client, writes=writes))  # it passes every operation on


class _DyingClient:
    def __init__(self, client: Any, *, writes: int) -> None:
        self._client = client
        self._left = writes

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        return self._counted(found) if name in _WRITES else found

    def _counted(self, call: Any) -> Any:
        def counted(**arguments: Any) -> Any:
            if not self._left:
                raise Died
            self._left -= 1
            return call(**arguments)

        return counted
