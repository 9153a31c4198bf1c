"""Reference data of the providers in ConnectionsTable, and whose turn it is to ask for more."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import ConditionFailed, Item, Table
from freshet.domain.instants import from_text, to_text
from freshet.domain.provider import Provider
from freshet.domain.reference import ReferenceEntry, ReferenceKind, ReferenceName


class DynamoReferenceData:
    """The port ReferenceData: one row for each thing, all of a provider's in one query."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def of_provider(self, provider: Provider) -> Sequence[ReferenceEntry]:
        """List all that is kept, in the order of kinds and codes."""
        partition = keys.reference_partition(provider)
        return [_from_item(each) for each in self._table.query(partition, keys.REFERENCE_PREFIX)]

    def keep(self, provider: Provider, entries: Iterable[ReferenceEntry]) -> None:
        """Store what was learned, each in place of what was known of the same thing."""
        for entry in entries:
            self._table.put(
                {
                    **keys.reference(provider, entry.name),
                    "kind": str(entry.name.kind),
                    "code": entry.name.code,
                    "document": entry.document,
                    "learned_at": to_text(entry.learned_at),
                }
            )

    def claim(self, provider: Provider, *, now: datetime, until: datetime) -> bool:
        """Take the turn to ask the provider; False while another function has it."""
        try:
            self._table.update(
                keys.reference_turn(provider),
                "SET taken_until = :until",
                {":until": to_text(until), ":now": to_text(now)},
                condition="attribute_not_exists(taken_until) OR taken_until <= :now",
            )
        except ConditionFailed:
            return False
        return True


def _from_item(item: Item) -> ReferenceEntry:
    return ReferenceEntry(
        name=ReferenceName(ReferenceKind(item["kind"]), item["code"]),
        document=item.get("document"),
        learned_at=from_text(item["learned_at"]),
    )
