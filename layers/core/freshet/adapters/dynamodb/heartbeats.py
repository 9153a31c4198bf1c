"""When parts of the deployment last did their work, one row for each in ConnectionsTable."""

from datetime import datetime, timedelta

from botocore.exceptions import BotoCoreError, ClientError

from freshet.adapters.dynamodb import keys
from freshet.adapters.dynamodb.table import Table
from freshet.domain.instants import from_text, to_text
from freshet.observability import logger
from freshet.ports import Clock

_OFTEN_ENOUGH = timedelta(seconds=30)  # a turn a minute leaves its beat each time


class DynamoHeartbeats:
    """The port Heartbeats; each process writes a row twice a minute at most."""

    def __init__(self, table: Table, clock: Clock) -> None:
        """Bind to ConnectionsTable."""
        self._table = table
        self._clock = clock
        self._written: dict[str, datetime] = {}

    def beat(self, name: str) -> None:
        """Take note, unless this process did a moment ago."""
        now, last = self._clock(), self._written.get(name)
        if last is not None and now - last < _OFTEN_ENOUGH:
            return
        try:
            self._table.update(keys.heartbeat(name), "SET beat_at = :now", {":now": to_text(now)})
        except (ClientError, BotoCoreError) as error:
            logger.warning("Heartbeat not written", reason=type(error).__name__)
            return
        self._written[name] = now

    def last(self, name: str) -> datetime | None:
        """Say when, or that it never has."""
        row = self._table.get(keys.heartbeat(name))
        return None if row is None else from_text(row["beat_at"])
