"""One turn of the planner: take what is due and fits the quota, claim it, hand it out, paced."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import batched
from typing import Protocol

from msgspec import Struct

from freshet import metrics
from freshet.domain.commands import ReadCommand, ReadReason, RefreshCommand, RemovalCommand
from freshet.domain.connection import TURN_LEASE, Connection
from freshet.domain.errors import QueueUnavailable
from freshet.domain.identifiers import refresh_id_for
from freshet.domain.instants import to_text
from freshet.domain.provider import Provider
from freshet.domain.provider_traits import ProviderTraits, TraitsByProvider
from freshet.domain.refresh import Trigger
from freshet.domain.schedule import Turn, TurnCapacity, calls_of, turn_for
from freshet.observability import count, logger, measure_seconds
from freshet.ports import Clock, DueConnections, DueErasures, ReadQueue, RefreshQueue

_PLANNER = "schedule"
_CLAIMED_AT_ONCE = 10  # as many as fit into one message to the queue
_TURN_LIMIT = timedelta(seconds=45)  # the next turn begins at sixty; what is left stays due
_MOST_ERASURES = 50  # a turn; each asks a provider once or twice, and they are few

type _Due = tuple[str, str, datetime]


class PlanTurnDependencies(Struct, frozen=True, kw_only=True):
    """What a turn needs from outside."""

    due: DueConnections
    erasures: DueErasures
    reads: ReadQueue
    refreshes: RefreshQueue
    capacities: Mapping[Provider, TurnCapacity]
    traits: TraitsByProvider
    clock: Clock


def plan_turn(*, deps: PlanTurnDependencies) -> int:
    """Hand out one turn's work and say how many connections it holds; raises QueueUnavailable.

    A few are claimed, then sent, so that a turn that dies leaves few in doubt: these fall due again
    when their lease ends. What a queue does not accept is due again at once.
    """
    now = deps.clock()
    turn = _Turn(deps, now)
    for provider, capacity in deps.capacities.items():
        looks = deps.due.due_looks(provider, now=now, limit=capacity.most_looks)
        found = [*looks, *deps.due.due(provider, now=now, limit=capacity.most_connections)]
        # How late the latest is: it grows as soon as there is more to do than the quota allows.
        turn.overdue = max([turn.overdue, *(now - due_at for _, _, due_at in found)])
        turn.hand_out(found, capacity, deps.traits[provider])
    turn.hand_out_removals()
    measure_seconds(metrics.OLDEST_OVERDUE, turn.overdue)
    if turn.failure is not None:
        raise turn.failure
    count(metrics.PLANNER_TURN_FINISHED)
    return turn.planned


class _Turn(Struct):
    """What a turn has handed out so far."""

    deps: PlanTurnDependencies
    now: datetime
    planned: int = 0
    overdue: timedelta = timedelta(0)
    failure: QueueUnavailable | None = None

    @property
    def lease_until(self) -> datetime:
        return self.now + TURN_LEASE

    @property
    def is_over(self) -> bool:
        return self.deps.clock() - self.now > _TURN_LIMIT

    def hand_out(
        self, found: Sequence[_Due], capacity: TurnCapacity, traits: ProviderTraits
    ) -> None:
        claims: list[_Claim] = []
        calls = purchases = 0
        for due in found:
            if self.is_over or capacity.is_full(calls=calls, purchases=purchases):
                break
            claim = self._claim(due, delay=capacity.delay(calls))
            if claim is None:
                continue
            claims.append(claim)
            calls += 1 if claim.is_purchase else calls_of(claim.connection, traits)
            purchases += claim.is_purchase
            if len(claims) == _CLAIMED_AT_ONCE:
                self._send(claims)
                claims = []
        self._send(claims)

    def hand_out_removals(self) -> None:
        erasures = self.deps.erasures
        found = erasures.due_erasures(now=self.now, limit=_MOST_ERASURES)
        for some in batched(found, _CLAIMED_AT_ONCE, strict=False):
            commands = []
            for place, due_at in () if self.is_over else some:
                erasure = erasures.claim_erasure(place, due_at=due_at, lease_until=self.lease_until)
                if erasure is not None:
                    commands.append(RemovalCommand(user_id=erasure.user_id, erasure_id=erasure.id))
            self._accepted(self.deps.refreshes, commands)

    def _claim(self, due: _Due, *, delay: timedelta) -> "_Claim | None":
        user_id, connection_id, due_at = due
        connection = self.deps.due.claim(
            user_id, connection_id, due_at=due_at, lease_until=self.lease_until
        )
        if connection is None:
            return None
        since = connection.schedule.overdue_since or due_at
        self.overdue = max(self.overdue, self.now - since)
        return _Claim(connection, due_at, _command(connection, due_at, delay=delay, now=self.now))

    def _send(self, claims: Sequence["_Claim"]) -> None:
        reads = [each.command for each in claims if isinstance(each.command, ReadCommand)]
        buys = [each.command for each in claims if isinstance(each.command, RefreshCommand)]
        sent = {id(each) for each in self._accepted(self.deps.reads, reads)}
        sent |= {id(each) for each in self._accepted(self.deps.refreshes, buys)}
        self.planned += len(sent)
        for claim in claims:
            if id(claim.command) not in sent:
                owner = (claim.connection.user_id, claim.connection.id)
                self.deps.due.give_back(*owner, due_at=claim.due_at, lease_until=self.lease_until)

    def _accepted[Command](
        self, queue: "_Queue[Command]", commands: Sequence[Command]
    ) -> Sequence[Command]:
        if not commands:
            return []
        try:
            refused = {id(each) for each in queue.send(commands)}
        except QueueUnavailable as failure:
            self.failure, refused = failure, {id(each) for each in commands}
        if refused:
            logger.warning("Commands were not accepted by the queue", lost=len(refused))
        return [each for each in commands if id(each) not in refused]


class _Claim(Struct, frozen=True):
    """A connection that is ours for a while, and what is asked for it."""

    connection: Connection
    due_at: datetime
    command: ReadCommand | RefreshCommand

    @property
    def is_purchase(self) -> bool:
        return isinstance(self.command, RefreshCommand)


class _Queue[Command](Protocol):
    def send(self, commands: Iterable[Command]) -> Sequence[Command]: ...


def _command(
    connection: Connection, due_at: datetime, *, delay: timedelta, now: datetime
) -> ReadCommand | RefreshCommand:
    if turn_for(connection, now=now) is Turn.READ:
        is_first = connection.link.status_read_at is None
        return ReadCommand(
            user_id=connection.user_id,
            connection_id=connection.id,
            reason=ReadReason.FIRST_LOAD if is_first else ReadReason.DUE,
            delay=delay,
        )
    # Derived from the due time: two planners that saw the same turn mean the same refresh.
    wanted = refresh_id_for(connection.id, _PLANNER, to_text(due_at))
    return RefreshCommand(
        user_id=connection.user_id,
        connection_id=connection.id,
        refresh_id=connection.slots.refresh_to_call(now=now) or wanted,
        trigger=Trigger.SCHEDULE,
        actor=_PLANNER,
        delay=delay,
    )
