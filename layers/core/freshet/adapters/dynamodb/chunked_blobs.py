"""Documents of any size: within their row, else in parts that are written before it.

A part is never written over: its name holds the digest of the whole document. Readers do not
see parts until a row names them, so that a document is there whole or not at all.
"""

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import batched

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import Item, Table
from freshet.domain.errors import SnapshotTooLarge

# A row holds 400 KB; several rows with a document each must fit into a transaction of 4 MB.
_MOST_IN_ROW = 350 * 1024
_MOST_PARTS = 20  # 7 MB compressed, more than a hundred thousand lines
_READERS_LEAVE = timedelta(days=1)


class Documents:
    """Puts documents beside rows of one table and finds them again."""

    def __init__(self, table: Table) -> None:
        """Bind to the table of the rows."""
        self._table = table

    def placed(
        self,
        document: bytes,
        owner: Mapping[str, str],
        *,
        token: str = "",
        expires_at: datetime | None = None,
    ) -> Item:
        """Give the attributes of the owner's row that hold or name a document.

        `token` tells apart the documents that the same row has one after the other. Raises
        SnapshotTooLarge.
        """
        if len(document) <= _MOST_IN_ROW:
            return {"document": document}
        chunks = [bytes(each) for each in batched(document, _MOST_IN_ROW, strict=False)]
        if len(chunks) > _MOST_PARTS:
            raise SnapshotTooLarge(owner["PK"])
        digest = hashlib.sha256(document).hexdigest()[:32]
        name = f"{keys.part_name(owner, token)}#{digest}"
        for number, chunk in enumerate(chunks):
            part = {**keys.part(owner, name, number), "document": chunk}
            self._table.put({**part, "expires_at": expires_at and int(expires_at.timestamp())})
        return {"parts": len(chunks), "parts_name": name}

    def of(self, item: Item) -> bytes:
        """Read the document of a row."""
        if "document" in item:
            return bytes(item["document"])
        found = {part["SK"]: part["document"] for part in self._table.get_many(_parts(item))}
        return b"".join(found[key["SK"]] for key in _parts(item))

    def let_go_before(self, owner: Mapping[str, str], token: str, *, now: datetime) -> None:
        """Let the parts of a row's earlier documents expire, when their last readers are done.

        A row's tokens only grow: none of these documents can become the row's again.
        """
        first, last = keys.part_name(owner, ""), keys.part_name(owner, token)
        expires_at = int((now + _READERS_LEAVE).timestamp())
        for part in self._table.query_between(owner["PK"], first, last, attributes=("expires_at",)):
            if "expires_at" not in part:
                key = {"PK": part["PK"], "SK": part["SK"]}
                self._table.update(key, "SET expires_at = :at", {":at": expires_at})


def _parts(item: Item) -> list[keys.Key]:
    if "parts" not in item:
        return []
    return [keys.part(item, item["parts_name"], number) for number in range(int(item["parts"]))]
