"""How a provider's limit is divided: a steady rate, a small burst, and who may wait how long."""

from datetime import timedelta

from msgspec import Struct

PATIENT = timedelta(seconds=8)
"""How long a call that a person waits for may wait for its slot."""

IN_A_ROW = timedelta(seconds=2.5)
"""How long each of two or three calls may wait that one request makes while a person waits."""

EAGER = timedelta(seconds=5)
"""How far ahead a read may take slots that a user waits for: a first load, a refresh's end."""

ASIDE = timedelta(seconds=0.5)
"""How long a call may wait for its slot whose answer can be done without for now."""

IMPATIENT = timedelta(seconds=1.75)
"""How far ahead the sweep may take slots: a person's call finds one within two seconds."""


class QuotaRate(Struct, frozen=True):
    """How fast tokens come back and how many may be taken at once.

    In any minute at most the limit goes out: the burst is taken off the steady rate. Tokens that
    are taken together may be spent one after the other, seconds later: half of a burst at most.
    """

    steady_per_minute: int
    burst: int

    @classmethod
    def for_limit(cls, requests_per_minute: int) -> "QuotaRate":
        """Split a limit per rolling minute into a burst (2 %, at least 1) and a steady rate."""
        if requests_per_minute < 2:  # noqa: PLR2004 - one for the burst, one for the rate
            raise ValueError("a quota below two requests a minute cannot be shared")
        burst = max(1, requests_per_minute * 2 // 100)
        return cls(requests_per_minute - burst, burst)

    @property
    def most_at_once(self) -> int:
        """How many tokens can be had together."""
        return (self.burst + 1) // 2

    @property
    def interval(self) -> timedelta:
        """The time between two slots."""
        return timedelta(minutes=1) / self.steady_per_minute


class CallLimits(Struct, frozen=True, kw_only=True):
    """How many calls a minute the provider allows this deployment, and how many purchases."""

    calls_per_minute: int
    purchases_per_minute: int
