"""Reference data in memory."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from freshet.domain.provider import Provider
from freshet.domain.reference import ReferenceEntry, ReferenceName


class FakeReferenceData:
    """The port ReferenceData in memory."""

    def __init__(self) -> None:
        self.rows: dict[tuple[Provider, ReferenceName], ReferenceEntry] = {}
        self.turns: dict[Provider, datetime] = {}

    def of_provider(self, provider: Provider) -> Sequence[ReferenceEntry]:
        found = [row for (owner, _), row in self.rows.items() if owner is provider]
        return sorted(found, key=lambda row: (row.name.kind, row.name.code))

    def keep(self, provider: Provider, entries: Iterable[ReferenceEntry]) -> None:
        for entry in entries:
            self.rows[provider, entry.name] = entry

    def claim(self, provider: Provider, *, now: datetime, until: datetime) -> bool:
        if provider in self.turns and self.turns[provider] > now:
            return False
        self.turns[provider] = until
        return True
