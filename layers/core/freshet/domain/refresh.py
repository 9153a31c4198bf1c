"""One refresh: a purchase at most once, from the first request to the last proof.

    queued → reserved → calling → accepted → complete | partial | no_change | timed_out
                           │  └→ refused
                           └→ unknown → (whatever a read proves, without paying again)

A value of this module never changes; each function gives the next value, and storing it is
conditional on no other having been stored in between.
"""

from collections.abc import Mapping
from copy import replace
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum

from msgspec import Struct, field

from freshet.domain.call_errors import CallFailed, ProviderAnswer
from freshet.domain.events import Event, EventKind
from freshet.domain.money import Money
from freshet.domain.provider import Provider

PATIENCE = timedelta(minutes=15)
"""How long a reserved call may wait for its next attempt; an outage of hours refuses it."""

MOST_ATTEMPTS = 5
"""Calls that surely cost nothing before a refresh is given up."""

LONGEST_WAIT = PATIENCE * MOST_ATTEMPTS
"""How long after its reservation a refresh may still be called."""

CHECKS_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 3, 10))
"""Free reads after an accepted call, should no webhook come first; then time is up."""


class RefreshStatus(StrEnum):
    """How far a refresh is."""

    QUEUED = "queued"
    RESERVED = "reserved"
    CALLING = "calling"
    ACCEPTED = "accepted"
    UNKNOWN = "unknown"
    COMPLETE = "complete"
    PARTIAL = "partial"
    NO_CHANGE = "no_change"
    TIMED_OUT = "timed_out"
    REFUSED = "refused"


TERMINAL = frozenset(
    {
        RefreshStatus.COMPLETE,
        RefreshStatus.PARTIAL,
        RefreshStatus.NO_CHANGE,
        RefreshStatus.TIMED_OUT,
        RefreshStatus.REFUSED,
    }
)
_AWAITING_PROOF = frozenset({RefreshStatus.ACCEPTED, RefreshStatus.UNKNOWN})


class Method(StrEnum):
    """A purchase asks the broker and costs money; a sync asks for free; a read is free, too."""

    PURCHASE = "purchase"
    SYNC = "sync"
    READ = "read"


class Kind(StrEnum):
    """What is asked for: newer holdings, or transactions up to yesterday."""

    HOLDINGS = "holdings"
    TRANSACTIONS = "transactions"


class Trigger(StrEnum):
    """Who wanted it."""

    USER = "user"
    SCHEDULE = "schedule"


class AccountProgress(StrEnum):
    """What is known of one account that the refresh is expected to renew."""

    WAITING = "waiting"
    REPORTED = "reported"  # the provider says it tried; no newer data seen yet
    DONE = "done"
    GONE = "gone"


class IllegalTransition(Exception):
    """A step that the machine does not have: a bug of ours, never an answer to a user."""


class Refresh(Struct, frozen=True, kw_only=True):
    """A refresh and everything on record about it; `accounts` is frozen when the call starts."""

    id: str
    user_id: str
    connection_id: str
    provider: Provider
    method: Method
    trigger: Trigger
    actor: str
    status: RefreshStatus
    reserved: Money
    cost: Money
    kind: Kind = Kind.HOLDINGS
    reason: str | None = None
    attempt: int = 0
    calling_until: datetime | None = None
    started_at: datetime | None = None
    accounts: Mapping[str, AccountProgress] = field(default_factory=dict)
    answer: ProviderAnswer | None = None
    budget_buckets: tuple[str, ...] = ()
    counts_as_assumed: bool = False
    """The budgets count its money as assumed."""
    retry_at: datetime | None = None
    """When the provider lets the same call be made again, after one that cost nothing."""
    checks_done: int = 0
    next_check_at: datetime | None = None
    created_at: datetime
    finished_at: datetime | None = None
    version: int = 1

    @property
    def is_terminal(self) -> bool:
        """Nothing can happen to it any more."""
        return self.status in TERMINAL

    @property
    def accounts_done(self) -> int:
        """Count the accounts whose newer data is stored."""
        return sum(progress is AccountProgress.DONE for progress in self.accounts.values())

    def finished_event(self, *, now: datetime) -> Event:
        """Say to the company's systems that it has ended."""
        return Event(
            kind=EventKind.REFRESH_FINISHED,
            user_id=self.user_id,
            connection_id=self.connection_id,
            subject_id=self.id,
            occurred_at=self.finished_at or now,
        )

    def is_fenced(self, *, now: datetime) -> bool:
        """A caller may still be at work: hands off."""
        return (
            self.status is RefreshStatus.CALLING
            and self.calling_until is not None
            and now < self.calling_until
        )


def start_call(
    refresh: Refresh, *, accounts: tuple[str, ...], fence: timedelta, now: datetime
) -> Refresh:
    """Go on record before the request leaves: no other process may call for a while."""
    _demand(refresh, RefreshStatus.RESERVED)
    return replace(
        refresh,
        status=RefreshStatus.CALLING,
        attempt=refresh.attempt + 1,
        calling_until=now + fence,
        retry_at=None,
        started_at=now,
        accounts=dict.fromkeys(accounts, AccountProgress.WAITING),
        reason=None,
    )


def accept(refresh: Refresh, answer: ProviderAnswer, *, now: datetime) -> Refresh:
    """The provider said yes, perhaps late: wait for the proof that is still missing."""
    _demand(refresh, RefreshStatus.CALLING, RefreshStatus.UNKNOWN)
    accepted = replace(refresh, status=RefreshStatus.ACCEPTED, answer=answer, reason=None)
    return note_proof(_with_next_check(accepted, now=now), {}, now=now)


def lose_answer(refresh: Refresh, reason: str, *, now: datetime) -> Refresh:
    """Sent, and its outcome is unknown: wait for proof as if it had been accepted."""
    if refresh.status in _AWAITING_PROOF:
        return refresh
    _demand(refresh, RefreshStatus.CALLING)
    lost = replace(refresh, status=RefreshStatus.UNKNOWN, reason=reason)
    return note_proof(_with_next_check(lost, now=now), {}, now=now)


def put_back(refresh: Refresh, reason: str) -> Refresh:
    """The call surely cost nothing and may be tried again: keep the reservation."""
    _demand(refresh, RefreshStatus.CALLING, RefreshStatus.UNKNOWN)
    return replace(
        refresh,
        status=RefreshStatus.RESERVED,
        reason=reason,
        calling_until=None,
        next_check_at=None,
        checks_done=0,
    )


def refuse(
    refresh: Refresh, reason: str, *, answer: ProviderAnswer | None, now: datetime
) -> Refresh:
    """The provider said no, or we gave up before it could say anything: nothing was bought."""
    _demand(refresh, RefreshStatus.CALLING, RefreshStatus.UNKNOWN, RefreshStatus.RESERVED)
    return replace(
        refresh,
        status=RefreshStatus.REFUSED,
        reason=reason,
        answer=answer,
        cost=replace(refresh.cost, amount=Decimal(0)),
        finished_at=now,
        next_check_at=None,
    )


def give_up(refresh: Refresh, reason: str, *, now: datetime) -> Refresh:
    """No further read looks for proof: end with what is known, paid for as it is."""
    _demand(refresh, *_AWAITING_PROOF)
    ended = _finished(refresh, _verdict(refresh.accounts), now=now)
    return replace(ended, reason=reason)


def after_error(refresh: Refresh, error: CallFailed, *, may_wait: bool, now: datetime) -> Refresh:
    """Judge a call that failed: perhaps billed, to be tried again later, or refused for good."""
    if not error.is_surely_unbilled:
        return lose_answer(refresh, error.reason, now=now)
    is_soon = error.retry_at(now) - now <= PATIENCE
    refresh = replace(refresh, retry_at=error.pause_until(now))
    if error.retryable and is_soon and may_wait and refresh.attempt < MOST_ATTEMPTS:
        return put_back(refresh, error.reason)
    return refuse(refresh, error.reason, answer=error.answer, now=now)


def note_proof(
    refresh: Refresh, progress: Mapping[str, AccountProgress], *, now: datetime
) -> Refresh:
    """Take in what a read found out; close when every expected account is done or gone."""
    if refresh.is_terminal:
        return refresh
    accounts = {
        account: _further(known, progress.get(account, known))
        for account, known in refresh.accounts.items()
    }
    noted = replace(refresh, accounts=accounts)
    if refresh.status not in _AWAITING_PROOF or not _is_settled(accounts):
        return noted
    return _finished(noted, _verdict(accounts), now=now)


def pass_check(refresh: Refresh, *, now: datetime) -> Refresh:
    """A planned check is over: plan the next one, or say how the refresh ends."""
    if refresh.status not in _AWAITING_PROOF:
        return refresh
    if refresh.next_check_at is None or now < refresh.next_check_at:
        return refresh
    checked = replace(refresh, checks_done=refresh.checks_done + 1)
    if checked.checks_done >= len(CHECKS_AFTER):
        return _finished(checked, _verdict(checked.accounts), now=now)
    return _with_next_check(checked, now=now)


def _with_next_check(refresh: Refresh, *, now: datetime) -> Refresh:
    start = refresh.started_at or now
    return replace(refresh, next_check_at=start + CHECKS_AFTER[refresh.checks_done])


def _further(known: AccountProgress, found: AccountProgress) -> AccountProgress:
    # Done stays done: a later read of older data takes nothing back.
    return known if known is AccountProgress.DONE else found


def _is_settled(accounts: Mapping[str, AccountProgress]) -> bool:
    settled = (AccountProgress.DONE, AccountProgress.GONE)
    return bool(accounts) and all(progress in settled for progress in accounts.values())


def _verdict(accounts: Mapping[str, AccountProgress]) -> RefreshStatus:
    left = [each for each in accounts.values() if each is not AccountProgress.GONE]
    done = left.count(AccountProgress.DONE)
    if done:
        return RefreshStatus.COMPLETE if done == len(left) else RefreshStatus.PARTIAL
    return RefreshStatus.TIMED_OUT if AccountProgress.WAITING in left else RefreshStatus.NO_CHANGE


def _finished(refresh: Refresh, status: RefreshStatus, *, now: datetime) -> Refresh:
    return replace(refresh, status=status, finished_at=now, next_check_at=None)


def _demand(refresh: Refresh, *allowed: RefreshStatus) -> None:
    if refresh.status not in allowed:
        raise IllegalTransition(f"{refresh.id} is {refresh.status}")
