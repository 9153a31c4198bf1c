"""The guard against a provider's outage that looks like many users' broken links."""

from datetime import datetime

from freshet import metrics
from freshet.domain.connection import Connection
from freshet.observability import count, logger
from freshet.ports import RecentVerdicts


def is_one_of_many(connection: Connection, verdicts: RecentVerdicts, *, now: datetime) -> bool:
    """Note a verdict on a connection; tell whether its institution or provider has too many."""
    recent = verdicts.note(connection, now=now)
    if not any(each.is_mass(beside=connection.user_id) for each in recent):
        return False
    count(metrics.VERDICT_HELD)
    logger.warning(
        "Many links are said to be broken at once",
        provider=connection.provider,
        institution=connection.link.institution.id,
        verdicts=len(recent[0].verdicts),
        reads=recent[0].reads,
    )
    return True
