"""What providers ask of those who read them often, as data: no setting goes beyond it.

SnapTrade's launch checklist (snaptrade.md 2): background reads of holdings at most 4 a day for a
user, activities once a day for an account, reads that a person asks for at least 10 minutes
apart. Plaid allows one purchase a minute for an Item (plaid.md 8).
"""

from dataclasses import dataclass
from datetime import timedelta

from freshet.domain.provider import Provider

LONGEST_CADENCE = timedelta(days=30)
"""Holdings that are read more rarely are not being kept fresh by anybody's standard."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Etiquette:
    """The narrowest a deployment may go at one provider."""

    background_reads_per_user_and_day: int | None
    """Reads by the schedule alone: first loads, webhooks and people's wishes do not count."""

    shortest_read_cadence: timedelta
    shortest_refresh_cadence: timedelta
    gap_between_live_reads: timedelta
    gap_between_transaction_reads: timedelta | None
    """For an account, and reads that neither an event nor a person asked for."""
    gap_between_purchases: timedelta


ETIQUETTE = {
    Provider.SNAPTRADE: Etiquette(
        background_reads_per_user_and_day=4,
        shortest_read_cadence=timedelta(hours=6),
        shortest_refresh_cadence=timedelta(hours=1),
        gap_between_live_reads=timedelta(minutes=10),
        gap_between_transaction_reads=timedelta(hours=24),
        gap_between_purchases=timedelta(minutes=1),
    ),
    Provider.PLAID: Etiquette(
        background_reads_per_user_and_day=None,
        shortest_read_cadence=timedelta(hours=1),
        shortest_refresh_cadence=timedelta(hours=1),
        gap_between_live_reads=timedelta(minutes=10),
        gap_between_transaction_reads=None,
        gap_between_purchases=timedelta(minutes=1),
    ),
}
