"""One DynamoDB table in plain Python values, its errors in the domain's words."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import batched
from typing import TYPE_CHECKING, Any

from freshet.adapters.dynamodb.refusals import ConditionFailed, TransactionRefused
from freshet.adapters.dynamodb.wire import Item, between, only, plain, when, wire
from freshet.domain.errors import ConcurrentChange

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

__all__ = ["ConditionFailed", "Item", "Table", "TransactionRefused", "get_across"]

_BATCH_GET_LIMIT = 100


class Table:
    """Get, put, update and query with consistent reads and conditions as text."""

    def __init__(self, client: "DynamoDBClient", name: str) -> None:
        """Bind a client to a table."""
        self._client = client
        self.name = name

    def get(self, key: Mapping[str, str]) -> Item | None:
        """Read one item, consistently."""
        answer = self._client.get_item(TableName=self.name, Key=wire(key), ConsistentRead=True)
        return plain(answer["Item"]) if "Item" in answer else None

    def get_many(
        self, keys: Collection[Mapping[str, str]], *, attributes: Collection[str] = ()
    ) -> Iterator[Item]:
        """Read several items in any order, consistently; what is missing is left out.

        `attributes` spares the others, except for the key.
        """
        yield from get_across([(self, key) for key in keys], attributes={self.name: attributes})

    def batch_get(self, wanted: Mapping[str, Any]) -> Iterator[Item]:
        """Read items of this and other tables until all were answered."""
        chunk: Any = wanted
        while chunk:
            answer = self._client.batch_get_item(RequestItems=chunk)
            for items in answer["Responses"].values():
                yield from map(plain, items)
            chunk = answer.get("UnprocessedKeys")

    def query(self, partition: str, prefix: str) -> Iterator[Item]:
        """Read the items of a partition whose sort key starts with `prefix`, in key order."""
        yield from self._query_all(
            KeyConditionExpression="PK = :partition AND begins_with(SK, :prefix)",
            ExpressionAttributeValues=wire({":partition": partition, ":prefix": prefix}),
        )

    def query_between(
        self,
        partition: str,
        first: str,
        last: str,
        *,
        attributes: Collection[str] = (),
        page_size: int | None = None,
    ) -> Iterator[Item]:
        """Read the items of a partition from one sort key to another, in key order.

        `attributes` spares the others, except for the key; `page_size` is how many items a request
        reads, where fewer than all may be wanted.
        """
        found = self._query_all(
            page_size=page_size, **between(partition, first, last), **only(attributes)
        )
        yield from found

    def _query_all(self, *, page_size: int | None = None, **what: Any) -> Iterator[Item]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self.name,
            ConsistentRead=True,
            PaginationConfig={} if page_size is None else {"PageSize": page_size},
            **what,
        )
        for page in pages:
            yield from (plain(item) for item in page["Items"])

    def write_batch(self, writes: Sequence[Any]) -> list[Any]:
        """Put and delete a batch, each by itself; gives back what DynamoDB did not take."""
        answer = self._client.batch_write_item(RequestItems={self.name: list(writes)})
        left: Any = answer["UnprocessedItems"].get(self.name, [])
        return list(left)

    def batch_put(self, item: Item) -> dict[str, Any]:
        """Describe a put for `write_batch`."""
        return {"PutRequest": {"Item": wire(item)}}

    def batch_delete(self, key: Mapping[str, str]) -> dict[str, Any]:
        """Describe a removal for `write_batch`."""
        return {"DeleteRequest": {"Key": wire(key)}}

    def first_between(self, partition: str, first: str, last: str) -> Item | None:
        """Read the first item from one sort key to another, both included."""
        answer = self._client.query(
            TableName=self.name,
            ConsistentRead=True,
            Limit=1,
            **between(partition, first, last),
        )
        return next((plain(item) for item in answer["Items"]), None)

    def page_between(
        self, partition: str, first: str, last: str, *, limit: int
    ) -> tuple[list[Item], bool]:
        """Read at most `limit` items backwards from one sort key to another, both included.

        Gives the items and whether there may be more.
        """
        if first > last:
            return [], False
        answer = self._client.query(
            TableName=self.name,
            ConsistentRead=True,
            ScanIndexForward=False,
            Limit=limit,
            **between(partition, first, last),
        )
        return [plain(item) for item in answer["Items"]], "LastEvaluatedKey" in answer

    def page_with_next(
        self, partition: str, first: str, last: str, *, limit: int
    ) -> tuple[list[Item], str | None]:
        """Read at most `limit` items backwards, and the sort key at which the next page begins."""
        rows, has_more = self.page_between(partition, first, last, limit=limit + 1)
        # A page also ends after 1 MB: then its last item, of several, is read again.
        following = rows.pop()["SK"] if has_more or len(rows) > limit else None
        return rows, following

    def query_index(self, index: str, shard: str, *, until: str, limit: int) -> list[Item]:
        """Read at most `limit` keys of a due-index shard up to a time, oldest first."""
        answer = self._client.query(
            TableName=self.name,
            IndexName=index,
            Limit=limit,
            KeyConditionExpression="due_shard = :shard AND due_at <= :until",
            ExpressionAttributeValues=wire({":shard": shard, ":until": until}),
        )
        return [plain(item) for item in answer["Items"]]

    def put(self, item: Item, *, condition: str | None = None, values: Item | None = None) -> None:
        """Write one item whole; raises ConcurrentChange if the condition does not hold."""
        self._conditionally(
            self._client.put_item, TableName=self.name, Item=wire(item), **when(condition, values)
        )

    def update(
        self,
        key: Mapping[str, str],
        expression: str,
        values: Item,
        *,
        condition: str | None = None,
        names: Mapping[str, str] | None = None,
    ) -> Item:
        """Change one item and give back what it is now; raises ConcurrentChange."""
        answer = self._conditionally(
            self._client.update_item,
            TableName=self.name,
            Key=wire(key),
            UpdateExpression=expression,
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **({"ExpressionAttributeNames": dict(names)} if names else {}),
            **when(condition, values),
        )
        return plain(answer["Attributes"])

    def transact(self, *writes: Mapping[str, Any]) -> None:
        """Write all or nothing; raises TransactionRefused, or ConcurrentChange after a clash."""
        try:
            self._patiently(self._client.transact_write_items, TransactItems=list(writes))
        except self._client.exceptions.TransactionCanceledException as error:
            codes = [reason.get("Code") for reason in error.response["CancellationReasons"]]
            failed = [place for place, code in enumerate(codes) if code == _CONDITION_FAILED]
            if failed:
                raise TransactionRefused(failed) from error
            if _IS_OURS in codes:
                raise  # a row that no table takes is no race: trying again changes nothing
            raise ConcurrentChange("transaction conflict") from error

    def putting(
        self, item: Item, *, condition: str | None = None, values: Item | None = None
    ) -> dict[str, Any]:
        """Describe a put for `transact`."""
        return {"Put": {"TableName": self.name, "Item": wire(item), **when(condition, values)}}

    def updating(
        self,
        key: Mapping[str, str],
        expression: str,
        values: Item,
        *,
        condition: str | None = None,
        names: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Describe an update for `transact`."""
        update = {
            "TableName": self.name,
            "Key": wire(key),
            "UpdateExpression": expression,
            **({"ExpressionAttributeNames": dict(names)} if names else {}),
            **when(condition, values),
        }
        return {"Update": update}

    def deleting(
        self,
        key: Mapping[str, str],
        *,
        condition: str | None = None,
        values: Item | None = None,
    ) -> dict[str, Any]:
        """Describe a removal for `transact`."""
        delete = {"TableName": self.name, "Key": wire(key), **when(condition, values)}
        return {"Delete": delete}

    def checking(
        self,
        key: Mapping[str, str],
        condition: str,
        *,
        values: Item | None = None,
        names: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Describe for `transact` what must hold of an item that stays as it is."""
        check = {
            "TableName": self.name,
            "Key": wire(key),
            **({"ExpressionAttributeNames": dict(names)} if names else {}),
            **when(condition, values),
        }
        return {"ConditionCheck": check}

    def _patiently(self, call: Any, **arguments: Any) -> Any:
        # A clash with another transaction says nothing about our condition: try again soon.
        for pause in _PAUSES_SECONDS:
            try:
                return call(**arguments)
            except self._client.exceptions.TransactionConflictException:
                time.sleep(pause)
            except self._client.exceptions.TransactionCanceledException as error:
                codes = {reason.get("Code") for reason in error.response["CancellationReasons"]}
                if "TransactionConflict" not in codes or _CONDITION_FAILED in codes:
                    raise
                time.sleep(pause)
        return call(**arguments)

    def _conditionally(self, call: Any, **arguments: Any) -> Any:
        try:
            return self._patiently(call, **arguments)
        except self._client.exceptions.ConditionalCheckFailedException as error:
            raise ConditionFailed(error.response.get("Item")) from error


def get_across(
    wanted: Sequence[tuple[Table, Mapping[str, str]]],
    *,
    attributes: Mapping[str, Collection[str]] | None = None,
) -> Iterator[Item]:
    """Read items of several tables in any order, consistently; what is missing is left out.

    `attributes` names for a table what is wanted of its items beside the key.
    """
    for some in batched(wanted, _BATCH_GET_LIMIT, strict=False):
        chunk: dict[str, Any] = {}
        for table, key in some:
            start = {
                "Keys": [],
                "ConsistentRead": True,
                **only((attributes or {}).get(table.name, ())),
            }
            chunk.setdefault(table.name, start)["Keys"].append(wire(key))
        yield from some[0][0].batch_get(chunk)


_PAUSES_SECONDS = (0.02, 0.05, 0.1, 0.2)
_CONDITION_FAILED, _IS_OURS = "ConditionalCheckFailed", "ValidationError"
