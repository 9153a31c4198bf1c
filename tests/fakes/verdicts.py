"""The verdicts of the last minutes and the reads beside them, in memory."""

from datetime import datetime

from freshet.domain.connection import Connection
from freshet.domain.provider import Provider
from freshet.domain.verdicts import WINDOW, RecentReads


class FakeRecentVerdicts:
    """The port RecentVerdicts; reads are counted by `begin_read`, as the limiter would."""

    def __init__(self) -> None:
        self._reads: list[tuple[datetime, Provider, str | None]] = []
        self._verdicts: list[tuple[datetime, Connection]] = []

    def begin_read(self, connection: Connection, *, now: datetime) -> None:
        self._reads.append((now, connection.provider, connection.link.institution.id))

    def note(self, connection: Connection, *, now: datetime) -> tuple[RecentReads, RecentReads]:
        self._verdicts.append((now, connection))
        provider, institution = connection.provider, connection.link.institution.id
        reads = [
            place for at, where, place in self._reads if where is provider and now - at <= WINDOW
        ]
        found = [
            each for at, each in self._verdicts if each.provider is provider and now - at <= WINDOW
        ]
        here = [each for each in found if each.link.institution.id == institution]
        return (
            RecentReads(reads=reads.count(institution), verdicts=_of(here)),
            RecentReads(reads=len(reads), verdicts=_of(found)),
        )


def _of(connections: list[Connection]) -> frozenset[tuple[str, str]]:
    return frozenset((each.user_id, each.id) for each in connections)
