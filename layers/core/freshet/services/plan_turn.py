"""One turn of the planner: take what is due and fits the quota, claim it, hand it out, paced."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from freshet import metrics
from freshet.domain.commands import ReadCommand, ReadReason, RefreshCommand, RemovalCommand
from freshet.domain.connection import TURN_LEASE, Connection
from freshet.domain.identifiers import refresh_id_for
from freshet.domain.instants import to_text
from freshet.domain.provider import Provider
from freshet.domain.provider_traits import ProviderTraits, TraitsByProvider
from freshet.domain.refresh import Trigger
from freshet.domain.schedule import Turn, UserRateLimit, calls_of, turn_for
from freshet.observability import count, logger, measure_seconds
from freshet.ports import Clock, DueConnections, DueErasures, ReadQueue, RefreshQueue

_PLANNER = "schedule"
_MOST_ERASURES = 50  # a turn; each asks a provider once or twice, and they are few


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTurnDependencies:
    """What a turn needs from outside."""

    due: DueConnections
    erasures: DueErasures
    reads: ReadQueue
    refreshes: RefreshQueue
    paces: Mapping[Provider, UserRateLimit]
    traits: TraitsByProvider
    clock: Clock


def plan_turn(*, deps: PlanTurnDependencies) -> int:
    """Hand out one turn's work and say how many connections it holds.

    What is claimed and then lost, by a crash or a failed send, falls due again when its lease ends.
    """
    now = deps.clock()
    commands: list[ReadCommand | RefreshCommand] = []
    overdue = timedelta(0)
    for provider, pace in deps.paces.items():
        looks = deps.due.due_looks(provider, now=now, limit=pace.most_looks)
        found = [*looks, *deps.due.due(provider, now=now, limit=pace.most_connections)]
        overdue = max([overdue, *(now - due_at for _, _, due_at in found)])
        commands += _commands_for(found, pace, deps.traits[provider], deps.due, now=now)
    removals = _removals(deps.erasures, now=now)
    lost: list[ReadCommand | RefreshCommand | RemovalCommand] = [
        *deps.reads.send([command for command in commands if isinstance(command, ReadCommand)]),
        *deps.refreshes.send(
            [*(command for command in commands if isinstance(command, RefreshCommand)), *removals]
        ),
    ]
    count(metrics.CONNECTIONS_PLANNED, len(commands))
    # How late the latest is: it grows as soon as there is more to do than the quota allows.
    measure_seconds(metrics.OLDEST_OVERDUE, overdue)
    if lost:
        count(metrics.COMMANDS_LOST, len(lost))
        logger.warning("Commands were not accepted by the queue", lost=len(lost))
    return len(commands)


def _removals(due: DueErasures, *, now: datetime) -> list[RemovalCommand]:
    commands = []
    for place, due_at in due.due_erasures(now=now, limit=_MOST_ERASURES):
        erasure = due.claim_erasure(place, due_at=due_at, lease_until=now + TURN_LEASE)
        if erasure is not None:
            commands.append(RemovalCommand(user_id=erasure.user_id, erasure_id=erasure.id))
    return commands


def _commands_for(
    found: Sequence[tuple[str, str, datetime]],
    pace: UserRateLimit,
    traits: ProviderTraits,
    due: DueConnections,
    *,
    now: datetime,
) -> list[ReadCommand | RefreshCommand]:
    commands: list[ReadCommand | RefreshCommand] = []
    calls = purchases = 0
    for user_id, connection_id, due_at in found:
        if pace.is_full(calls=calls, purchases=purchases):
            break
        lease_until = now + TURN_LEASE
        claimed = due.claim(user_id, connection_id, due_at=due_at, lease_until=lease_until)
        if claimed is None:
            continue
        command = _command(claimed, due_at, delay=pace.delay(calls), now=now)
        is_purchase = isinstance(command, RefreshCommand)
        calls += 1 if is_purchase else calls_of(claimed, traits)
        purchases += is_purchase
        commands.append(command)
    return commands


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
