"""The verdicts of the last minutes, in ConnectionsTable: one row for each five of them."""

import json
from datetime import datetime, timedelta

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.read_counts import counted, spans
from freshet.adapters.dynamodb.table import ConditionFailed, Table
from freshet.domain.connection import Connection
from freshet.domain.verdicts import RecentReads

_KEPT = timedelta(hours=1)
_MOST = 2000  # entries of a row, which tell a mass long before


class DynamoRecentVerdicts:
    """The port RecentVerdicts; only a read that brought a verdict comes here."""

    def __init__(self, table: Table) -> None:
        """Bind to ConnectionsTable."""
        self._table = table

    def note(self, connection: Connection, *, now: datetime) -> tuple[RecentReads, RecentReads]:
        """Keep a verdict; give what its institution and its provider have seen lately."""
        provider, span = connection.provider, spans(now)
        institution = connection.link.institution.id or ""
        self._keep(connection, institution, now)
        first, last = (keys.verdicts(provider, number) for number in (span[0], span[-1]))
        rows = self._table.query_between(first["PK"], first["SK"], last["SK"])
        entries = [json.loads(each) for row in rows for each in row["entries"]]
        bucket = self._table.get(keys.quota(provider)) or {}
        here = frozenset((user, link) for place, user, link in entries if place == institution)
        everywhere = frozenset((user, link) for _, user, link in entries)
        return (
            RecentReads(reads=counted(bucket, now, institution=institution), verdicts=here),
            RecentReads(reads=counted(bucket, now), verdicts=everywhere),
        )

    def _keep(self, connection: Connection, institution: str, now: datetime) -> None:
        entry = json.dumps([institution, connection.user_id, connection.id])
        try:
            self._table.update(
                keys.verdicts(connection.provider, spans(now)[-1]),
                "SET expires_at = :expires ADD entries :entry",
                {
                    ":expires": int((now + _KEPT).timestamp()),
                    ":entry": {entry},
                    ":most": _MOST,
                },
                condition="attribute_not_exists(entries) OR size(entries) < :most",
            )
        except ConditionFailed:
            return
