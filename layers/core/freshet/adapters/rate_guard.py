"""What every call to a provider passes: the quota before it, the lessons after it."""

from datetime import datetime, timedelta

from msgspec import Struct, field

from freshet import metrics
from freshet.domain.call_errors import (
    AnswerLost,
    NotReached,
    ProviderError,
    ProviderFailed,
    RateLimited,
    SubjectLimited,
    UnreadableAnswer,
)
from freshet.domain.trouble import log_keys_of
from freshet.observability import count, logger
from freshet.ports import Clock, Quota

# A provider that fails by itself fails for everybody; a broker that does is named by an error
# of its own and concerns its connections alone.
_OWN_FAILURES = (ProviderFailed, AnswerLost, NotReached, SubjectLimited, UnreadableAnswer)
_CALLS_IN_A_ROW = 5
_DIFFERENT_SUBJECTS = 3
_COOL_OFF = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120, 300))


class Circuit(Struct):
    """Tells a provider's own failure by what this process sees: nothing but failures for a while.

    It trips after five failed calls in a row that concern three users or Items. What follows is
    the trial: one more failure trips it again, for longer; one success closes it.
    """

    _failing: list[str] = field(default_factory=list)
    _trips: int = 0

    def close(self) -> None:
        """Take note that the provider answers."""
        self._failing.clear()
        self._trips = 0

    def trip(self, subject: str) -> timedelta | None:
        """Take note of a failure; say how long to leave the provider alone, if at all."""
        self._failing = [*self._failing, subject][-_CALLS_IN_A_ROW:]
        is_wide = len(set(self._failing)) >= _DIFFERENT_SUBJECTS
        if self._trips == 0 and not (is_wide and len(self._failing) == _CALLS_IN_A_ROW):
            return None
        cool_off = _COOL_OFF[min(self._trips, len(_COOL_OFF) - 1)]
        self._trips += 1
        return cool_off


class RateGuard(Struct, frozen=True):
    """A quota that learns from answers; the circuit is one for the whole process."""

    quota: Quota
    circuit: Circuit
    clock: Clock

    def enter(self) -> None:
        """Take a token; raises QuotaExhausted, ProviderDown."""
        self.quota.take(1)

    def learn(self, subject: str, failure: ProviderError | None = None) -> None:
        """Correct the quota by what a call brought."""
        now = self.clock()
        if failure is not None:
            count(metrics.CALL_FAILED)
            # The handler of the failure writes a line of its own at a higher level.
            logger.debug("Call failed", **log_keys_of(failure))
        if type(failure) is RateLimited:
            # The provider counts differently, or another system uses our key.
            self.quota.block(failure.retry_at(now), is_down=False)
        elif not isinstance(failure, _OWN_FAILURES):
            self.circuit.close()
        elif (cool_off := self.circuit.trip(subject)) is not None:
            self.quota.block(now + cool_off, is_down=not isinstance(failure, RateLimited))
            count(metrics.CIRCUIT_OPENED)
            logger.warning(
                "Provider is left alone",
                provider=failure.answer.provider,
                reason=failure.reason,
                seconds=cool_off.total_seconds(),
            )

    def pause(self, wait: timedelta | None) -> None:
        """Refuse all calls for as long as the provider says."""
        if wait is not None:
            self.quota.block(self.clock() + wait, is_down=False)


class QuotaLease(Struct):
    """One session's quota: what it is going to need is taken several tokens at a time.

    A session that a user waits for takes them of `eager`, which waits longer for its slots. With
    `read_at`, its first tokens count as a read at that institution.
    """

    quota: Quota
    eager: Quota | None = None
    read_at: str | None = None
    expected: int = 0
    is_awaited: bool = False
    taken: int = 0
    _left: int = 0

    @property
    def most_at_once(self) -> int:
        """As many as the quota itself gives."""
        return self.quota.most_at_once

    def take(self, tokens: int, *, read_at: str | None = None) -> None:
        """Hand out what is there, or take more; raises QuotaExhausted, ProviderDown."""
        if self._left < tokens:
            still_to_come = min(self.expected - self.taken, self.most_at_once)
            more = max(tokens, still_to_come) - self._left
            self._source().take(more, read_at=read_at if self.taken else self.read_at)
            self._left += more
        self._left -= tokens
        self.taken += tokens

    def block(self, until: datetime, *, is_down: bool) -> None:
        """Give no token out before `until`."""
        self.quota.block(until, is_down=is_down)

    def _source(self) -> Quota:
        return self.eager if self.is_awaited and self.eager is not None else self.quota
