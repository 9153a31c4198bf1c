"""The last step of a refresh: a read proves it, or its time is up."""

from datetime import datetime

from freshet.domain.concurrency import retry_lost_races
from freshet.domain.connection import Connection
from freshet.domain.read_run import ReadRun, refresh_after_read_run
from freshet.domain.refresh import Refresh
from freshet.observability import logger
from freshet.ports import Refreshes
from freshet.services.refresh_records import store_progress


def finish_refresh(
    refresh_id: str, connection: Connection, run: ReadRun, *, refreshes: Refreshes, now: datetime
) -> Refresh:
    """Take what a read proved into an open refresh and the books; end it when time is up."""

    def attempt() -> Refresh:
        refresh = refreshes.get(connection.user_id, refresh_id)
        after = refresh_after_read_run(refresh, run, connection.pending, now=now)
        if after == refresh:
            return refresh
        saved = store_progress(refresh, after, refreshes)
        if saved.is_terminal:
            logger.info("Refresh finished", refresh_id=saved.id, status=saved.status)
        return saved

    return retry_lost_races(attempt, row=refresh_id)
