"""What providers ask of those who read them often, as data: no setting goes beyond it."""

from datetime import timedelta

from msgspec import Struct

LONGEST_CADENCE = timedelta(days=30)
"""Holdings that are read more rarely are not being kept fresh by anybody's standard."""


class ProviderLimits(Struct, frozen=True, kw_only=True, eq=False):
    """The narrowest a deployment may go at one provider."""

    background_reads_per_user_and_day: int | None
    """Reads by the schedule alone: first loads, webhooks and people's requests do not count."""

    shortest_read_cadence: timedelta
    shortest_refresh_cadence: timedelta
    gap_between_live_reads: timedelta
    gap_between_transaction_reads: timedelta | None
    """For an account, and reads that neither an event nor a person asked for."""
    gap_between_purchases: timedelta
